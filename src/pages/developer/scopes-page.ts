import type { NotGranted } from '../../smart/asked-scopes.ts'
import { consentLines } from '../../smart/consent-lines.ts'
import {
  formatScope,
  parseScopes,
  type ResourceScope,
  type Scope,
  type Vocabulary,
} from '../../smart/scope.ts'
import { consentWordsIn } from '../../smart/words/languages.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type Finding, toolPage } from './developer-page.ts'

export type ScopesModel = {
  /** What was typed; undefined before anybody has. */
  text: string | undefined
  clientId: string
  /** Why scopes would not be granted to the app; undefined if no app is looked at. */
  notGranted: readonly NotGranted[] | undefined
  appIsUnknown: boolean
}

/** The scope explainer. Fields `scope`, `client`. */
export function scopesPage(model: ScopesModel, vocabulary: Vocabulary, words: Words): Page {
  const { text, clientId, appIsUnknown, notGranted = [] } = model
  const { scopes } = words.developer
  return toolPage(words, {
    tool: 'scopes',
    method: 'get',
    heading: scopes.heading,
    lead: scopes.lead,
    kept: { scope: text ?? '', client: clientId },
    fields: [
      {
        name: 'scope',
        label: scopes.field,
        hint: scopes.hint,
        type: 'area',
        rows: 3,
        required: true,
        value: text ?? scopes.example,
      },
      {
        name: 'client',
        label: scopes.app,
        hint: scopes.appHint,
        value: clientId,
        problem: appIsUnknown ? scopes.appUnknown : undefined,
      },
    ],
    button: scopes.button,
    findings: text === undefined ? [] : explained(text, notGranted, vocabulary, words),
  })
}

/** What each scope means: in the words of the consent page, in those of a developer, and why it would be refused. */
function explained(
  text: string,
  notGranted: readonly NotGranted[],
  vocabulary: Vocabulary,
  words: Words,
): Finding[] {
  const { scopes, problems } = parseScopes(text, vocabulary)
  const known = scopes.map((scope) => {
    const written = formatScope(scope)
    const refused = notGranted.filter((one) => one.scope === written)
    return finding(written, meaningOf(scope, words), refused, words)
  })
  return [
    ...known,
    ...problems.map(({ text, ...why }) => finding(text, [], [{ scope: text, ...why }], words)),
  ]
}

function finding(
  heading: string,
  meaning: Finding['facts'],
  refused: readonly NotGranted[],
  words: Words,
): Finding {
  const { scopes } = words.developer
  return {
    heading,
    badge: refused.length > 0 ? { text: scopes.refused, tone: 'danger' } : { text: scopes.fine, tone: 'ok' },
    facts: [
      ...(meaning ?? []),
      ...refused.map((one) => ({ label: scopes.refused, value: { text: words.mistakes.scope(one) } })),
    ],
  }
}

function meaningOf(scope: Scope, words: Words): NonNullable<Finding['facts']> {
  const { scopes } = words.developer
  const read = consentOf(scope, words)
  const asConsent =
    read.length === 0 ? [{ text: scopes.noConsent }] : read.map(({ title, hint }) => ({ text: title, hint }))
  return [
    { label: scopes.opens, value: { text: opensOf(scope, words) } },
    ...asConsent.map((value) => ({ label: scopes.asConsent, value })),
  ]
}

/** The very rows of the consent page (smart/consent-lines.ts), as the patient reads them. */
function consentOf(scope: Scope, words: Words) {
  // Never asked of a person (SCOPE-17).
  if (scope.kind === 'resource' && scope.level === 'system') return []
  const reader = { words: consentWordsIn(words.lang), self: true, app: words.developer.scopes.reader }
  return consentLines([scope], reader)
}

function opensOf(scope: Scope, { developer: { scopes } }: Words): string {
  switch (scope.kind) {
    case 'resource':
      return dataOf(scope, scopes)
    case 'context':
      return scopes.kinds.context
    case 'identity':
      return scopes.kinds[scope.name]
    case 'extension':
      return scopes.kinds.extension
  }
}

function dataOf({ letters, type, level, where }: ResourceScope, words: Words['developer']['scopes']): string {
  const named = [...letters].map((letter) => words.letters[letter as keyof typeof words.letters])
  const kind = type === '*' ? words.everyType : type
  const opens = words.opensText(named.join(', '), kind, words.levels[level])
  const criteria = where.map(({ name, value }) => `${name}=${value}`)
  return criteria.length === 0 ? opens : `${opens}, ${words.only(criteria.join(' & '))}`
}
