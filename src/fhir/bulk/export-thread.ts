import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../lib/errors.ts'
import { openSnapshot } from '../../store/snapshot.ts'
import type { ShownRow } from '../access/redact.ts'
import { type Definitions, loadDefinitions } from '../definitions/definitions.ts'
import type { Belongs } from './belongs.ts'
import type { ExportAnswer, ExportTask } from './exporter.ts'
import { lineOf } from './line.ts'
import { createParts } from './parts.ts'

// The body of an export's thread: a connection that sees one moment, and files. One task at a time.
yieldToRequests()
const { databaseUrl } = workerData as { databaseUrl: string }
const snapshot = await openSnapshot(databaseUrl)
let known: Definitions | undefined
const definitions = (): Definitions => {
  known ??= loadDefinitions()
  return known
}
const say = (answer: ExportAnswer) => parentPort?.postMessage(answer)

async function perform(task: ExportTask): Promise<void> {
  if (task.kind === 'start' || task.kind === 'begin') {
    if (task.kind === 'begin') await snapshot.begin()
    say({ files: [] })
    return
  }
  const parts = createParts(task)
  const { take, end } =
    task.kind === 'bodies' ? takerOfBodies(task, parts.add) : await takerOfDeletions(task, parts.add)
  for await (const rows of snapshot.rows(task.query)) {
    for (const row of rows) take(row)
    say({ progress: rows.length })
  }
  end()
  say({ files: parts.close() })
}

/** Makes lines of rows. */
type Taker = { take(row: unknown[]): void; end(): void }

function takerOfBodies({ shape }: ExportTask & { kind: 'bodies' }, add: (line: string) => void): Taker {
  const line = lineOf(shape, definitions)
  return {
    take: ([body, shown]) => add(line({ body: body as string, shown: shown as ShownRow['shown'] })),
    end: () => {},
  }
}

/** Entries of one Bundle of deletions. */
const ENTRIES = 500

/** BULK-12: Bundles that say DELETE. */
async function takerOfDeletions(
  { type, fhirBase, patients }: ExportTask & { kind: 'deletions' },
  add: (line: string) => void,
): Promise<Taker> {
  const belongs = await belonging(patients, fhirBase)
  let entries: object[] = []
  const end = (): void => {
    if (entries.length > 0)
      add(JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: entries }))
    entries = []
  }
  return {
    end,
    take([id, last]) {
      if (!belongs(type, String(id), last)) return
      entries.push({ request: { method: 'DELETE', url: `${type}/${id}` } })
      if (entries.length === ENTRIES) end()
    },
  }
}

/** What tells records apart is loaded by the few exports that need it: most threads start in half the time. */
async function belonging(
  patients: 'all' | readonly string[] | undefined,
  fhirBase: string,
): Promise<Belongs> {
  if (patients === undefined) return () => true
  const { belongsTo } = await import('./belongs.ts')
  return belongsTo(patients, definitions(), fhirBase)
}

parentPort?.on('message', (task: ExportTask) => {
  perform(task).catch((error: unknown) => say({ error: messageOf(error), code: codeOf(error) }))
})

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Where cores are scarce, who waits for an answer goes first. Linux gives each thread a priority of its own. */
function yieldToRequests(): void {
  try {
    const thread = /\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]
    setPriority(Number(thread), constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Elsewhere it runs like any other.
  }
}
