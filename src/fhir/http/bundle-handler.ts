import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { LanyardError } from '../../lib/errors.ts'
import { instant } from '../../lib/time.ts'
import type { Access } from '../access/access.ts'
import type { Session } from '../store/store.ts'
import type { Parsed } from './body.ts'
import { type Entry, readEntry, unreadable } from './bundle-entry.ts'
import { atMostOne, criteriaIn, readCriteria } from './criteria.ts'
import { told, toldAsync } from './entry-error.ts'
import type { Exchange } from './exchange.ts'
import { outcomeOf } from './outcome.ts'
import { type PerformDeps, perform } from './perform.ts'
import type { Answer } from './preference.ts'
import { referencesIn, rewritten } from './rewrite.ts'
import type { SingleRoute } from './route.ts'

const MOST_ENTRIES = 500

/**
 * `POST` of a batch, whose entries stand for themselves, or of a transaction, of which all is done or nothing
 * (REST-15, REST-16). Each entry is judged as the request that it is (ENF-20).
 */
export async function bundle(exchange: Exchange, access: Access, deps: PerformDeps): Promise<string> {
  const { value, exact } = await exchange.json()
  const { resourceType, type, entry = [] } = value
  if (resourceType !== 'Bundle' || (type !== 'batch' && type !== 'transaction') || !Array.isArray(entry))
    throw refused('Send a Bundle of type batch or transaction here.', 'bundle-type')
  if (entry.length > MOST_ENTRIES)
    throw new LanyardError('too-large', `A Bundle of requests has at most ${MOST_ENTRIES} entries.`, {
      word: 'too-costly',
    })
  const exactEntries = Array.isArray(exact?.entry) ? exact.entry : []
  const prefer = exchange.header('prefer') ?? ''
  const context = { definitions: deps.definitions, fhirBase: deps.reading.fhirBase }
  const read = (item: unknown, index: number) => readEntry(index, item, exactEntries[index], context)
  const run = async (one: Entry, within: PerformDeps, id?: string) => {
    const inner = entryExchange(one, prefer, id)
    const answer = await perform(inner, access, one.route, one.parameters, within)
    const location = inner.answered.get('location')
    if (id !== undefined && location !== undefined && !location.includes(`/${id}`)) throw ambiguous()
    deps.onEntry(one.route, one.parameters, inner)
    return { answer, headers: inner.answered }
  }
  exchange.matches = entry.length
  if (type === 'batch') {
    const answers: string[] = []
    for (const [index, item] of entry.entries()) {
      try {
        answers.push(responseOf(await run(read(item, index), deps)))
      } catch (error) {
        answers.push(failureOf(error, deps))
      }
    }
    return bundleOf('batch-response', answers)
  }
  const entries = entry.map((item, index) => told(index, () => read(item, index)))
  const answers = await deps.writing.store.as(access).transaction(deps.note, async (session) => {
    const store = { ...deps.writing.store, as: () => session }
    const within: PerformDeps = {
      ...deps,
      reading: { ...deps.reading, store },
      searching: { ...deps.searching, store },
      writing: { ...deps.writing, store },
    }
    return await runAll(entries, access, session, within, run)
  })
  return bundleOf('transaction-response', answers)
}

type Ran = { answer: Answer; headers: ReadonlyMap<string, string> }

/** REST-16: deletions, creations, updates, reads; the answers in the order of the entries. */
async function runAll(
  entries: readonly Entry[],
  access: Access,
  session: Session,
  deps: PerformDeps,
  run: (entry: Entry, deps: PerformDeps, id?: string) => Promise<Ran>,
): Promise<string[]> {
  const answers: string[] = []
  const step = async (wanted: readonly Entry[], targets?: Targets) => {
    for (const entry of wanted) {
      const own = targets?.ofEntry.get(entry.index)
      answers[entry.index] = await toldAsync(entry.index, async () => {
        const resolved = targets === undefined ? entry : await resolve(entry, targets, access, session, deps)
        return responseOf(await run(resolved, deps, own))
      })
    }
  }
  const inOrder = (...interactions: SingleRoute['interaction'][]) =>
    entries.filter(({ route }) => interactions.includes(route.interaction))
  const writing = [...inOrder('create'), ...inOrder('update', 'patch')]
  await step(inOrder('delete'))
  const targets = await targetsOf(entries, access, session, deps)
  await step(writing, targets)
  await step(entries.filter((entry) => answers[entry.index] === undefined))
  return answers
}

type Targets = {
  /** Where references to what the client named lead. */
  byUrl: ReadonlyMap<string, string>
  /** The id that an entry's resource gets, or has. */
  ofEntry: ReadonlyMap<number, string>
}

