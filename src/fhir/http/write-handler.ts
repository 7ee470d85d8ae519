import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import { BINARY } from '../access/binary.ts'
import { applyPatch, readPatch } from '../patch/json-patch.ts'
import type { QueryOptions } from '../search/query.ts'
import type { Changed, Edit, Note } from '../store/change.ts'
import type { Stored } from '../store/item.ts'
import type { FhirStore, Session } from '../store/store.ts'
import { InvalidResource } from '../validate/issue.ts'
import type { Validate } from '../validate/validate.ts'
import type { Json, Parsed } from './body.ts'
import { versionsOf } from './conditional.ts'
import { atMostOne, criteriaIn, readCriteria } from './criteria.ts'
import type { Exchange } from './exchange.ts'
import type { Pairs } from './parameters.ts'
import { type Answer, answerOf } from './preference.ts'

export type WriteDeps = {
  store: FhirStore
  options: Omit<QueryOptions, 'strict'>
  validate: Validate
  /** Whether a PUT may give a resource an id that is not there. */
  updateCreate: boolean
  /** Whether resources of a type are never deleted. */
  keeps: (type: string) => boolean
}
/** A resource by its id, or by the criteria among the parameters. */
export type WriteTarget = { type: string; id: string | undefined; parameters: Pairs }

/** `POST Type`: the server gives the id (REST-06), unless `If-None-Exist` finds the resource (REST-11). */
export async function create(
  exchange: Exchange,
  access: Access,
  { type }: { type: string },
  note: Note,
  deps: WriteDeps,
): Promise<Answer> {
  const session = deps.store.as(access)
  session.mustReach('create', type)
  const condition = exchange.header('if-none-exist')
  const query =
    condition === undefined ? undefined : readCriteria(access, type, criteriaIn(condition), deps.options)
  const parsed = (await exchange.raw(type)) ?? (await exchange.json())
  const incoming = incomingOf(parsed, type, exchange.newId(), deps)
  const created = await session.change(note, async (change) => {
    const found = query === undefined ? undefined : atMostOne(await change.find(query))
    return found ?? (await change.create(incoming))
  })
  if (typeof created !== 'string') return changedAnswer(exchange, created, deps)
  exchange.set('location', `${deps.options.fhirBase}/${type}/${created}`)
  return { status: 200, body: undefined }
}

/** `PUT Type/id` (REST-07), and `PUT Type?criteria` (REST-12). */
export async function update(
  exchange: Exchange,
  access: Access,
  { type, id, parameters }: WriteTarget,
  note: Note,
  deps: WriteDeps,
): Promise<Answer> {
  const session = deps.store.as(access)
  session.mustReach('update', type)
  const query = id === undefined ? readCriteria(access, type, parameters, deps.options) : undefined
  const raw = await exchange.raw(type)
  if (raw !== undefined && id !== undefined)
    return await putContent(exchange, session, { raw, id }, note, deps)
  const parsed = raw ?? (await exchange.json())
  const terms = { versions: versionsOf(exchange.header('if-match')), mayCreate: deps.updateCreate }
  const own = parsed.value.id
  const named = id ?? (typeof own === 'string' ? own : undefined)
  const prepare = (as: string) => incomingOf(parsed, type, as, deps)
  if (id !== undefined) mustHaveId(parsed, id)
  const updated = await session.change(note, async (change) => {
    const found = query === undefined ? named : atMostOne(await change.find(query))
    if (found === undefined && named === undefined) return await change.create(prepare(exchange.newId()))
    if (found !== undefined && own !== undefined) mustHaveId(parsed, found)
    // An id that no match has is that of a new resource (R4 http §cond-update).
    const mustBeNew = found === undefined
    return await change.update(prepare(found ?? named ?? ''), { ...terms, mustBeNew })
  })
  return changedAnswer(exchange, updated, deps)
}

/** New content for a Binary: it stays with whom it belongs to, unless `X-Security-Context` says otherwise. */
async function putContent(
  exchange: Exchange,
  session: Session,
  { raw, id }: { raw: Parsed; id: string },
  note: Note,
  deps: WriteDeps,
): Promise<Answer> {
  const versions = versionsOf(exchange.header('if-match'))
  const edit: Edit = ({ body }) => {
    const { securityContext } = JSON.parse(body) as Json
    const kept = securityContext === undefined ? raw.value : { securityContext, ...raw.value }
    return incomingOf({ value: kept, exact: undefined }, BINARY, id, deps)
  }
  const updated = await session.change(note, (change) => change.patch(BINARY, id, versions, edit, 'update'))
  return changedAnswer(exchange, updated, deps)
}

