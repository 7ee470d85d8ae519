import { type Client, kindOf } from '../../../clients/client.ts'
import {
  longestTokenOf,
  type ServerLifetimes,
  SHORTEST_TOKEN,
  tokenLifetime,
} from '../../../clients/lifetimes.ts'
import { type Duration, longestFor } from '../../../launches/durations.ts'
import type { Problem } from '../../../lib/errors.ts'
import { SECOND } from '../../../lib/time.ts'
import type { Scope } from '../../../smart/scope.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import type { Fact, Field } from '../parts.ts'

/** What stands in the fields: seconds as they were typed, and `hour`, `months` or nothing. */
export type LifetimeFields = { access_token_lifetime: string; max_consent_duration: string }

export function lifetimeFieldsOf({ metadata }: Pick<Client, 'metadata'>): LifetimeFields {
  const { access_token_lifetime: own, max_consent_duration: longest = '' } = metadata
  return { access_token_lifetime: own === undefined ? '' : String(own), max_consent_duration: longest }
}

export function postedLifetimes(form: URLSearchParams): LifetimeFields {
  const text = (name: keyof LifetimeFields) => (form.get(name) ?? '').trim()
  return {
    access_token_lifetime: text('access_token_lifetime'),
    max_consent_duration: text('max_consent_duration'),
  }
}

/** The fields as members of metadata; what is empty is as the server says. */
export function lifetimeMembers(fields: LifetimeFields): Record<string, unknown> {
  const { access_token_lifetime: own, max_consent_duration: longest } = fields
  return {
    ...(own === '' ? {} : { access_token_lifetime: /^\d{1,6}$/.test(own) ? Number(own) : own }),
    ...(longest === '' ? {} : { max_consent_duration: longest }),
  }
}

/** How long its tokens and what people allow it live now, each with who says so. */
export function lifetimeFacts(
  { metadata }: Pick<Client, 'metadata'>,
  scopes: readonly Scope[],
  server: ServerLifetimes,
  words: Words,
): Fact[] {
  const { lifetimes: said } = words.admin.access
  const isService = kindOf(metadata) === 'service'
  const from = (own: unknown) => (own === undefined ? said.ofServer : said.ofApp)
  const seconds = tokenLifetime(metadata, isService ? server.service : server.app)
  const token: Fact = {
    label: said.token,
    value: { text: spanOf(seconds, words), hint: from(metadata.access_token_lifetime) },
  }
  if (isService) return [token, { label: said.refresh, value: { text: said.none } }]
  const asks = (name: string) => scopes.some((scope) => scope.kind === 'identity' && scope.name === name)
  const refresh = asks('offline_access') ? said.offline : asks('online_access') ? said.online : said.none
  return [
    token,
    { label: said.refresh, value: { text: refresh } },
    {
      label: said.longest,
      value: {
        text: longestText(longestFor(metadata), words),
        hint: metadata.max_consent_duration === undefined ? said.byTrust : said.ofApp,
      },
    },
  ]
}

/** The fields with which an app gets values of its own. */
export function lifetimeInputs(
  { metadata }: Pick<Client, 'metadata'>,
  fields: LifetimeFields,
  problems: readonly Problem[],
  server: ServerLifetimes,
  words: Words,
): Field[] {
  const { lifetimes: said } = words.admin.access
  const isService = kindOf(metadata) === 'service'
  const numbers = new Intl.NumberFormat(words.locale)
  const between = [SHORTEST_TOKEN, longestTokenOf(metadata, server.app)].map((one) => numbers.format(one))
  const isWrong = (name: string) => problems.some(({ path }) => path === name)
  const [least = '', most = ''] = between
  const token: Field = {
    name: 'access_token_lifetime',
    label: said.tokenField,
    hint: said.tokenHint(least, most, spanOf(isService ? server.service : server.app, words)),
    type: 'number',
    value: fields.access_token_lifetime,
    problem: isWrong('access_token_lifetime') ? said.tokenProblem(least, most) : undefined,
  }
  if (isService) return [token]
  const byTrust = longestText(longestFor({ verified: metadata.verified }), words)
  const options = [
    { value: '', label: said.asServer(byTrust) },
    ...(['months', 'hour'] as const).map((value) => ({ value, label: longestText(value, words) })),
  ]
  return [
    token,
    {
      name: 'max_consent_duration',
      label: said.longestField,
      hint: said.longestHint,
      type: 'select',
      options: options.map((one) => ({ ...one, selected: one.value === fields.max_consent_duration })),
    },
  ]
}

/** `1 hour`, `5 minutes`, `90 seconds`: in the greatest unit that says it exactly. */
function spanOf(seconds: number, words: Words): string {
  const { amount, left } = datesIn(words)
  return seconds % 60 === 0 && (seconds < 3600 || seconds % 3600 === 0)
    ? left(seconds * SECOND)
    : amount(seconds, 'second')
}

function longestText(duration: Duration, words: Words): string {
  const { amount } = datesIn(words)
  if (duration === 'months') return words.admin.access.lifetimes.afterUse(amount(3, 'month'))
  return amount(1, duration)
}
