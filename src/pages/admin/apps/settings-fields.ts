import { asInput, type Client, type ClientKind, kindOf } from '../../../clients/client.ts'
import type { ClientMetadata } from '../../../clients/metadata.ts'
import type { Problem } from '../../../lib/errors.ts'
import type { Words } from '../../words/en.ts'
import { mistakeFor } from '../mistakes.ts'
import type { Field } from '../parts.ts'

/** The members that are edited as fields, and of which kinds of apps; `lines` hold one value each. */
const table = {
  client_name: { panel: 'seen', kinds: 'browser server native service', type: 'text' },
  owner: { panel: 'seen', kinds: 'browser server native service', type: 'text' },
  client_uri: { panel: 'seen', kinds: 'browser server native', type: 'url' },
  policy_uri: { panel: 'seen', kinds: 'browser server native', type: 'url' },
  tos_uri: { panel: 'seen', kinds: 'browser server native', type: 'url' },
  contacts: { panel: 'seen', kinds: 'browser server native service', type: 'lines' },
  launch_uris: { panel: 'runs', kinds: 'browser server native', type: 'lines' },
  redirect_uris: { panel: 'runs', kinds: 'browser server native', type: 'lines' },
  post_logout_redirect_uris: { panel: 'runs', kinds: 'browser server native', type: 'lines' },
  allowed_origins: { panel: 'runs', kinds: 'browser server', type: 'lines' },
  responsible_user: { panel: 'runs', kinds: 'service', type: 'text' },
} as const satisfies Partial<Record<keyof ClientMetadata, object>>

export type SettingsMember = keyof typeof table
export type Panel = 'seen' | 'runs'
/** What stands in the fields. */
export type SettingsValues = Partial<Record<SettingsMember, string>>

/** The members that fit a kind of app. */
export function membersFor(kind: ClientKind, panel?: Panel): SettingsMember[] {
  return (Object.keys(table) as SettingsMember[]).filter(
    (member) =>
      table[member].kinds.split(' ').includes(kind) && (panel === undefined || table[member].panel === panel),
  )
}

export function valuesOf(metadata: Partial<ClientMetadata>): SettingsValues {
  return Object.fromEntries(
    (Object.keys(table) as SettingsMember[]).map((member) => {
      const value = metadata[member]
      return [member, Array.isArray(value) ? value.join('\n') : (value ?? '')]
    }),
  )
}

/** What a form holds of these fields. */
export function postedValues(form: URLSearchParams): SettingsValues {
  return Object.fromEntries(
    (Object.keys(table) as SettingsMember[]).flatMap((member) => {
      const value = form.get(member)
      return value === null ? [] : [[member, value.trim()]]
    }),
  )
}

/** The values as members of metadata; what is empty is left out. */
export function membersOf(values: SettingsValues, kind: ClientKind): Record<string, unknown> {
  return Object.fromEntries(
    membersFor(kind).flatMap((member) => {
      const value = values[member] ?? ''
      const read = table[member].type === 'lines' ? linesOf(value) : value
      return read.length === 0 ? [] : [[member, read]]
    }),
  )
}

/**
 * Metadata with the fields of its kind as they were posted; all else stays.
 * @param verified whether the hospital has checked the app
 */
export function editedMetadata(
  client: Client,
  values: SettingsValues,
  verified: boolean,
): Record<string, unknown> {
  const kind = kindOf(client.metadata)
  const { verified: _was, ...kept } = Object.fromEntries(
    Object.entries(asInput(client.metadata)).filter(
      ([member]) => !membersFor(kind).includes(member as SettingsMember),
    ),
  )
  return { ...kept, ...membersOf(values, kind), ...(verified ? { verified } : {}) }
}

/** The fields of a panel with what stands in them and what is wrong with it. */
export function settingsFields(
  kind: ClientKind,
  panel: Panel,
  values: SettingsValues,
  problems: readonly Problem[],
  words: Words,
): Field[] {
  const { fields, serviceName } = words.admin.app
  return membersFor(kind, panel).map((name) => {
    const { type } = table[name]
    const { label, hint } = name === 'client_name' && kind === 'service' ? serviceName : fields[name]
    const problem = problems.find(({ path }) => path.split('.')[0] === name)
    return {
      name,
      label,
      hint: hint === '' ? undefined : hint,
      value: values[name] ?? '',
      type: type === 'lines' ? 'area' : type,
      rows: 3,
      problem: problem && mistakeFor(problem, words),
    }
  })
}

function linesOf(value: string): string[] {
  return value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
