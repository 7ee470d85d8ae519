import { type Kysely, sql } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import type { Tables } from '../../store/tables.ts'
import { BINARY } from '../access/binary.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { ATTACHMENT } from '../extract/binary-links.ts'
import { localReferences } from '../extract/local-references.ts'
import { InvalidResource } from '../validate/issue.ts'
import { allOf, isIn, never, type Sql } from './comparisons.ts'
import type { Engine } from './engine.ts'
import type { Item } from './item.ts'
import type { Names } from './names.ts'
import { findKeys, type Known } from './place.ts'
import { isUnlimited } from './read.ts'
import { LIVE } from './state.ts'
import { visibleAmong } from './visibility.ts'

/** What must hold between resources. */
export type IntegrityRules = {
  /** `existing`: a reference of this server names something that is there and that the writer may see. */
  references: 'off' | 'existing'
  /** `unreferenced`: nothing is deleted that something else refers to. */
  deletion: 'any' | 'unreferenced'
}

type Deps = { trx: Kysely<Tables>; engine: Engine; rules: IntegrityRules; fhirBase: string }

/**
 * Watches over the references of one transaction. They are noted on the way and judged at its end, so that its entries
 * may refer to each other, and go together, in any order.
 */
export function createIntegrity({ trx, engine, rules, fhirBase }: Deps) {
  const { names, definitions } = engine
  const home = { base: fhirBase, isResourceType: definitions.isResourceType }
  /** `Type/id` that is newly referred to, with where; those that were not seen when they were named, apart. */
  const named = new Map<string, string>()
  const unseen = new Set<string>()
  const written = new Set<string>()
  const deleted = new Map<number, string>()

  return {
    /**
     * Notes what a version refers to that the one before it did not. To be called before it is stored: a reference may
     * itself be what makes its target visible.
     */
    async refers({ exact, key }: Item, before: Pick<Known, 'body'> | undefined): Promise<void> {
      if (rules.references === 'off') return
      const known = before?.body == null ? undefined : localReferences(JSON.parse(before.body), home)
      const fresh = [...localReferences(exact, home)].filter(
        ([target]) => target !== key && known?.has(target) !== true,
      )
      const seen = await seenAmong(
        engine,
        trx,
        fresh.map(([target]) => target),
      )
      for (const [target, at] of fresh) {
        if (!named.has(target)) named.set(target, at)
        if (!seen.has(target)) unseen.add(target)
      }
    },

    wrote(key: string): void {
      written.add(key)
    },

    removed(rid: number, key: string): void {
      if (rules.deletion === 'unreferenced') deleted.set(rid, key)
    },

    /** @throws LanyardError 422 for a reference to what is not there or not seen, 409 for one to what was deleted */
    async settle(): Promise<void> {
      const live = named.size === 0 ? undefined : await liveAmong(engine, trx, [...named.keys()])
      const missing = [...named].filter(
        ([target]) => !live?.has(target) || (unseen.has(target) && !written.has(target)),
      )
      if (missing.length > 0) throw dangling(missing)
      for (const [rid, key] of deleted) {
        const type = key.split('/')[0] ?? ''
        if (await isReferredTo(engine, rid, referringTo(type, definitions, names))) throw stillReferredTo(key)
      }
    },
  }
}

/** Row ids of those of the keys that are live. */
async function liveAmong(
  { db, names }: Engine,
  trx: Kysely<Tables>,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const found = await findKeys(trx, { db, names }, new Set(keys), new Set())
  return new Map([...found].filter(([, { state }]) => state === LIVE).map(([key, { rid }]) => [key, rid]))
}

