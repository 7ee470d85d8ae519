import { kindOf } from '../../../clients/client.ts'
import { lifetimes } from '../../../launches/grants.ts'
import { SECOND } from '../../../lib/time.ts'
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
import { datesIn } from '../../dates.ts'
import { permissionGroups } from '../../permissions.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { reasonField } from '../confirm-page.ts'
import type { Fact, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type AppView, appPage } from './app-page.ts'

export type AccessModel = AppView & {
  vocabulary: Vocabulary
  /** How long access tokens live: of apps with users, and of services (seconds). */
  tokens: { app: number; service: number }
  done?: string | undefined
}

/** What an app may ask for, and how people are asked; posts `consent` (`ask`, `policy`), `reason`, `version`. */
export function accessPage({ client, admin, vocabulary, tokens, done }: AccessModel): Page {
  const { words } = admin
  const { access } = words.admin
  const { metadata, id } = client
  const { scopes } = parseScopes(metadata.scope, vocabulary)
  const isService = kindOf(metadata) === 'service'
  const groups = isService ? [] : whatPeopleRead(scopes, metadata.client_name, words)
  return appPage(
    { client, admin },
    {
      tab: 'access',
      view: 'admin/app-access',
      data: {
        done: done && { tone: 'ok', text: done },
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
            checked: (metadata.skip_consent === true) === (value === 'policy'),
          })),
        },
        action: adminPaths.app(id, 'access'),
        reason: reasonField(words),
        facts: lifetimeFacts(scopes, isService ? tokens.service : tokens.app, isService, words),
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

function lifetimeFacts(scopes: readonly Scope[], token: number, isService: boolean, words: Words): Fact[] {
  const { lifetimes: said } = words.admin.access
  const dates = datesIn(words)
  const asks = (name: string) => scopes.some((scope) => scope.kind === 'identity' && scope.name === name)
  const accessToken: Fact = { label: said.token, value: { text: dates.left(token * SECOND) } }
  if (isService) return [accessToken, { label: said.refresh, value: { text: said.none } }]
  const refresh = asks('offline_access') ? said.offline : asks('online_access') ? said.online : said.none
  return [
    accessToken,
    { label: said.refresh, value: { text: refresh } },
    { label: said.longest, value: { text: dates.left(lifetimes.year) } },
  ]
}
