import type { Kysely } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import type { Range } from '../../smart/permit.ts'
import type { Tables } from '../../store/tables.ts'
import type { Access } from '../access/access.ts'
import type { PatientsOf } from '../access/compartment.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import type { Extract } from '../extract/extract.ts'
import type { SearchQuery } from '../search/query.ts'
import { refuseAmbiguous } from './ambiguous.ts'
import { cannotCreate, isThere, notFound } from './change-refusals.ts'
import { type Engine, engineFor, type StoreDeps } from './engine.ts'
import { createIntegrity, type IntegrityRules, mustSeeBinaries } from './integrity.ts'
import { type Incoming, type Item, itemOf } from './item.ts'
import { rangesSeenWhole, rangesToChange } from './limits.ts'
import { displace, findKeys, findRows, type Known, place, systemsIn } from './place.ts'
import { type Changing, rangesAround, reachOf } from './reach.ts'
import { isUnlimited } from './read.ts'
import { searchPage } from './search.ts'
import { DELETED, LIVE } from './state.ts'
import { within } from './within.ts'

export type ChangeDeps = StoreDeps & {
  extract: Extract
  patientsOf: PatientsOf
  fhirBase: string
  integrity: IntegrityRules
}

/** A version that was made; a deletion has no body. */
export type Changed = {
  interaction: 'create' | 'update' | 'patch' | 'delete'
  type: string
  id: string
  version: number
  updated: number
  body: string
  /** Whether there was no live resource of this id before. */
  isNew: boolean
  /** In whose records it is, as far as that is known. */
  patients: readonly string[]
}

/** On what terms a resource is changed. */
export type Terms = {
  /** `If-Match`: it must be at one of these versions. */
  versions: readonly number[] | undefined
  /** Whether an update may give a resource an id that is not there. */
  mayCreate: boolean
  /** Whether a resource of this id must not be there yet. */
  mustBeNew?: boolean
}

/** Writes a row of the audit in the transaction of the change (law 7). */
export type Note = (trx: Kysely<Tables>, changed: Changed) => Promise<void>

/** Makes the next version of a resource from the one that is stored, and what may be told of it. */
export type Edit = (stored: { body: string; isReadable: boolean }) => Incoming

export type Change = ReturnType<typeof createChange>

/**
 * What an access can change within one transaction that has its turn. A change is carried out, judged by the same
 * statement as everything else, and undone with its transaction when it lies outside: there is no second evaluator.
 */
