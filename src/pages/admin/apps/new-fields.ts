import { type ClientKind, clientKinds } from '../../../clients/client.ts'
import type { FormWithFiles } from '../../upload.ts'
import { type KeyFields, keyMembers, postedKeyFields } from './key-source.ts'
import { postedScopes, type ScopesForm, scopeMembers, scopeOf } from './scopes-form.ts'
import { membersOf, postedValues, type SettingsValues } from './settings-fields.ts'

/** Everything that the form of a new app holds. */
export type NewApp = {
  kind: ClientKind
  id: string
  values: SettingsValues
  keys: KeyFields
  scopes: ScopesForm
}

/** What a kind of app is, as members of metadata. */
const kinds = {
  browser: {
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
  },
  native: {
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  },
  server: { application_type: 'web', grant_types: ['authorization_code', 'refresh_token'] },
  service: { application_type: 'web', grant_types: ['client_credentials'] },
} as const satisfies Record<ClientKind, object>

const row = (level: string, type: string, letters: string) => ({
  level,
  type,
  letters,
  where: '',
  prefix: '',
  v1: false,
})

/** What a kind of app usually asks for, to begin with. */
export function startOf(kind: ClientKind): NewApp {
  const withPeople = {
    rows: [row('patient', 'Patient', 'rs')],
    contexts: ['launch/patient', 'openid', 'fhirUser'],
  }
  return {
    kind,
    id: '',
    values: {},
    keys: { from: kind === 'server' ? 'secret' : 'url', jwks_uri: '', jwks: '', x509: '' },
    scopes: {
      ...(kind === 'service' ? { rows: [row('system', 'Patient', 'rs')], contexts: [] } : withPeople),
      others: '',
    },
  }
}

/** The kind that an address or a form names. */
export function kindNamed(kind: unknown): ClientKind | undefined {
  return clientKinds.find((name) => name === kind)
}

export function postedApp(kind: ClientKind, sent: FormWithFiles): NewApp {
  return {
    kind,
    id: (sent.form.get('client_id') ?? '').trim(),
    values: postedValues(sent.form),
    keys: postedKeyFields(sent),
    scopes: postedScopes(sent.form),
  }
}

/** The metadata that is registered. */
export function metadataOf({ kind, id, values, keys, scopes }: NewApp): Record<string, unknown> {
  return {
    ...kindMembers(kind, scopeOf(scopes)),
    ...(id === '' ? {} : { client_id: id }),
    ...membersOf(values, kind),
    ...(kind === 'server' || kind === 'service' ? keyMembers(keys) : {}),
  }
}

/** What a kind of app is, and what it may ask for, as members of metadata. */
export function kindMembers(kind: ClientKind, scope: string): Record<string, unknown> {
  return { ...kinds[kind], ...scopeMembers(scope, kinds[kind]) }
}

/** All fields as they go along in the form of the next step. */
export function carried({ kind, id, values, keys, scopes }: NewApp): [string, string][] {
  return [
    ['kind', kind],
    ['client_id', id],
    ...Object.entries(values),
    ...Object.entries(keys),
    ...scopes.rows.flatMap(({ level, type, letters, where, prefix, v1 }, index): [string, string][] => [
      [`type-${index}`, type],
      [`level-${index}`, level],
      ...[...letters].map((letter): [string, string] => [`letters-${index}`, letter]),
      [`where-${index}`, where],
      [`prefix-${index}`, prefix],
      ...(v1 ? [[`v1-${index}`, 'yes'] as [string, string]] : []),
    ]),
    ...scopes.contexts.map((name): [string, string] => ['context', name]),
    ['others', scopes.others],
  ]
}
