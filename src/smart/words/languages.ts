import { type ConsentWords, en } from './en.ts'
import { es } from './es.ts'
import { type ExplainWords, explainEn } from './explain-en.ts'
import { explainEs } from './explain-es.ts'

const languages: Readonly<Record<string, ConsentWords>> = { en, es }

/** The words about scopes in a language (BCP 47); English where there are none. */
export function consentWordsIn(lang: string): ConsentWords {
  return languages[lang] ?? en
}

const explaining: Readonly<Record<string, ExplainWords>> = { en: explainEn, es: explainEs }

/** The words of a what-if in a language (BCP 47); English where there are none. */
export function explainWordsIn(lang: string): ExplainWords {
  return explaining[lang] ?? explainEn
}
