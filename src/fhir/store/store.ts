import { type CompiledQuery, sql } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import type { Together } from '../../store/together.ts'
import { type Access, assertMinted } from '../access/access.ts'
import type { SearchQuery } from '../search/query.ts'
import { refuseAmbiguous } from './ambiguous.ts'
import { type BulkWriter, createBulkWriter } from './bulk.ts'
import { type Change, type ChangeDeps, createChange, type Note } from './change.ts'
import { type Engine, engineFor } from './engine.ts'
import { type EverythingPage, type EverythingQuery, everythingPage } from './everything.ts'
import { deletionsQuery, type ExportQuery, type ExportSelection, exportQuery } from './export.ts'
import { type HistoryPage, type HistoryQuery, historyPage } from './history.ts'
import { type Included, includedWith } from './includes.ts'
import { createOldVersions } from './old-version.ts'
import { patientsOfRows } from './patients.ts'
import { takeTurn } from './place.ts'
import { type Changing, reachOf } from './reach.ts'
import { type Read, readCurrent, readVersion, type SeesOldVersions } from './read.ts'
import { recordSize } from './record-size.ts'
import { type Cursor, type Page, searchPage } from './search.ts'
import { within } from './within.ts'

/** What an access can do with the data: the only way to a resource's body (law 3). */
export type Session = {
  /** @throws LanyardError `forbidden`, `not-found`, `gone` */
  read(type: string, id: string): Promise<Read>
  vread(type: string, id: string, version: number): Promise<Read>
  /** Versions, newest first. @throws LanyardError `forbidden`, `not-found` */
  history(query: HistoryQuery): Promise<HistoryPage>
  /** One page with what it includes. @throws LanyardError `forbidden` */
  search(query: SearchQuery, cursor: Cursor): Promise<{ page: Page; included: Included }>
  /** One page of everything about a patient or an encounter. @throws LanyardError `forbidden`, `not-found`, `gone` */
  everything(query: EverythingQuery): Promise<EverythingPage>
  /** The patients in whose records resources are that it has found or read, by their row ids. */
  patientsOf(rids: readonly number[]): Promise<string[]>
  /** How many resources of a patient's record it may read or find; undefined if there are more than `most`. */
  recordSize(patient: string, most: number): Promise<number | undefined>
  /** What an export reads (export.ts): bodies of one type. @throws LanyardError `forbidden` */
  exporting(selection: ExportSelection): Promise<ExportQuery>
  /** What was deleted of one type, for those who may see all of it. @throws LanyardError `forbidden` */
  deletions(selection: ExportSelection): CompiledQuery | undefined
  /**
   * Runs while nobody writes resources: all that was written is committed, and whatever comes is written later.
   * It must be short.
   */
  atRest<Result>(work: (session: Pick<Session, 'read'>) => Promise<Result>): Promise<Result>
  /** @throws LanyardError `forbidden` if it may change nothing of the type in this way; no data is touched */
  mustReach(interaction: Changing, type: string): void
  /**
   * Changes resources in one transaction: all of it happens, or nothing.
   * @param note is called for each change, in the transaction
   */
  change<Result>(note: Note, work: (change: Change) => Promise<Result>): Promise<Result>
  /** Tries a change as if it were made, and takes it back. @throws LanyardError as the change itself */
  rehearse(work: (change: Change) => Promise<void>): Promise<void>
  /**
   * Several interactions in one transaction: the session that is handed out does all of its work in it. Of versions
   * that are no longer the current ones it shows only those that need no judging.
   */
  transaction<Result>(note: Note, work: (session: Session) => Promise<Result>): Promise<Result>
}

export type FhirStore = {
  /** The door: a session for an access that was made from an authorised token. */
  as(access: Access): Session
  /** For import and seed, which bring data in and give none out. */
  write: BulkWriter
  /** To be called after much was written: PostgreSQL plans searches by what it knows of the tables. */
  settle(): Promise<void>
  /** Starts what long searches run in, which takes a moment the first time. */
  warm(): Promise<void>
  /** True if there is no resource yet. */
  isEmpty(): Promise<boolean>
}

