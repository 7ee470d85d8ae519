import { sql } from 'kysely'
import type { Dialect } from '../../store/database.ts'
import { searchError } from '../search/errors.ts'
import type { Filter } from '../search/filter.ts'
import type { SearchQuery } from '../search/query.ts'
import type { DateValue, ReferenceValue, TokenValue, Value } from '../search/value.ts'
import { allOf, anyOf, isIn, never, type Sql } from '../store/comparisons.ts'
import { type Codes, type Coding, codesOf, events } from './codes.ts'
import { outcomes } from './render.ts'

/** What is asked of the rows, and of which patients only. */
export type Wanted = { where: Sql; patients: readonly string[] | undefined; time: Span }
/** Milliseconds; what is not said is open. */
export type Span = { from: number; to: number }
type Context = { dialect: Dialect; now: number }

const JTI = 'urn:ietf:params:oauth:jti:'
const WAY_IN = 'urn:lanyard:way-in:'
const refusable = ['create', 'read', 'vread', 'update', 'patch', 'delete', 'search-type']

/** The parameters that the rows answer. */
export const answeredParameters: ReadonlySet<string> = new Set([
  'action',
  'agent',
  'date',
  'entity',
  'outcome',
  'patient',
  'policy',
  'subtype',
  'type',
])

/**
 * A search for AuditEvents as conditions on the compact rows.
 * @throws LanyardError `invalid-request` for what the rows do not answer
 */
export function wantedRows({ filters, within }: SearchQuery, context: Context): Wanted {
  const inRecord = within === undefined ? [] : [patientOfCompartment(within)]
  const named = [...inRecord, ...filters.flatMap((filter) => patientsNamed(filter) ?? [])]
  const patients = named.reduce<readonly string[] | undefined>(
    (kept, ids) => (kept === undefined ? ids : kept.filter((id) => ids.includes(id))),
    undefined,
  )
  const conditions = filters
    .filter((filter) => patientsNamed(filter) === undefined)
    .map((filter) => conditionOf(filter, context))
  return {
    where: allOf(patients === undefined ? conditions : [aboutOneOf(patients), ...conditions]),
    patients,
    time: filters.map(spanOf).reduce(common, anyTime),
  }
}

const anyTime: Span = { from: -Infinity, to: Infinity }
const common = (a: Span, b: Span): Span => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })

/** The time within which all lies that a filter finds. */
function spanOf(filter: Filter): Span {
  if (filter.kind !== 'updated' && filter.kind !== 'values') return anyTime
  const values: readonly Value[] = filter.values
  const dates = values.filter((value) => value.kind === 'date')
  if (dates.length === 0 || dates.some(({ prefix }) => prefix === 'ne' || prefix === 'ap')) return anyTime
  const endsOnly = ['lt', 'le', 'eb']
  const beginsOnly = ['gt', 'ge', 'sa']
  return {
    from: Math.min(...dates.map(({ prefix, lo }) => (endsOnly.includes(prefix) ? -Infinity : lo))),
    to: Math.max(...dates.map(({ prefix, hi }) => (beginsOnly.includes(prefix) ? Infinity : hi))),
  }
}

function patientOfCompartment({ compartment, id }: NonNullable<SearchQuery['within']>): string[] {
  if (compartment === 'Patient') return [id]
  throw searchError('not-supported', `The audit is not searched by ${compartment}.`)
}

/** `patient=…` and `entity=Patient/…`. */
function patientsNamed(filter: Filter): string[][] | undefined {
  if (filter.kind !== 'values') return undefined
  const { code } = filter.parameter
  const references = filter.values.filter((value) => value.kind === 'reference')
  const isPatient = (value: ReferenceValue): value is ReferenceValue & { id: string } =>
    'id' in value && (code === 'patient' ? (value.type ?? 'Patient') : value.type) === 'Patient'
  const patients = references.filter(isPatient).map(({ id }) => id)
  if (code === 'patient') return [patients]
  return code === 'entity' && patients.length > 0 && patients.length === references.length
    ? [patients]
    : undefined
}

function aboutOneOf(patients: readonly string[]): Sql {
  const among = isIn(sql.ref('patient'), patients)
  return sql`(${among} or seq in (select seq from audit_about where ${among}))`
}

function conditionOf(filter: Filter, context: Context): Sql {
  switch (filter.kind) {
    case 'id':
      return isIn(sql.ref('seq'), filter.ids.filter((id) => /^\d{1,15}$/.test(id)).map(Number))
    case 'updated':
      return anyOf(filter.values.map((value) => ofTime(value, context)))
    case 'identifier':
      if (filter.parameter.code !== 'agent') break
      return byAgent(filter.values.flatMap(agentIds))
    case 'values':
      if (filter.parameter.code === 'agent') {
        // Clients and users are no resources, and their ids are none of resources.
        throw searchError('not-supported', 'Search agents by their identifiers: agent:identifier=….')
      }
      if (filter.modifier !== undefined) break
      return anyOf(filter.values.map((value) => conditionOfValue(filter.parameter.code, value, context)))
  }
  throw notAnswered()
}