export function createChange(access: Access, trx: Kysely<Tables>, outside: ChangeDeps, note: Note) {
  // One time for all of it: what is answered is what is stored, to the millisecond.
  const now = outside.clock()
  const deps = within(trx, { ...outside, clock: () => now })
  const engine = engineFor(access, deps)
  const { fhirBase } = deps
  const integrity = createIntegrity({ trx, engine, rules: deps.integrity, fhirBase })

  async function put(item: Item, known: ReadonlyMap<string, Known>): Promise<{ rid: number; body: string }> {
    const systems = await deps.names.systemIds(systemsIn([item]))
    const { rids, texts } = await place(trx, [item], known, systems, deps)
    return { rid: rids.get(item.key) ?? 0, body: texts.get(item.key) ?? '' }
  }

  /** What is referred to, judged before it is: what comes into a record by a reference was not in it before. */
  async function mayRefer(item: Item, before: Known | undefined): Promise<void> {
    await mustSeeBinaries(engine, trx, item, before)
    await integrity.refers(item, before)
  }

  async function finish(
    interaction: Changing,
    item: Item,
    body: string,
    before: Known | undefined,
  ): Promise<Changed> {
    const { exact, patients } = item
    integrity.wrote(item.key)
    const version = (before?.version ?? 0) + 1
    const { resourceType: type, id } = exact
    const changed = {
      interaction,
      type,
      id,
      version,
      updated: now,
      body,
      isNew: before?.state !== LIVE,
      patients,
    }
    await note(trx, changed)
    return changed
  }

  async function update(
    incoming: Incoming,
    { versions, mayCreate, mustBeNew = false }: Terms,
    interaction: 'update' | 'patch' = 'update',
  ): Promise<Changed> {
    const item = itemOf(incoming, deps.extract, deps.patientsOf)
    const type = item.exact.resourceType
    const reach = reachOf(access, interaction, type)
    const known = await findRows(trx, deps, [item])
    const before = known.get(item.key)
    const around = await rangesBefore(engine, reach, type, before, mayCreate)
    if (around === undefined) throw mayCreate ? notFound(item.key) : cannotCreate(item.key)
    mustBeAt(before, versions)
    if (mustBeNew && before?.state === LIVE) throw isThere(item.key)
    await mayRefer(item, before?.state === LIVE ? before : undefined)
    const able = await rangesToChange(engine, around, before, item)
    const { rid, body } = await put(item, known)
    await mustLieIn(engine, able, type, rid)
    return await finish(interaction, item, body, before)
  }

  return {
    /** The store as this transaction sees it. */
    engine,

    /** Judges at the end what must hold between resources. @throws LanyardError `conflict`, `invalid-request` */
    settle: integrity.settle,

    /** @throws LanyardError `forbidden` */
    async create(incoming: Incoming): Promise<Changed> {
      const item = itemOf(incoming, deps.extract, deps.patientsOf)
      const type = item.exact.resourceType
      const reach = reachOf(access, 'create', type)
      await mayRefer(item, undefined)
      const { rid, body } = await put(item, await findRows(trx, deps, [item]))
      await mustLieIn(engine, reach, type, rid)
      return await finish('create', item, body, undefined)
    },

    /**
     * Puts a version in the place of another. Both must lie in one range, so that nothing is moved into a record or
     * out of it (ENF-14).
     * @throws LanyardError `forbidden`, `not-found`, `method-not-allowed`, `precondition-failed`
     */
    update,

    /**
     * Updates a resource with what `edit` makes of it, in the same transaction.
     * @throws LanyardError `forbidden`, `not-found`, `precondition-failed`
     */
    async patch(
      type: string,
      id: string,
      versions: Terms['versions'],
      edit: Edit,
      interaction: 'update' | 'patch' = 'patch',
    ): Promise<Changed> {
      const reach = reachOf(access, interaction, type)
      const key = `${type}/${id}`
      const before = (await findKeys(trx, deps, new Set([key]))).get(key)
      if (before?.state !== LIVE || before.body === null) throw notFound(key)
      const around = await mustBeWithin(engine, reach, type, before.rid, key)
      mustBeAt(before, versions)
      // Before the patch is tried, whose success would tell something of what is hidden.
      await rangesSeenWhole(engine, around, type, before.rid)
      const reading = access.decide('read', type)
      const isReadable =
        reading.allowed && (await rangesAround(engine, reading.ranges, type, before.rid)).length > 0
      const next = edit({ body: before.body, isReadable })
      return await update(next, { versions, mayCreate: false }, interaction)
    },

    /**
     * What a condition is about: up to two ids of what the access finds by it. The criteria see what a search of
     * this access would (ENF-21).
     * @throws LanyardError `forbidden`
     */
    async find(query: SearchQuery): Promise<string[]> {
      const page = await searchPage(engine, { ...query, count: 2, total: 'none' }, {})
      await refuseAmbiguous(engine, query.filters)
      return page.hits.map(({ id }) => id)
    },

    /**
     * Deletes what is there; what is not there, or not any more, is told only to those who may see all there is.
     * @returns undefined if there was nothing to delete
     * @throws LanyardError `forbidden`, `not-found`, `precondition-failed`
     */
    async remove(type: string, id: string, versions: Terms['versions']): Promise<Changed | undefined> {
      const reach = reachOf(access, 'delete', type)
      const key = `${type}/${id}`
      const before = (await findKeys(trx, deps, new Set([key]))).get(key)
      if (before?.state !== LIVE) {
        if (!isUnlimited(access, 'delete', type)) throw notFound(key)
        mustBeAt(before, versions)
        return undefined
      }
      await mustBeWithin(engine, reach, type, before.rid, key)
      mustBeAt(before, versions)
      await displace(trx, before, now)
      integrity.removed(before.rid, key)
      const version = before.version + 1
      const changed: Changed = {
        interaction: 'delete',
        type,
        id,
        version,
        updated: now,
        body: '',
        isNew: false,
        patients: [],
      }
      await note(trx, changed)
      return changed
    },
  }
}

/** The ranges that a row lies in. @throws LanyardError `not-found` for one outside of all ranges, as if it were not there (ENF-28) */
async function mustBeWithin(
  engine: Engine,
  ranges: readonly Range[],
  type: string,
  rid: number,
  key: string,
): Promise<readonly Range[]> {
  const around = await rangesAround(engine, ranges, type, rid)
  if (around.length === 0) throw notFound(key)
  return around
}

/** The ranges that the stored state lies in; undefined if there is none that this access may replace. */
async function rangesBefore(
  engine: Engine,
  reach: readonly Range[],
  type: string,
  before: Known | undefined,
  mayCreate: boolean,
): Promise<readonly Range[] | undefined> {
  if (before?.state === LIVE) {
    const around = await rangesAround(engine, reach, type, before.rid)
    return around.length === 0 ? undefined : around
  }
  // A deleted resource is nobody's, except of those who may change all there is; a PUT revives it (REST-10).
  if (before?.state === DELETED) return isUnlimited(engine.access, 'update', type) ? reach : undefined
  if (!mayCreate) return undefined
  // A new person is never the patient in context, however it is made.
  return type === 'Patient' ? alsoCreating(engine.access, reach) : reach
}

function alsoCreating(access: Access, reach: readonly Range[]): readonly Range[] {
  const creating = rangesOf(access, 'create', 'Patient')
  return reach.filter(({ scope, rule }) =>
    creating.some((other) => other.scope === scope && other.rule === rule),
  )
}

/** @throws LanyardError `forbidden`; the transaction takes back what was done */
async function mustLieIn(engine: Engine, ranges: readonly Range[], type: string, rid: number): Promise<void> {
  if ((await rangesAround(engine, ranges, type, rid)).length > 0) return
  throw forbidden(
    'out-of-range',
    `This ${type} would lie outside of what this token may write: check whom it is about, and the limits of the scope.`,
  )
}

/** REST-08; only after the access was judged, so that a version tells nobody anything (ENF-28). */
function mustBeAt(before: Pick<Known, 'version' | 'state'> | undefined, versions: Terms['versions']): void {
  if (versions === undefined) return
  if (before?.state === LIVE && versions.includes(before.version)) return
  throw new LanyardError(
    'precondition-failed',
    'The resource is not at the version that If-Match names. Read it again and repeat the change.',
    { word: 'conflict', reason: 'version-stale' },
  )
}