export function createFhirStore(deps: ChangeDeps): FhirStore {
  const write = createBulkWriter(deps)
  const seesOldVersions = createOldVersions(write)
  return {
    write,
    async settle() {
      if (deps.db.dialect === 'postgres') await sql`analyze`.execute(deps.db.kysely)
    },
    async warm() {
      await deps.db.search(sql`select 1 as one`.compile(deps.db.kysely))
    },
    async isEmpty() {
      return (await deps.db.kysely.selectFrom('resource').select('rid').limit(1).execute()).length === 0
    },
    as(access) {
      assertMinted(access)
      const inTurn =
        (transact: Together): Together =>
        (work) =>
          transact(async (trx) => {
            await takeTurn(trx, deps.db)
            return await work(trx)
          })
      const shared = inTurn(deps.db.apart)
      // What takes long, or is undone in any case, holds up nobody else's write.
      const alone = inTurn((work) => deps.db.kysely.transaction().execute(work))
      const changeIn =
        (transact: Together): Session['change'] =>
        (note, work) =>
          transact(async (trx) => {
            const inner = createChange(access, trx, deps, note)
            const result = await work(inner)
            await inner.settle()
            return result
          })
      const atRest: Session['atRest'] = (work) =>
        alone((trx) => {
          const inner = engineFor(access, within(trx, deps))
          return work({ read: (type, id) => readCurrent(inner, type, id) })
        })
      return {
        ...sessionOn(engineFor(access, deps), seesOldVersions),
        change: changeIn(shared),
        rehearse: (work) => rehearsed(changeIn(alone), work),
        atRest,
        transaction: (note, work) =>
          changeIn(alone)(note, async (inner) => {
            const session: Session = {
              ...sessionOn(inner.engine, async (_engine, _interaction, olds) => olds.map(() => undefined)),
              change: (_note, more) => more(inner),
              rehearse: async () => {
                throw new LanyardError('invalid-request', 'Nothing is only tried within a transaction.', {
                  word: 'not-supported',
                  reason: 'rehearsal-in-transaction',
                })
              },
              atRest: (more) => more(session),
              transaction: (_note, more) => more(session),
            }
            return await work(session)
          }),
      }
    },
  }
}

/** Ends a transaction that was never meant to be kept. */
class Rehearsed extends Error {
  constructor() {
    super('rolled back on purpose')
  }
}

/** A change that nobody notes. */
async function rehearsed(change: Session['change'], work: (change: Change) => Promise<void>): Promise<void> {
  try {
    await change(
      async () => {},
      async (inner) => {
        await work(inner)
        await inner.settle()
        throw new Rehearsed()
      },
    )
  } catch (outcome) {
    if (!(outcome instanceof Rehearsed)) throw outcome
  }
}

function sessionOn(
  engine: Engine,
  seesOldVersions: SeesOldVersions,
): Omit<Session, 'change' | 'rehearse' | 'transaction' | 'atRest'> {
  return {
    read: (type, id) => readCurrent(engine, type, id),
    vread: (type, id, version) => readVersion(engine, type, id, version, seesOldVersions),
    history: (query) => historyPage(engine, query, seesOldVersions),
    async search(query, cursor) {
      const page = await searchPage(engine, query, cursor)
      // After the search, which is refused before it looks at any data (ENF-03).
      await refuseAmbiguous(engine, query.filters)
      return { page, included: await includedWith(engine, query, page.hits) }
    },
    everything: (query) => everythingPage(engine, query),
    patientsOf: (rids) => patientsOfRows(engine.db, rids),
    recordSize: (patient, most) => recordSize(engine, patient, most),
    exporting: (selection) => exportQuery(engine, selection),
    deletions: (selection) => deletionsQuery(engine, selection),
    mustReach: (interaction, type) => void reachOf(engine.access, interaction, type),
  }
}