function conditionOfValue(code: string, value: Value, context: Context): Sql {
  if (value.kind === 'date' && code === 'date') return ofTime(value, context)
  if (value.kind === 'uri' && code === 'policy') {
    const prefix = [JTI, WAY_IN].find((start) => value.value.startsWith(start))
    return prefix === undefined ? never : byCredential(value.value.slice(prefix.length))
  }
  if (value.kind === 'reference' && 'id' in value) {
    if (code === 'entity' && value.type !== undefined) return aboutResource(value.type, value.id, context)
  }
  if (value.kind === 'token') {
    if (code === 'type') return byCodes(value, ({ type }) => [type], context)
    if (code === 'subtype') return byCodes(value, ({ subtype }) => subtype, context)
    if (code === 'action') return byCodes(value, ({ action }) => [{ system: '', code: action }], context)
    if (code === 'outcome') {
      const words = Object.entries(outcomes).filter(([, outcome]) => outcome === value.code)
      return isIn(
        sql.ref('outcome'),
        words.map(([word]) => word),
      )
    }
  }
  throw notAnswered()
}

/** What a request showed, alone or beside something else (render.ts). */
function byCredential(id: string): Sql {
  const escaped = id.replace(/[\\%_]/g, '\\$&')
  return sql`(token_id = ${id} or token_id like ${`${escaped} %`} escape '\\' or token_id like ${`% ${escaped}`} escape '\\')`
}

/** Who belongs to an outside server is stored with its name. */
function agentIds({ system, code }: TokenValue): string[] {
  if (code === undefined) return []
  return system === undefined || system === '' ? [code] : [code, `${system}|${code}`]
}

/** A client or a user, by the identifier that an agent has. */
function byAgent(ids: readonly string[]): Sql {
  return sql`(${isIn(sql.ref('client_id'), ids)} or ${isIn(sql.ref('user_id'), ids)})`
}

/** What was recorded is a moment, which makes the prefixes of R4 §3.1.1.4.5 plain. */
function ofTime({ prefix, lo, hi }: DateValue, { now }: Context): Sql {
  switch (prefix) {
    case 'eq':
      return sql`(at >= ${lo} and at < ${hi})`
    case 'ne':
      return sql`(at < ${lo} or at >= ${hi})`
    case 'gt':
    case 'sa':
      return sql`at >= ${hi}`
    case 'lt':
    case 'eb':
      return sql`at < ${lo}`
    case 'ge':
      return sql`at >= ${lo}`
    case 'le':
      return sql`at < ${hi}`
    case 'ap': {
      const slack = Math.round(Math.abs(now - lo) / 10)
      return sql`(at >= ${lo - slack} and at < ${hi + slack})`
    }
  }
}

/** The events that are shown with this code; a refusal is shown as the interaction that was refused. */
function byCodes(
  { system, code }: TokenValue,
  pick: (codes: Codes) => readonly Coding[],
  { dialect }: Context,
): Sql {
  const matches = (codes: Codes): boolean =>
    pick(codes).some(
      (own) =>
        (code === undefined || own.code === code) &&
        (system === undefined || own.system === system || own.system === ''),
    )
  const refused = refusable
    .filter((interaction) => matches(codesOf('fhir.refuse', interaction)))
    .map((interaction) => holds(`"interaction":"${interaction}"`, dialect))
  const unknown = matches(codesOf('fhir.refuse')) ? [sql`not ${holds('"interaction":', dialect)}`] : []
  return anyOf([
    isIn(
      sql.ref('event'),
      events.filter((event) => matches(codesOf(event))),
    ),
    sql`(event = 'fhir.refuse' and ${anyOf([...refused, ...unknown])})`,
  ])
}

/** What was read, in whatever version. */
function aboutResource(type: string, id: string, { dialect }: Context): Sql {
  const reference = `"reference":"${type}/${id}`
  return sql`(${holds(`${reference}"`, dialect)} or ${holds(`${reference}/_history/`, dialect)})`
}

/** Whether the details hold a member as we write it; in a value of a caller its quotes would be escaped. */
function holds(text: string, dialect: Dialect): Sql {
  return dialect === 'sqlite'
    ? sql`instr(coalesce(detail, ''), ${text}) > 0`
    : sql`strpos(coalesce(detail, ''), ${text}) > 0`
}

function notAnswered() {
  return searchError(
    'not-supported',
    `The audit is searched by ${[...answeredParameters].join(', ')}, _id and _lastUpdated, without modifiers.`,
  )
}
