import { type ConsentWords, en } from './en.ts'
import { es } from './es.ts'

const languages: Readonly<Record<string, ConsentWords>> = { en, es }

/** The words about scopes in a language (BCP 47); English where there are none. */
export function consentWordsIn(lang: string): ConsentWords {
  return languages[lang] ?? en
}
