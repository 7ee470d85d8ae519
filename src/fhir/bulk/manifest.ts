import { instant } from '../../lib/time.ts'
import type { Job, OutputFile } from './jobs.ts'
import type { Outcome } from './run.ts'

type Entry = { type: string; url: string; count: number }
export type Manifest = {
  transactionTime: string
  request: string
  requiresAccessToken: true
  output: Entry[]
  error: Entry[]
  deleted?: Entry[]
}

/** Where a job and its files are asked for, absolute (BULK-02). */
export function statusUrl(fhirBase: string, { id }: Pick<Job, 'id'>): string {
  return `${fhirBase}/$export/${id}`
}

/** The manifest of a finished export: all keys are there, empty lists too (BULK-10). */
export function manifestOf(job: Job, result: Outcome, fhirBase: string): Manifest {
  const entry = ({ type, name, count }: OutputFile): Entry => ({
    type,
    url: `${statusUrl(fhirBase, job)}/${name}`,
    count,
  })
  return {
    transactionTime: instant(result.transactionTime),
    request: job.url,
    requiresAccessToken: true,
    output: result.output.map(entry),
    error: result.error.map(entry),
    // BULK-12: told only to who asks for what has changed.
    ...(job.request.since === undefined ? {} : { deleted: result.deleted.map(entry) }),
  }
}

/** The file of that name, if the export has one. */
export function fileOf({ output, error, deleted }: Outcome, name: string): OutputFile | undefined {
  return [...output, ...error, ...deleted].find((file) => file.name === name)
}
