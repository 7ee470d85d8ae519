import type { Clock } from '../../lib/time.ts'
import type { Access } from '../access/access.ts'
import { outcome } from '../http/outcome.ts'
import type { ValueContext } from '../search/value.ts'
import type { FhirStore, Session } from '../store/store.ts'
import { type Exporter, plain, startExporter } from './exporter.ts'
import type { JobResult, OutputFile } from './jobs.ts'
import { elementsFor } from './line.ts'
import { fixMoment, type Moment } from './moment.ts'
import { createParts, type PartsPlan, type WrittenFile } from './parts.ts'
import type { ExportRequest } from './request.ts'
import { selectionOf } from './selection.ts'

export type RunDeps = {
  store: FhirStore
  databaseUrl: string
  context: ValueContext
  clock: Clock
}
/** How far an export has come. */
export type Progress = { type: string; types: number; done: number; resources: number }

export type Running = {
  request: ExportRequest
  /** The right with which it was asked for, and the only one with which data is read. */
  access: Access
  /** Where the files go; it must be there. */
  folder: string
  gzip: boolean
  progress(how: Progress): void
  signal: AbortSignal
}
export type Outcome = Exclude<JobResult, { failure: string }>

/** Lines of one file: a client can fetch some files at once. */
const LINES = 100_000

/**
 * Writes an export: the state of one moment, however long it takes. The rights are compiled into the SQL as for a
 * search; a thread with a connection of its own runs it.
 * @throws LanyardError `forbidden`, `not-found` for a Group that has gone; Error of the database or the disk; the reason
 *   of the signal
 */
export async function runExport(running: Running, deps: RunDeps): Promise<Outcome> {
  const { request, access, signal } = running
  const how: Progress = { type: '', types: request.types.length, done: 0, resources: 0 }
  const exporter = startExporter(deps.databaseUrl, (more) => {
    how.resources += more
    running.progress(how)
  })
  const stop = () => void exporter.stop()
  signal.addEventListener('abort', stop)
  try {
    const session = deps.store.as(access)
    await exporter.perform({ kind: 'start' })
    const moment = await fixMoment(session, exporter, request, { ...deps, fhirBase: deps.context.fhirBase })
    const writing = { session, exporter, moment, running, deps }
    const output: OutputFile[] = []
    const deleted: OutputFile[] = []
    for (const type of request.types) {
      signal.throwIfAborted()
      how.type = type
      running.progress(how)
      output.push(...(await writeBodies(type, writing)))
      if (request.since !== undefined) deleted.push(...(await writeDeletions(type, writing)))
      how.done += 1
    }
    return { transactionTime: moment.time, output, deleted, error: writeNotes(running) }
  } catch (error) {
    // That the thread was stopped is a consequence, not the cause.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await exporter.stop()
  }
}

type Writing = { session: Session; exporter: Exporter; moment: Moment; running: Running; deps: RunDeps }

async function writeBodies(
  type: string,
  { session, exporter, moment, running, deps }: Writing,
): Promise<OutputFile[]> {
  const { request } = running
  const { fhirBase, definitions } = deps.context
  const { query, redactions } = await session.exporting(selectionOf(type, request, moment, deps.context))
  const shape = { elements: elementsFor(type, request, definitions), redactions, fhirBase }
  const files = await exporter.perform({
    kind: 'bodies',
    ...partsOf(type, running),
    query: plain(query),
    shape,
  })
  return typed(type, files)
}

/**
 * BULK-12. What was in records is told by whose it was last; what only tells of records, or is referred to by those of
 * a group, has nothing left to tell it by.
 */
async function writeDeletions(
  type: string,
  { session, exporter, moment, running, deps }: Writing,
): Promise<OutputFile[]> {
  const { fhirBase } = deps.context
  const selection = selectionOf(type, running.request, moment, deps.context)
  const { records } = selection
  const isOwned = records?.by === 'in-record'
  const isWhole = records === undefined || (records.by === 'by-reference' && records.patients === 'all')
  if (!isOwned && !isWhole) return []
  const query = session.deletions(isOwned ? selection : { ...selection, records: undefined })
  if (query === undefined) return []
  const files = await exporter.perform({
    kind: 'deletions',
    ...partsOf(`deleted.${type}`, running),
    query: plain(query),
    type,
    fhirBase,
    patients: isOwned ? records.patients : undefined,
  })
  return typed('Bundle', files)
}

/** What was left out, for the client that would rather have the rest (BULK-05). */
function writeNotes(running: Running): OutputFile[] {
  const parts = createParts(partsOf('errors', running))
  for (const note of running.request.notes)
    parts.add(JSON.stringify(outcome('warning', 'not-supported', note)))
  return typed('OperationOutcome', parts.close())
}

function partsOf(name: string, { folder, gzip }: Running): PartsPlan {
  return { folder, name, gzip, most: LINES }
}

function typed(type: string, files: readonly WrittenFile[]): OutputFile[] {
  return files.map((file) => ({ type, ...file }))
}
