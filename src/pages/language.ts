import type { Context } from 'koa'
import { en, type Words } from './words/en.ts'
import { es } from './words/es.ts'

/** The languages of the pages; the first one is for everybody else. */
export const languages: readonly Words[] = [en, es]

/** The cookie that keeps a language somebody chose. */
export const LANGUAGE_COOKIE = 'lang'

/** The language of a request: the one it asks for (`?lang=es`), the one chosen before, or the browser's. */
export function wordsFor(ctx: Pick<Context, 'query' | 'cookies' | 'acceptsLanguages'>): Words {
  const chosen =
    chosenLanguage(ctx) ??
    languages.find(({ lang }) => lang === ctx.cookies.get(LANGUAGE_COOKIE, { signed: false }))
  if (chosen !== undefined) return chosen
  const preferred = ctx.acceptsLanguages(languages.map(({ lang }) => lang))
  return languages.find(({ lang }) => lang === preferred) ?? en
}

/** The language that the address of a request names, to be kept in the cookie. */
export function chosenLanguage({ query }: Pick<Context, 'query'>): Words | undefined {
  return languages.find(({ lang }) => lang === query.lang)
}
