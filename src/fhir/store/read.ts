import { type CompiledQuery, sql } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import type { Interaction } from '../../smart/letters.ts'
import { isUnlimited as isUnlimitedRange, showsAll } from '../../smart/range.ts'
import { changesOfTokens } from '../../store/changes.ts'
import { bind } from '../../store/database.ts'
import type { Access } from '../access/access.ts'
import { BINARY } from '../access/binary.ts'
import { rangesOf } from '../access/refusal.ts'
import { patientOfBinary } from './binary-links.ts'
import type { Engine } from './engine.ts'
import { noticingLookups } from './noticing.ts'
import type { OldVersion } from './old-version.ts'
import { type Shown, shownTo, wholly } from './shown.ts'
import { DELETED, LIVE } from './state.ts'
import { visible } from './visibility.ts'

/** One version of a resource as it is stored. */
export type Read = {
  version: number
  updated: number
  body: string
  /** In whose record it is, if in one. */
  patient: string | undefined
  /** How often anything that can end a token had happened when it was read; absent for an old version. */
  tokenChanges?: number
}
/** Versions that are no longer the current ones, as they are shown, or undefined where they are not (old-version.ts). */
export type SeesOldVersions = (
  engine: Engine,
  interaction: Interaction,
  olds: readonly OldVersion[],
) => Promise<(string | undefined)[]>

type Reading = 'read' | 'vread'
/** `body` is null for what is not seen, not there or not there any more. */
type Row = {
  rid: number
  version: number
  updated: number
  state: number
  body: string | null
  patient: string | null
  changes: number | null
  shown?: number | string | null
}

/**
 * Reads the current version. One that is not there and one that may not be seen are the same (ENF-28).
 * @throws LanyardError `forbidden` before any data is touched, `not-found`, `gone`
 */
export async function readCurrent(engine: Engine, type: string, id: string): Promise<Read> {
  const { row, shown } = await rowOf(engine, 'read', type, id)
  if (row?.state === LIVE && row.body !== null) {
    const { version, updated, body } = row
    return {
      version,
      updated,
      body: shown === wholly ? body : shown.bodyOf({ ...row, body }),
      patient: row.patient ?? undefined,
      tokenChanges: row.changes ?? 0,
    }
  }
  // That something was deleted is told only to those who may see all there is.
  throw row?.state === DELETED && isUnlimited(engine.access, 'read', type)
    ? gone(type, id)
    : notFound(type, id)
}

/**
 * Reads one version: the current one must be visible, and so must the one that is asked for (ENF-19).
 * @throws LanyardError `forbidden`, `not-found`, `gone`
 */
export async function readVersion(
  engine: Engine,
  type: string,
  id: string,
  version: number,
  sees: SeesOldVersions,
): Promise<Read> {
  const { row, shown } = await rowOf(engine, 'vread', type, id)
  const unlimited = isUnlimited(engine.access, 'vread', type)
  // Whatever is missing or hidden, the answer is the same.
  const absent = () => notFound(type, `${id}/_history/${version}`)
  if (row === undefined || !(row.state === DELETED ? unlimited : row.body !== null)) throw absent()
  const { updated, body } = row.version === version ? row : await oldVersion(engine, row.rid, version)
  if (updated === undefined) throw absent()
  if (body === null || body === undefined) throw unlimited ? gone(type, id) : absent()
  const patient = row.patient ?? undefined
  if (row.version === version) return { version, updated, body: shown.bodyOf({ ...row, body }), patient }
  const isJudged = !isWhole(engine.access, 'vread', type)
  const told = isJudged ? (await sees(engine, 'vread', [{ type, rid: row.rid, body }]))[0] : body
  if (told === undefined) throw absent()
  return { version, updated, body: told, patient }
}

/**
 * The row of a resource whose versions an access may look at, if they are visible.
 * @throws LanyardError `forbidden`, `not-found`
 */
export async function readableRow(engine: Engine, type: string, id: string): Promise<{ rid: number }> {
  const { row } = await rowOf(engine, 'vread', type, id)
  const shown = row?.state === DELETED ? isUnlimited(engine.access, 'vread', type) : row?.body != null
  if (row === undefined || !shown) throw notFound(type, id)
  return row
}

async function oldVersion(
  { db }: Engine,
  rid: number,
  version: number,
): Promise<{ updated?: number; body?: string | null }> {
  const query = db.kysely
    .selectFrom('history')
    .select(['updated', 'body'])
    .where('rid', '=', rid)
    .where('version', '=', version)
  const [row] = await db.read(query.compile())
  return row ?? {}
}

/** Statements by access: the same token reads the same type many times. */
type Statement = { query: CompiledQuery<Row>; shown: Shown }
const statements = new WeakMap<Access, Map<string, Statement>>()

async function rowOf(
  engine: Engine,
  interaction: Reading,
  type: string,
  id: string,
): Promise<{ row: Row | undefined; shown: Shown }> {
  const { access, db } = engine
  const known = statements.get(access) ?? new Map<string, Statement>()
  statements.set(access, known)
  const key = `${interaction} ${type}`
  let prepared = known.get(key)
  if (prepared === undefined) {
    const lookups = noticingLookups(engine.visibility)
    prepared = await statement({ ...engine, visibility: lookups.visibility }, interaction, type)
    if (lookups.foundAll() && engine.isProvisional !== true) known.set(key, prepared)
  }
  const [row] = await db.read(withId(prepared.query, id))
  return { row, shown: prepared.shown }
}

/** In whose record a row is, for the audit. */
const patientOfRow = sql`(select p.id from compartment c join resource p on p.rid = c.patient where c.rid = r.rid)`

/** The id is the last parameter, so that `withId` can put another in its place. */
async function statement(engine: Engine, interaction: Reading, type: string): Promise<Statement> {
  const seen = await visible(engine.access, interaction, type, 'r', engine.visibility)
  const shown = await shownTo(engine, [type], [interaction], 'r')
  const query =
    sql<Row>`select r.rid, r.version, r.updated, r.state, (case when ${seen} then r.body end) as body,
    ${type === BINARY ? patientOfBinary(engine.names) : patientOfRow} as patient,
    ${changesOfTokens} as changes ${shown.columns}
    from resource r where r.type = ${engine.names.typeId(type)} and r.id = ${''}`.compile(engine.db.kysely)
  return { query, shown }
}

function withId(query: CompiledQuery<Row>, id: string): CompiledQuery<Row> {
  return bind(query, ...query.parameters.slice(0, -1), id)
}

/** Whether an access may do this on every resource of the type. */
export function isUnlimited(access: Access, interaction: Interaction, type: string): boolean {
  return rangesOf(access, interaction, type).some(isUnlimitedRange)
}

/** Whether it may do this on every resource of the type, and sees all of each. */
export function isWhole(access: Access, interaction: Interaction, type: string): boolean {
  return rangesOf(access, interaction, type).some((range) => isUnlimitedRange(range) && showsAll(range))
}

function notFound(type: string, id: string): LanyardError {
  return new LanyardError('not-found', `There is no ${type}/${id} that this token may see.`, {
    word: 'not-found',
    reason: 'not-found',
  })
}

function gone(type: string, id: string): LanyardError {
  return new LanyardError('gone', `${type}/${id} was deleted.`, { word: 'deleted', reason: 'deleted' })
}
