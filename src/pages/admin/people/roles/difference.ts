import type { Words } from '../../../words/en.ts'
import type { AdminOperations } from '../../operations/table.ts'
import { kindsOf, limitsOf, listOf, verbsOf } from './sentence.ts'

/** What somebody loses or gains, as the operation tells it. */
export type Difference = Awaited<ReturnType<AdminOperations['roles']['review']['run']>>['losses'][number]

/** A loss for people: what is gone or narrowed. */
export function lossSentence(one: Difference, words: Words): string {
  const said = words.admin.roles.sentence
  switch (one.of) {
    case 'rules':
      return (one.gone ? said.no : said.narrowed)(...partsOf(one, words))
    case 'apps':
      return one.gone.includes('*')
        ? said.onlyApps(listOf(one.left, words))
        : said.noApps(listOf(one.gone, words))
    case 'scopes':
      return one.gone.includes('*')
        ? said.onlyScopes(one.left.join(' ') || words.admin.roles.page.noneOf)
        : said.noScopes(one.gone.join(' '))
    case 'basic':
      return one.left === undefined ? said.noBasic : said.lessBasic
  }
}

/** A gain: a loss, were it taken back. */
export function gainSentence(one: Difference, words: Words): string {
  const said = words.admin.roles.sentence
  switch (one.of) {
    case 'rules':
      return (one.gone ? said.yes : said.widened)(...partsOf(one, words))
    case 'apps':
      return one.gone.includes('*') ? said.allApps : said.moreApps(listOf(one.gone, words))
    case 'scopes':
      return one.gone.includes('*') ? said.allScopes : said.moreScopes(one.gone.join(' '))
    case 'basic':
      return said.basic[one.gone]
  }
}

/** What is done with which kinds of records, and within which limits. */
function partsOf(
  { letters, types, where, hide, writable = [] }: Extract<Difference, { of: 'rules' }>,
  words: Words,
): [verbs: string, kinds: string, limits: string] {
  const limits = limitsOf({ where, hide, writable }, words)
  return [
    verbsOf(letters, words),
    kindsOf(types, words),
    limits.length === 0 ? '' : ` (${limits.join('; ')})`,
  ]
}
