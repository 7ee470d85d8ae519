import type { Words } from '../../words/en.ts'
import type { Field } from '../parts.ts'

/** What the form of a user holds, as text. */
export type UserValues = Readonly<Record<(typeof names)[number], string>>

const names = [
  'username',
  'display_name',
  'roles',
  'fhir_user',
  'patients',
  'attributes',
  'password',
] as const

export function postedUser(form: URLSearchParams): UserValues {
  const one = (name: string) =>
    (name === 'roles' ? form.getAll(name).join(' ') : (form.get(name) ?? '')).trim()
  return Object.fromEntries(names.map((name) => [name, one(name)])) as UserValues
}

/** The file that the values say (users/user-file.ts); what is empty is left out. */
export function fileOf(values: UserValues): Record<string, unknown> {
  const { username, display_name, roles, fhir_user, patients, attributes, password } = values
  return {
    username,
    display_name,
    roles: listIn(roles),
    ...(fhir_user === '' ? {} : { fhir_user }),
    ...(patients === '' ? {} : { patients: patientsIn(patients) }),
    ...(attributes === '' ? {} : { attributes: attributesIn(attributes) }),
    ...(password === '' ? {} : { password }),
  }
}

/** The values of a user as they are. */
export function valuesOf(user: {
  username: string
  display_name: string
  roles: readonly string[]
  fhir_user?: string | undefined
  patients: 'all' | readonly string[]
  attributes: Readonly<Record<string, unknown>>
}): UserValues {
  return {
    username: user.username,
    display_name: user.display_name,
    roles: user.roles.join(' '),
    fhir_user: user.fhir_user ?? '',
    // An empty field would say what the roles usually reach, which may be more.
    patients: user.patients === 'all' ? 'all' : user.patients.join(' ') || 'none',
    attributes: Object.entries(user.attributes)
      .map(([name, value]) => `${name}: ${[value].flat().map(escaped).join(', ')}`)
      .join('\n'),
    password: '',
  }
}

/** A role that there is, as the form offers it. */
export type OfferedRole = { name: string; title: string }

/** @param roles all that there are */
export function userFields(
  values: UserValues,
  isNew: boolean,
  roles: readonly OfferedRole[],
  words: Words,
): Field[] {
  const { user } = words.admin.people
  const held = listIn(values.roles)
  // What somebody has and nobody defines any more stays until it is unticked.
  const unknown = held.filter((name) => !roles.some((role) => role.name === name))
  return [
    ...(isNew
      ? [
          {
            name: 'username',
            label: user.username,
            hint: user.usernameHint,
            value: values.username,
            required: true,
          },
        ]
      : []),
    { name: 'display_name', label: user.displayName, value: values.display_name, required: true },
    {
      name: 'roles',
      label: user.roles,
      hint: user.rolesHint,
      type: 'boxes',
      options: [...roles, ...unknown.map((name) => ({ name, title: name }))].map(({ name, title }) => ({
        value: name,
        label: title,
        selected: held.includes(name),
      })),
    },
    { name: 'fhir_user', label: user.fhirUser, hint: user.fhirUserHint, value: values.fhir_user },
    { name: 'patients', label: user.patients, hint: user.patientsHint, value: values.patients },
    {
      name: 'attributes',
      label: user.attributes,
      hint: user.attributesHint,
      type: 'area',
      rows: 3,
      value: values.attributes,
    },
    {
      name: 'password',
      label: user.password,
      hint: isNew ? undefined : user.passwordHint,
      type: 'password',
      autocomplete: 'new-password',
      value: '',
    },
  ]
}

export function listIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function patientsIn(text: string): 'all' | string[] {
  if (text === 'all') return 'all'
  return text === 'none' ? [] : listIn(text)
}

/** A comma within a value, so that it stays one value. */
function escaped(value: unknown): string {
  return String(value).replace(/[\\,]/g, '\\$&')
}

/** `name: value, value` on each line; `\,` is a comma within a value. */
function attributesIn(text: string): Record<string, string | string[]> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const colon = line.indexOf(':')
        const values = (line.slice(colon + 1).match(/(?:\\.|[^\\,])+/g) ?? [])
          .map((value) => value.trim().replace(/\\(.)/g, '$1'))
          .filter((value) => value !== '')
        return [line.slice(0, Math.max(0, colon)).trim(), values.length === 1 ? (values[0] ?? '') : values]
      }),
  )
}