/** Decides which resource each entry is about, before any of them is written. */
async function targetsOf(
  entries: readonly Entry[],
  access: Access,
  session: Session,
  { writing, note }: PerformDeps,
): Promise<Targets> {
  const byUrl = new Map<string, string>()
  const ofEntry = new Map<number, string>()
  const taken = new Set<string>()
  for (const entry of entries) {
    const { route, index, fullUrl } = entry
    const isChange = ['create', 'update', 'patch', 'delete'].includes(route.interaction)
    if (!isChange || !('type' in route) || route.type === undefined) continue
    const { type } = route
    const given = 'id' in route ? route.id : undefined
    const condition = entry.headers.get('if-none-exist')
    const pairs = condition === undefined ? entry.parameters : criteriaIn(condition)
    const isConditional = given === undefined && (route.interaction !== 'create' || condition !== undefined)
    if (route.interaction === 'delete' && isConditional) continue
    const found = isConditional
      ? await toldAsync(index, async () => {
          const query = readCriteria(access, type, pairs, writing.options)
          return await session.change(note, async (change) => atMostOne(await change.find(query)))
        })
      : undefined
    const own = entry.resource?.value.id
    const named = route.interaction === 'update' && typeof own === 'string' ? own : randomUUID()
    const id = given ?? found ?? named
    if (taken.has(`${type}/${id}`))
      throw refused(`Bundle.entry[${index}]: ${type}/${id} is changed by another entry too.`, 'entry-twice')
    taken.add(`${type}/${id}`)
    ofEntry.set(index, id)
    if (fullUrl !== undefined) byUrl.set(fullUrl, `${type}/${id}`)
  }
  return { byUrl, ofEntry }
}

/** The entry with its references resolved: those to other entries, and those by criteria. */
async function resolve(
  entry: Entry,
  { byUrl }: Targets,
  access: Access,
  session: Session,
  { writing, note, definitions }: PerformDeps,
): Promise<Entry> {
  if (entry.resource === undefined) return entry
  const found = new Map<string, string>()
  for (const reference of referencesIn(entry.resource.value)) {
    const [type = '', criteria] = reference.split('?')
    if (byUrl.has(reference) || found.has(reference)) continue
    if (/^urn:(?:uuid|oid):/.test(reference))
      throw refused(`"${reference.slice(0, 80)}" is the fullUrl of no entry.`, 'reference-unresolved')
    if (criteria === undefined || !definitions.isResourceType(type)) continue
    const query = readCriteria(access, type, criteriaIn(criteria), writing.options)
    const id = await session.change(note, async (change) => atMostOne(await change.find(query)))
    if (id === undefined) throw noTarget()
    found.set(reference, `${type}/${id}`)
  }
  const targets = found.size === 0 ? byUrl : new Map([...byUrl, ...found])
  const { value, exact } = entry.resource
  const resource: Parsed = {
    value: rewritten(value, targets),
    exact: exact === undefined ? undefined : rewritten(exact, targets),
  }
  return { ...entry, resource }
}

/** An entry as the request that it is; without a preference, answers are minimal. */
function entryExchange(
  { headers, resource }: Entry,
  prefer: string,
  id: string | undefined,
): Exchange & { answered: ReadonlyMap<string, string> } {
  const answered = new Map<string, string>()
  const preference = /return=/i.test(prefer) ? prefer : `${prefer};return=minimal`
  return {
    answered,
    header: (name) => (name === 'prefer' ? preference : headers.get(name)),
    set: (name, value) => void answered.set(name, value),
    hasBody: () => resource !== undefined,
    raw: async () => undefined,
    async json() {
      if (resource === undefined) throw unreadable('needs a resource')
      return resource
    },
    async patch() {
      const { contentType, data } = resource?.value ?? {}
      if (resource?.value.resourceType !== 'Binary' || contentType !== 'application/json-patch+json')
        throw unreadable('that patches needs a Binary of type application/json-patch+json')
      try {
        return JSON.parse(Buffer.from(String(data), 'base64').toString('utf8'))
      } catch {
        throw unreadable('holds a patch that is not JSON')
      }
    },
    newId: () => id ?? randomUUID(),
  }
}

function responseOf({ answer: { status, body }, headers }: Ran): string {
  const modified = headers.get('last-modified')
  const response = {
    status: statusText(status),
    location: headers.get('location'),
    etag: headers.get('etag'),
    lastModified: modified === undefined ? undefined : instant(Date.parse(modified)),
  }
  const resource = body === undefined ? '' : `"resource":${body},`
  return `{${resource}"response":${JSON.stringify(response)}}`
}

/** An entry of a batch that failed: told in its place, and only there. */
function failureOf(error: unknown, { onRefusal }: PerformDeps): string {
  if (!(error instanceof LanyardError) || error.status >= 500) throw error
  onRefusal(error)
  return JSON.stringify({ response: { status: statusText(error.status), outcome: outcomeOf(error) } })
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim()
}

function bundleOf(type: string, entries: readonly string[]): string {
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`
  return `{"resourceType":"Bundle","type":"${type}"${entry}}`
}

function refused(sentence: string, reason: string): LanyardError {
  return new LanyardError('invalid-request', sentence, { word: 'invalid', reason })
}

/** A condition that another entry of the same transaction has made true. */
function ambiguous(): LanyardError {
  return new LanyardError('conflict', 'Another entry makes the condition of this one true.', {
    reason: 'entries-entangled',
  })
}

function noTarget(): LanyardError {
  return new LanyardError('precondition-failed', 'A reference by criteria finds no resource.', {
    word: 'not-found',
    reason: 'reference-unresolved',
  })
}
