import { kindOf } from '../../../clients/client.ts'
import type { ServerLifetimes } from '../../../clients/lifetimes.ts'
import type { Problem } from '../../../lib/errors.ts'
import { consentLines } from '../../../smart/consent-lines.ts'
import { categoriesOf } from '../../../smart/consent-text.ts'
import { letters } from '../../../smart/letters.ts'
import {
  formatScope,
  has,
  isResourceScope,
  parseScopes,
  type ResourceScope,
  type Scope,
  type Vocabulary,
} from '../../../smart/scope.ts'
import { consentWordsIn } from '../../../smart/words/languages.ts'
import { permissionGroups } from '../../permissions.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { reasonField } from '../confirm-page.ts'
import { summaryOf } from '../mistakes.ts'
import type { Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type AppView, appPage } from './app-page.ts'
import { type LifetimeFields, lifetimeFacts, lifetimeFieldsOf, lifetimeInputs } from './lifetimes.ts'

export type AccessModel = AppView & {
  vocabulary: Vocabulary
  tokens: ServerLifetimes
  /** What was posted and could not be saved, and why. */
  posted?:
    | { fields: LifetimeFields; policy: boolean; reason: string; problems: readonly Problem[] }
    | undefined
  done?: string | undefined
}

/**
 * What an app may ask for, how people are asked, and how long what it gets lives; posts `consent` (`ask`, `policy`),
 * `access_token_lifetime`, `max_consent_duration`, `reason`, `version`.
 */
export function accessPage({ client, admin, vocabulary, tokens, posted, done }: AccessModel): Page {
  const { words } = admin
  const { access } = words.admin
  const { metadata, id } = client
  const { scopes } = parseScopes(metadata.scope, vocabulary)
  const isService = kindOf(metadata) === 'service'
  const groups = isService ? [] : whatPeopleRead(scopes, metadata.client_name, words)
  const fields = posted?.fields ?? lifetimeFieldsOf(client)
  const inputs = lifetimeInputs(client, fields, posted?.problems ?? [], tokens, words)
  const summary = summaryOf(posted?.problems ?? [], inputs, words)
  const byPolicy = posted?.policy ?? metadata.skip_consent === true
  return appPage(
    { client, admin },
    {
      tab: 'access',
      view: 'admin/app-access',
      failed: summary.length > 0,
      data: {
        done: done && { tone: 'ok', text: done },
        problems: summary,
        edit: admin.mayChange && client.origin !== 'config' ? adminPaths.app(id, 'scopes') : undefined,
        table: matrixOf(scopes, words),
        contexts: scopes.filter((scope) => !isResourceScope(scope)).map(formatScope),
        groups,
        asksPeople: !isService,
        consent: {
          name: 'consent',
          legend: access.consent.title,
          options: (['ask', 'policy'] as const).map((value) => ({
            value,
            ...access.consent[value],
            checked: byPolicy === (value === 'policy'),
          })),
        },
        action: adminPaths.app(id, 'access'),
        reason: reasonField(words, posted?.reason),
        facts: lifetimeFacts(client, scopes, tokens, words),
        lifetimes: inputs,
        counts: isService ? access.lifetimes.countsForService : access.lifetimes.counts,
      },
    },
  )
}

/** Type by type and letter by letter. */
export function matrixOf(scopes: readonly Scope[], words: Words): Table | undefined {
  const { access } = words.admin
  const rows = scopes.filter(isResourceScope)
  if (rows.length === 0) return undefined
  return {
    caption: access.caption,
    columns: [
      access.columns.type,
      access.columns.level,
      ...letters.map((letter) => access.letters[letter]),
      access.columns.where,
    ].map((label) => ({ label })),
    rows: rows.map((scope) => [
      { text: scope.type === '*' ? access.everyType : scope.type },
      { text: access.levels[scope.level] },
      ...letters.map((letter) => ({ tick: has(scope, letter) })),
      { text: narrowedTo(scope, words), muted: scope.where.length === 0 },
    ]),
  }
}

/** The categories by their names; another filter as it stands. */
function narrowedTo(scope: ResourceScope, words: Words): string {
  if (scope.where.length === 0) return words.admin.access.everything
  const { categories } = consentWordsIn(words.lang)
  const named = categoriesOf(scope).map((code) => {
    const { title } = categories[code]
    return typeof title === 'string' ? title : title({ who: 'patient' })
  })
  return named.length > 0
    ? named.join(', ')
    : scope.where.map(({ name, value }) => `${name}=${value}`).join(' & ')
}

/** The lines of the consent page, by the words that people read there. */
export function whatPeopleRead(scopes: readonly Scope[], app: string, words: Words) {
  const lines = consentLines(scopes, { words: consentWordsIn(words.lang), self: false, app })
  return permissionGroups(lines, words).map(({ title, icon, rows }) => ({
    title,
    icon,
    rows: rows.map(({ title, hint, badges }) => ({ title, hint, badges })),
  }))
}
