import { letters } from '../../../smart/letters.ts'
import {
  formatScope,
  isResourceScope,
  parseScopes,
  type ResourceScope,
  type Scope,
  type Vocabulary,
} from '../../../smart/scope.ts'

/** A line of the form: what is granted of one type; one without letters grants nothing. */
export type ScopeRow = {
  level: string
  type: string
  letters: string
  where: string
  prefix: string
  v1: boolean
}

/** What the form says: rows, contexts and identity by their names, and what has no field of its own. */
export type ScopesForm = { rows: ScopeRow[]; contexts: string[]; others: string }

/** Scopes with a checkbox of their own. */
export const contextScopes = [
  'launch',
  'launch/patient',
  'launch/encounter',
  'openid',
  'fhirUser',
  'profile',
  'offline_access',
  'online_access',
] as const

/** Rows a form; a client registers fewer. */
const MOST = 200

/** The form for the scopes of a client. */
export function scopesFormOf(scope: string, vocabulary: Vocabulary): ScopesForm {
  const { scopes } = parseScopes(scope, vocabulary)
  const rest = scopes.filter((one) => !isResourceScope(one)).map(formatScope)
  const isContext = (text: string) => contextScopes.some((name) => name === text)
  return {
    rows: scopes.filter(isResourceScope).map(rowOf),
    contexts: rest.filter(isContext),
    others: rest.filter((text) => !isContext(text)).join('\n'),
  }
}

function rowOf(scope: ResourceScope): ScopeRow {
  const { level, type, letters, where, prefix, v1 } = scope
  return {
    level,
    type,
    letters,
    where: where.map(({ name, value }) => `${name}=${value}`).join('&'),
    prefix,
    v1,
  }
}

/** Reads `level-0`, `type-0`, `letters-0`, `where-0` …, `context` and `others`. */
export function postedScopes(form: URLSearchParams): ScopesForm {
  const rows: ScopeRow[] = []
  for (let row = 0; row < MOST && form.has(`type-${row}`); row++) {
    const said = (name: string) => (form.get(`${name}-${row}`) ?? '').trim()
    rows.push({
      level: said('level'),
      type: said('type'),
      letters: letters.filter((letter) => form.getAll(`letters-${row}`).includes(letter)).join(''),
      where: said('where').replace(/^\?/, ''),
      prefix: said('prefix'),
      v1: said('v1') === 'yes',
    })
  }
  return { rows, contexts: form.getAll('context'), others: form.get('others') ?? '' }
}

/** The scopes as text, in the order of the form. */
export function scopeOf({ rows, contexts, others }: ScopesForm): string {
  return [
    ...contextScopes.filter((name) => contexts.includes(name)),
    ...rows.filter(({ type, letters }) => type !== '' && letters !== '').map(textOf),
    ...others.split(/\s+/).filter((text) => text !== ''),
  ].join(' ')
}

function textOf({ level, type, letters, where, prefix, v1 }: ScopeRow): string {
  const scope = {
    kind: 'resource',
    level: level as ResourceScope['level'],
    type,
    letters,
    prefix,
    v1,
  } as const
  // Words of SMART 1.0 stay as long as they still fit, and no filter goes with them.
  const text = formatScope({ ...scope, where: [], v1: v1 && where === '' } satisfies Scope)
  return where === '' ? text : `${text}?${where}`
}

/**
 * What an app may ask for, as members of metadata: one that people launch and that asks to refresh is registered for
 * that too, as it would get nothing by the scope alone. It loses no grant type.
 */
export function scopeMembers(
  scope: string,
  { grant_types: has }: { readonly grant_types: readonly string[] },
): { scope: string; grant_types: readonly string[] } {
  const asksTo = /(?:^| )(?:offline|online)_access(?:$| )/.test(scope)
  const lacks = has.includes('authorization_code') && !has.includes('refresh_token')
  return { scope, grant_types: asksTo && lacks ? [...has, 'refresh_token'] : has }
}