/** `PATCH Type/id` (REST-09), and `PATCH Type?criteria` (REST-12). */
export async function patch(
  exchange: Exchange,
  access: Access,
  { type, id, parameters }: WriteTarget,
  note: Note,
  deps: WriteDeps,
): Promise<Answer> {
  const session = deps.store.as(access)
  session.mustReach('patch', type)
  const query = id === undefined ? readCriteria(access, type, parameters, deps.options) : undefined
  const operations = readPatch(await exchange.patch())
  const versions = versionsOf(exchange.header('if-match'))
  let mayShow = false
  const patched = await session.change(note, async (change) => {
    const found = id ?? (query === undefined ? undefined : atMostOne(await change.find(query)))
    if (found === undefined) throw noMatch()
    return await change.patch(type, found, versions, ({ body, isReadable }) => {
      mayShow = isReadable
      // A test tells what is stored, which is for those who may read it (ENF-29).
      if (!isReadable && operations.some(({ op }) => op === 'test')) throw noTest()
      const exact = applyPatch(body, operations) as Json
      const value = JSON.parse(JSON.stringify(exact)) as Json
      mustHaveId({ value, exact }, found)
      return incomingOf({ value, exact }, type, found, deps)
    })
  })
  const answer = changedAnswer(exchange, patched, deps)
  return mayShow ? answer : { ...answer, body: undefined }
}

/** `DELETE Type/id` (REST-10), and `DELETE Type?criteria` of a single resource (REST-12). */
export async function remove(
  exchange: Exchange,
  access: Access,
  { type, id, parameters }: WriteTarget,
  note: Note,
  { store, options, keeps }: WriteDeps,
): Promise<Answer> {
  const session = store.as(access)
  session.mustReach('delete', type)
  if (keeps(type)) throw isKept(type)
  const query = id === undefined ? readCriteria(access, type, parameters, options) : undefined
  const versions = versionsOf(exchange.header('if-match'))
  const removed = await session.change(note, async (change) => {
    const found = id ?? (query === undefined ? undefined : atMostOne(await change.find(query)))
    return found === undefined ? undefined : await change.remove(type, found, versions)
  })
  if (removed !== undefined) exchange.set('etag', `W/"${removed.version}"`)
  return { status: 204, body: undefined }
}

/** The answer to a change, with where the version is and how the client wants it (REST-13). */
function changedAnswer(exchange: Exchange, changed: Changed, { options }: WriteDeps): Answer {
  const { type, id, version, updated, isNew } = changed
  exchange.set('etag', `W/"${version}"`)
  exchange.set('last-modified', new Date(updated).toUTCString())
  if (isNew) exchange.set('location', `${options.fhirBase}/${type}/${id}/_history/${version}`)
  return answerOf(exchange, changed)
}

/**
 * What is stored: the body with the id that it gets, whatever its own was.
 * @throws LanyardError `invalid-request` for another type, `InvalidResource`
 */
export function incomingOf(
  { value, exact }: Parsed,
  type: string,
  id: string,
  { validate }: Pick<WriteDeps, 'validate'>,
): { resource: Stored; exact?: Stored } {
  if (value.resourceType !== type) {
    throw new LanyardError(
      'invalid-request',
      `The address says ${type}, and the body's resourceType is something else.`,
      { word: 'invalid', reason: 'type-mismatch' },
    )
  }
  const resource = { ...value, resourceType: type, id }
  const issues = validate(resource)
  if (issues.length > 0) throw new InvalidResource(issues)
  return exact === undefined ? { resource } : { resource, exact: { ...exact, resourceType: type, id } }
}

/** @throws LanyardError `invalid-request` where the body has another id than the address */
export function mustHaveId({ value }: Parsed, id: string): void {
  if (value.id === id) return
  throw new LanyardError('invalid-request', `The resource has the id "${id}", and the body must say so.`, {
    word: 'invalid',
    reason: 'id-mismatch',
  })
}

/** REST-10: said after the access was judged, and of what is hidden as well. */
export function isKept(type: string): LanyardError {
  return new LanyardError('method-not-allowed', `This server never deletes a ${type}.`, {
    word: 'not-supported',
    reason: 'type-kept',
    headers: { allow: 'GET, HEAD, PUT, PATCH' },
  })
}

function noMatch(): LanyardError {
  return new LanyardError('not-found', 'The condition is true of no resource that this token may find.', {
    word: 'not-found',
    reason: 'no-match',
  })
}

function noTest(): LanyardError {
  return new LanyardError('forbidden', 'A patch can test only what this token may read.', {
    word: 'forbidden',
    reason: 'patch-test',
  })
}