/** Those of the keys that are there and that the writer sees; the patient in context is no secret to it. */
async function seenAmong(engine: Engine, trx: Kysely<Tables>, keys: readonly string[]): Promise<Set<string>> {
  const live = keys.length === 0 ? new Map<string, number>() : await liveAmong(engine, trx, keys)
  if (live.size === 0) return new Set()
  const { access, names, visibility } = engine
  const types = [...new Set([...live.keys()].map((key) => key.split('/')[0] ?? ''))]
  const visible = (await visibleAmong(access, types, 'r', visibility)) ?? never
  const isOwn =
    access.patient === undefined
      ? never
      : sql`(r.type = ${names.typeId('Patient')} and r.id = ${access.patient})`
  const rows = await engine.rows<{ rid: number }>(
    sql`select r.rid from resource r where ${isIn(sql`r.rid`, [...live.values()])} and (${isOwn} or ${visible})`,
  )
  const seen = new Set(rows.map(({ rid }) => rid))
  return new Set([...live].filter(([, rid]) => seen.has(rid)).map(([key]) => key))
}

/** Whether anything but the row itself refers to it; deleted resources have no index rows. */
async function isReferredTo(engine: Engine, rid: number, sps: readonly number[]): Promise<boolean> {
  const rows = await engine.rows(
    sql`select 1 from ix_ref f where ${isIn(sql`f.sp`, sps)} and f.target = ${rid} and f.rid <> ${rid} limit 1`,
  )
  return rows.length > 0
}

/** The stored parameters by which something may refer to a type. */
function referringTo(type: string, definitions: Definitions, names: Names): number[] {
  const sps = definitions.resourceTypes.flatMap((source) => [
    ...definitions
      .searchParameters(source)
      .filter(
        ({ type: kind, of, targets }) => kind === 'reference' && of === undefined && targets.includes(type),
      )
      .flatMap((parameter) => names.paramIds(source, parameter)),
    ...(type === BINARY ? [names.paramId(source, ATTACHMENT) ?? []].flat() : []),
  ])
  return [...new Set(sps)]
}

/**
 * A document shows the Binaries that it points at to all who see it (ENF-25), so whoever may not see every Binary
 * points only at those that it sees already, or that the document pointed at before.
 * @throws LanyardError 422, the same for what is hidden and what is not there
 */
export async function mustSeeBinaries(
  engine: Engine,
  trx: Kysely<Tables>,
  { key, rows }: Item,
  before: Pick<Known, 'rid'> | undefined,
): Promise<void> {
  const links = rows.filter((row) => row.kind === 'reference' && row.param === ATTACHMENT)
  const ids = links.flatMap((row) => ('id' in row ? [row.id] : []))
  const { access, names, visibility } = engine
  if (ids.length === 0) return
  if (access.decide('read', BINARY).allowed && isUnlimited(access, 'read', BINARY)) return
  const [type = ''] = key.split('/')
  const sp = names.paramId(type, ATTACHMENT) ?? 0
  const pointedAt: Sql =
    before === undefined
      ? never
      : sql`exists (select 1 from ix_ref h where h.rid = ${before.rid} and h.sp = ${sp} and h.target = r.rid)`
  const seen = (await visibleAmong(access, [BINARY], 'r', visibility, { interactions: ['read'] })) ?? never
  const query = sql<{ id: string }>`select r.id from resource r
    where ${allOf([sql`r.type = ${names.typeId(BINARY)}`, isIn(sql`r.id`, ids), sql`r.state = 1`])}
      and (${pointedAt} or ${seen})`
  const found = new Set((await query.execute(trx)).rows.map(({ id }) => id))
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length > 0) throw dangling(missing.map((id) => [`${BINARY}/${id}`, type]))
}

/** REST-14: 422. Of what is hidden nothing is said that is not said of what is not there (ENF-29). */
function dangling(missing: readonly (readonly [string, string])[]): LanyardError {
  return new InvalidResource(
    missing.slice(0, 20).map(([target, at]) => ({
      severity: 'error',
      code: 'not-found',
      diagnostics: `${at} refers to ${target}, and there is none that this token may see.`,
      expression: [at],
    })),
    422,
  )
}

function stillReferredTo(key: string): LanyardError {
  return new LanyardError('conflict', `${key} cannot be deleted: something else still refers to it.`, {
    word: 'conflict',
    reason: 'referred-to',
  })
}
