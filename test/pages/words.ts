import { apiExplorerMetadata } from '../../src/clients/api-explorer.ts'
import { en } from '../../src/pages/words/en.ts'
import { es } from '../../src/pages/words/es.ts'

/** Every word by its path; functions are called with their own argument names. */
export function wordsOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value === 'function') return new Map([[path, value(...['‹1›', '‹2›'].slice(0, value.length))]])
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [
      ...wordsOf(inner, path === '' ? name : `${path}.${name}`),
    ]),
  )
}

/** What is registered has its name in every language. */
const names = new Set<string>([apiExplorerMetadata('https://x.example').client_name])

/** Sentences of the English pages that no Spanish page has. */
const english = (() => {
  const spanish = new Set(wordsOf({ ...es, mistakes: undefined }).values())
  return new Set(
    [...wordsOf({ ...en, mistakes: undefined }).values()].filter(
      (word) => word.includes(' ') && !spanish.has(word) && !names.has(word),
    ),
  )
})()

const small = 'the|and|of|is|are|was|with|this|that|not|has|have|for|by|from|to|it|be|your|you'
/** What has two such words is a sentence in English, wherever it comes from. */
const isEnglish = new RegExp(`\\b(?:${small})\\b.*\\b(?:${small})\\b`, 'i')

/** What is English on a page in Spanish, but for code and what says that it is English. */
export function englishIn(html: string): string[] {
  const shown = html.replaceAll(
    /<(pre|code|script|svg)\b[\s\S]*?<\/\1>|<(\w+)[^>]* lang="en"[^>]*>[\s\S]*?<\/\2>/g,
    ' ',
  )
  const named = [...shown.matchAll(/ (?:aria-label|alt|title)="([^"]*)"/g)].map(([, name = '']) => name)
  const texts = shown.split(/<[^>]*>/).map((text) => text.replaceAll('&#39;', "'").trim())
  return [...new Set([...texts, ...named])].filter((text) => english.has(text) || isEnglish.test(text))
}
