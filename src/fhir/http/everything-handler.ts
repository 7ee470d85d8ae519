import type { Access } from '../access/access.ts'
import { forbidden } from '../access/refusal.ts'
import {
  type Focus,
  notWhole,
  opens,
  opensWhole,
  typesBesideRecord,
  typesInRecord,
  type Whose,
} from '../access/whole.ts'
import { dateRange } from '../extract/date-range.ts'
import type { EverythingQuery } from '../store/everything.ts'
import { typeList } from './asked-types.ts'
import { searchsetText } from './bundle.ts'
import type { Exchange } from './exchange.ts'
import { withQuery } from './links.ts'
import { prefers } from './negotiate.ts'
import { knownPairs, operationPairs, readAs, refusedParameter } from './operation-parameters.ts'
import { openPage, sealPage } from './page-link.ts'
import { firstOf, type Pairs } from './parameters.ts'
import { patientsShown } from './patients-shown.ts'
import type { Answer } from './preference.ts'
import type { OperationRoute } from './route.ts'
import type { SearchDeps } from './search-handler.ts'

/**
 * What of a record is answered to a token that does not open all of it: nothing, with the reason (`whole`), or what it
 * does open (`granted`).
 */
export type EverythingRule = 'whole' | 'granted'

type Deps = SearchDeps & { everything: EverythingRule }

const parametersOf = {
  Patient: ['_type', '_since', '_count', 'start', 'end'],
  Encounter: ['_type', '_since', '_count'],
} as const

/** `Patient/id/$everything`, `Patient/$everything`, `Encounter/id/$everything` (REST-21, ENF-22). */
export async function everything(
  exchange: Exchange,
  access: Access,
  { type, id, isPost }: OperationRoute,
  parameters: Pairs,
  { store, options, seal, everything: rule }: Deps,
): Promise<Answer> {
  const focus: Focus = type === 'Encounter' ? 'Encounter' : 'Patient'
  const asked = await operationPairs(exchange, isPost, parameters)
  exchange.asked = asked
  const path = [focus, id, '$everything'].filter(Boolean).join('/')
  const link = firstOf(asked, '_page')
  const state = link === undefined ? undefined : openPage(link, access, seal)
  if (state !== undefined && state.path !== path) throw refusedParameter('_page', 'a link of this operation')
  const strict = prefers(exchange, 'handling=strict')
  const pairs = state?.pairs ?? knownPairs(asked, parametersOf[focus], { repeatable: ['_type'], strict })

  refuseOtherPatient(access, focus, id)
  const types = typesFor(access, focus, id, pairs, rule, options)
  const session = store.as(access)
  const query = { of: { type: focus, id }, ...types, ...read(pairs, options), after: state?.cursor.after }
  const { hits, next } = await session.everything(query)
  exchange.matches = hits.length
  if (focus === 'Patient' && id !== undefined) exchange.patient = id
  else exchange.patients = await patientsShown(session, access, hits)

  const address = `${options.fhirBase}/${path}`
  const self = link === undefined ? withQuery(address, pairs) : `${address}?_page=${link}`
  const pageLink = (after: EverythingQuery['after']) =>
    `${address}?_page=${sealPage({ path, pairs, cursor: after === undefined ? {} : { after }, left: undefined }, access, seal)}`
  const isWhole = link === undefined && next === undefined
  const beside = new Set(types.beside)
  const body = searchsetText(
    {
      links: { self, ...(next === undefined ? {} : { next: pageLink(next) }) },
      total: isWhole ? hits.filter((hit) => !beside.has(hit.type)).length : undefined,
      matches: hits.filter((hit) => !beside.has(hit.type)),
      included: hits.filter((hit) => beside.has(hit.type)),
      warning: undefined,
    },
    options.fhirBase,
    { summary: 'false', elements: [] },
    options.definitions,
  )
  return { status: 200, body }
}

/** Whose record it is, is decided before anything is looked at, and the same whether there is such a patient. */
function refuseOtherPatient(access: Access, focus: Focus, id: string | undefined): void {
  if (focus !== 'Patient') return
  const decision = access.decide('read', 'Patient')
  if (!decision.allowed) throw forbidden(decision.reason, decision.sentence)
  const isBound = decision.ranges.every(({ level }) => level === 'patient')
  if (!isBound || (id !== undefined && id === access.patient)) return
  throw forbidden(
    'other-patient',
    id === undefined
      ? 'The records of all patients are for user/ and system/ scopes.'
      : 'This token is for one patient, and this is the record of another.',
  )
}

/** The types that are answered with: all that a record can have, or those of `_type` (ENF-22). */
function typesFor(
  access: Access,
  focus: Focus,
  id: string | undefined,
  pairs: Pairs,
  rule: EverythingRule,
  { definitions }: SearchDeps['options'],
): Pick<EverythingQuery, 'inRecord' | 'beside'> {
  const whose: Whose = focus === 'Encounter' ? 'of-encounter' : id === undefined ? 'of-all' : { patient: id }
  const possible = typesInRecord(focus, definitions)
  const shared = typesBesideRecord(focus)
  const named = typeList(
    pairs.filter(([name]) => name === '_type').map(([, value]) => value),
    definitions.isResourceType,
  )
  const odd = named.find((type) => !possible.includes(type) && !shared.includes(type))
  if (odd !== undefined)
    throw refusedParameter('_type', `of types that a record can have, which ${odd} is not`)
  const wanted = (type: string) => named.length === 0 || named.includes(type)
  const inRecord = possible.filter(wanted)
  const beside = shared.filter(wanted)
  const closed = [...inRecord, ...beside].filter((type) => named.length > 0 && !opens(access, type))
  const partly = inRecord.filter((type) => !opensWhole(access, type, whose))
  if (closed.length > 0 || (rule === 'whole' && partly.length > 0)) {
    const whole = possible.filter((type) => opensWhole(access, type, whose))
    const allowed = rule === 'whole' ? whole : possible.filter((type) => opens(access, type))
    throw notWhole(
      [...new Set([...closed, ...(rule === 'whole' ? partly : [])])],
      [...allowed, ...shared.filter((type) => opens(access, type))],
    )
  }
  const open = (type: string) => opens(access, type)
  return { inRecord: inRecord.filter(open), beside: beside.filter(open) }
}

function read(
  pairs: Pairs,
  { maxPageSize }: SearchDeps['options'],
): Pick<EverythingQuery, 'since' | 'care' | 'count'> {
  const asNumber = (text: string) => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined)
  const since = readAs(pairs, '_since', 'an instant', dateRange)
  const start = readAs(pairs, 'start', 'a date', dateRange)
  const end = readAs(pairs, 'end', 'a date', dateRange)
  const count = readAs(pairs, '_count', 'a whole number from 1', asNumber) ?? maxPageSize
  const isDated = start !== undefined || end !== undefined
  return {
    since: since?.lo,
    care: isDated ? { lo: start?.lo ?? -EVER, hi: end?.hi ?? EVER } : undefined,
    count: Math.min(count, maxPageSize),
  }
}

/** Milliseconds beyond every date. */
const EVER = 9e15
