import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { LanyardError, messageOf } from '../../lib/errors.ts'
import { parseExact } from '../../lib/exact-json.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Incoming } from '../store/bulk.ts'
import type { FhirStore } from '../store/store.ts'
import { resourcesOf } from './bundle.ts'
import { readResource } from './check.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { ImportFile } from './files.ts'
import { linesOf } from './lines.ts'

export type ImportTally = {
  files: number
  created: number
  updated: number
  unchanged: number
  bad: number
  skipped: number
}
export type ImportReport = {
  /** A line or entry that was left out, e.g. `Patient.ndjson:17 is not JSON`. */
  bad(where: string, complaint: string): void
  /** Bytes read of all files together. */
  progress(bytes: number, tally: ImportTally): void
}
type Deps = { store: Pick<FhirStore, 'write'>; definitions: Definitions; checkpoints: Checkpoints }

/** Resources a transaction: enough to be fast, few enough not to hold up a running server. */
const BATCH = 200
/** A JSON file is parsed as a whole; larger ones belong into NDJSON. */
const LARGEST_JSON = 512 * 1024 * 1024

/**
 * Imports files one after the other. How far an NDJSON file has come is noted in the transaction of each batch,
 * so that an import that was interrupted goes on behind the last batch that was stored.
 * @throws LanyardError `invalid-request` when a file cannot be read; what was stored stays stored
 */
export async function importAll(
  files: readonly ImportFile[],
  report: ImportReport,
  deps: Deps,
): Promise<ImportTally> {
  const tally: ImportTally = { files: 0, created: 0, updated: 0, unchanged: 0, bad: 0, skipped: 0 }
  let bytes = 0
  for (const file of files) {
    const before = bytes
    const read = (more: number) => {
      bytes += more
    }
    if (file.kind === 'ndjson')
      await importLines(file, tally, read, () => report.progress(bytes, tally), report, deps)
    else await importJson(file, tally, report, deps)
    bytes = before + file.size
    tally.files++
    report.progress(bytes, tally)
  }
  return tally
}

async function importLines(
  file: ImportFile,
  tally: ImportTally,
  read: (bytes: number) => void,
  progress: () => void,
  report: ImportReport,
  { store, definitions, checkpoints }: Deps,
): Promise<void> {
  const done = await checkpoints.linesDone(file)
  let batch: Incoming[] = []
  let last = done
  const flush = async () => {
    const upTo = last
    add(tally, await store.write(batch, (trx) => checkpoints.note(trx, file, upTo)))
    batch = []
    progress()
  }
  for await (const { number, text } of linesOf(file, read)) {
    if (number <= done) {
      tally.skipped++
      continue
    }
    last = number
    if (text?.trim() === '') continue
    const checked =
      text === undefined ? { complaint: 'is longer than 16 MB' } : readResource(text, definitions)
    if ('complaint' in checked) {
      tally.bad++
      report.bad(`${file.path}:${number}`, checked.complaint)
    } else if (batch.push(checked) >= BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await checkpoints.clear(file)
}

async function importJson(
  file: ImportFile,
  tally: ImportTally,
  report: ImportReport,
  { store, definitions }: Deps,
): Promise<void> {
  const content = await readJson(file)
  const good: Incoming[] = []
  for (const { place, checked } of resourcesOf(content, definitions)) {
    if ('resource' in checked) good.push(checked)
    else {
      tally.bad++
      report.bad(`${file.path}, ${place}`, checked.complaint)
    }
  }
  for (let at = 0; at < good.length; at += BATCH) add(tally, await store.write(good.slice(at, at + BATCH)))
}

async function readJson(file: ImportFile): Promise<unknown> {
  if (file.size > LARGEST_JSON) {
    throw new LanyardError(
      'invalid-request',
      `${file.path} is larger than 512 MB. Write its resources as NDJSON, one a line.`,
    )
  }
  try {
    const bytes = await readFile(resolve(file.path))
    const plain = file.gzip ? await promisify(gunzip)(bytes, { maxOutputLength: LARGEST_JSON }) : bytes
    return parseExact(plain.toString('utf8'))
  } catch (error) {
    throw new LanyardError('invalid-request', `${file.path} is not a JSON file: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}

function add(
  tally: ImportTally,
  { created, updated, unchanged }: { created: number; updated: number; unchanged: number },
): void {
  tally.created += created
  tally.updated += updated
  tally.unchanged += unchanged
}
