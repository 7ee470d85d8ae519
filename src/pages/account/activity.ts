import type { ActivityRow } from '../../audit/activity.ts'
import { MINUTE } from '../../lib/time.ts'
import { consentLines } from '../../smart/consent-lines.ts'
import { categoriesOf } from '../../smart/consent-text.ts'
import type { ResourceScope } from '../../smart/scope.ts'
import type { ConsentWords } from '../../smart/words/en.ts'
import type { ActivityEvent } from './activity-page.ts'

/** What the rows name by ids, in words. */
export type Naming = {
  words: ConsentWords
  /** The user who reads this. */
  userId: string
  /** The name of an app. */
  app: (clientId: string) => string
  /** A patient whom the reader may see. */
  patient: (id: string) => { name: string; given?: string | undefined; self: boolean } | undefined
  /** The name of another user. */
  person: (userId: string) => string | undefined
}

type What = ActivityEvent['what']
/** Rows that are told as one event, newest first. */
type Deed = { what: What; rows: [ActivityRow, ...ActivityRow[]] }

/** An app reads a record in many requests; what lies within this time is one event. */
const TOGETHER = 10 * MINUTE

/** The newest first. */
export function activityEvents(rows: readonly ActivityRow[], naming: Naming): ActivityEvent[] {
  return deedsOf(rows).map(({ what, rows }) => {
    const [{ at, clientId, userId, patient }] = rows
    const isOther = userId !== undefined && userId !== naming.userId
    return {
      at,
      what,
      app: naming.app(clientId),
      kinds: what === 'read' || what === 'refused' ? kindsOf(what, rows, naming) : undefined,
      who: isOther ? naming.person(userId) : undefined,
      patient: patient === undefined ? undefined : naming.patient(patient)?.name,
    }
  })
}

/** The newest rows that make few enough events for one page. @param most events */
export function fewEnough(rows: readonly ActivityRow[], most: number): readonly ActivityRow[] {
  return deedsOf(rows).length > most ? rows.slice(0, most) : rows
}

function deedsOf(rows: readonly ActivityRow[]): Deed[] {
  const deeds: Deed[] = []
  const latest = new Map<string, Deed>()
  // Reads are written a little later than what may have happened after them (audit.ts).
  for (const row of rows.toSorted((a, b) => b.at - a.at || b.seq - a.seq)) {
    const what = whatOf(row)
    if (what === undefined) continue
    const key = [what, row.clientId, row.userId, row.patient].join(' ')
    const open = latest.get(key)
    // Each decision of the user is told for itself.
    const joins = open !== undefined && what !== 'allowed' && what !== 'denied'
    if (joins && open.rows[0].at - row.at <= TOGETHER) open.rows.push(row)
    else {
      const deed: Deed = { what, rows: [row] }
      latest.set(key, deed)
      deeds.push(deed)
    }
  }
  return deeds
}

const whatByEvent: Readonly<Record<string, What>> = {
  'fhir.read': 'read',
  'fhir.vread': 'read',
  'fhir.search': 'read',
  'fhir.refuse': 'refused',
  'consent.allow': 'allowed',
  'consent.deny': 'denied',
  'grant.narrow': 'narrowed',
  'grant.revoke': 'withdrawn',
}

/** Nothing for a request that failed for another reason than a right that was missing. */
function whatOf({ event, detail }: ActivityRow): What | undefined {
  return event === 'fhir.refuse' && detail.status !== 403 ? undefined : whatByEvent[event]
}

/** The kinds of records in the words of the consent page, in the order of the requests, and how many were read. */
function kindsOf(what: What, rows: readonly ActivityRow[], naming: Naming): string[] {
  const counts = new Map<string, number | undefined>()
  for (const row of rows.toReversed()) {
    const type = typeIn(row)
    if (type === undefined) continue
    const title = titleOf(row, type, naming)
    // A record is of one patient.
    const isCounted = what === 'read' && (type !== 'Patient' || row.patient === undefined)
    counts.set(title, isCounted ? (counts.get(title) ?? 0) + matchesIn(row) : undefined)
  }
  const numbers = new Intl.NumberFormat(naming.words.lang)
  return [...counts].map(([title, count]) =>
    count === undefined ? title : `${title} (${numbers.format(count)})`,
  )
}

function matchesIn({ event, detail }: ActivityRow): number {
  return event === 'fhir.search' ? Number(detail.matches ?? 0) : 1
}

/** What the consent page calls it, within a sentence. */
function titleOf(row: ActivityRow, type: string, { words, app, patient }: Naming): string {
  const found = row.patient === undefined ? undefined : patient(row.patient)
  const name = found?.given ?? found?.name
  // Without a patient in context an app finds people, not one of them.
  const level = type === 'Patient' && row.patient === undefined ? 'user' : 'patient'
  const [line] = consentLines([scopeOf(row, type, level)], {
    words,
    app: app(row.clientId),
    self: found?.self === true,
    ...(name === undefined ? {} : { patient: name }),
  })
  const { title = type } = line ?? {}
  // Only a name keeps its capital.
  if (name !== undefined && title.startsWith(name)) return title
  return title.charAt(0).toLocaleLowerCase(words.lang) + title.slice(1)
}

/** The type in `Observation/7`, `/fhir/Observation/_search` or `Patient/1/Observation`; `*` for all of a record. */
function typeIn({ detail: { reference, path } }: ActivityRow): string | undefined {
  const [type = '', , third = '_'] = String(reference ?? path ?? '')
    .replace(/^\/fhir\//, '')
    .split('/')
  const named = third.startsWith('_') ? type : third
  return /^(?:[A-Z][A-Za-z]+|\*)$/.test(named) ? named : undefined
}

/** The scope that would have opened it; of what was searched for, only categories have words. */
function scopeOf({ detail }: ActivityRow, type: string, level: 'patient' | 'user'): ResourceScope {
  const bare = { kind: 'resource', level, type, letters: 'rs', where: [], v1: false, prefix: '' } as const
  const query = new URLSearchParams(typeof detail.query === 'string' ? detail.query : '')
  const where = query.getAll('category').map((value) => ({ name: 'category', value }))
  const narrowed = { ...bare, where }
  return categoriesOf(narrowed).length > 0 ? narrowed : bare
}
