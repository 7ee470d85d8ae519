import { Worker } from 'node:worker_threads'
import type { CompiledQuery } from 'kysely'
import type { PlainQuery } from '../../store/snapshot.ts'
import type { LineShape } from './line.ts'
import type { PartsPlan, WrittenFile } from './parts.ts'

/** What an export's thread is asked to do. */
export type ExportTask =
  /** Nothing: done when the thread has started. */
  | { kind: 'start' }
  /** Fixes the moment that is read from now on. */
  | { kind: 'begin' }
  | (PartsPlan & { kind: 'bodies'; query: PlainQuery; shape: LineShape })
  | (PartsPlan & {
      kind: 'deletions'
      query: PlainQuery
      type: string
      fhirBase: string
      /** Only what was in the records of these patients; undefined for everything. */
      patients: 'all' | readonly string[] | undefined
    })
export type ExportAnswer =
  | { files: WrittenFile[] }
  | { progress: number }
  | { error: string; code: string | undefined }

/** A thread that reads the state of one moment and writes files. */
export type Exporter = {
  /** Does one task; call it again when that is done. @throws Error of the database or the disk */
  perform(task: ExportTask): Promise<WrittenFile[]>
  /** Ends it, whatever it does. */
  stop(): Promise<void>
}

type Waiting = { resolve(files: WrittenFile[]): void; reject(error: Error): void }

/** @param progress is told of rows as they are read */
export function startExporter(databaseUrl: string, progress: (rows: number) => void): Exporter {
  const worker = new Worker(new URL('./export-thread.ts', import.meta.url), {
    workerData: { databaseUrl },
    // What it makes is short-lived; without limits the heap would grow before anybody looks through it.
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 },
  })
  let waiting: Waiting | undefined
  let cause: Error | undefined
  const settle = (act: (one: Waiting) => void): void => {
    const one = waiting
    waiting = undefined
    if (one !== undefined) act(one)
  }
  worker.on('message', (answer: ExportAnswer) => {
    if ('progress' in answer) progress(answer.progress)
    else if ('files' in answer) settle(({ resolve }) => resolve(answer.files))
    else settle(({ reject }) => reject(Object.assign(new Error(answer.error), { code: answer.code })))
  })
  worker.on('error', (error: Error) => {
    cause = error
  })
  worker.on('exit', () => {
    cause ??= new Error('the thread of an export ended')
    settle(({ reject }) => reject(cause as Error))
  })
  return {
    perform: (task) =>
      new Promise((resolve, reject) => {
        if (cause !== undefined) return reject(cause)
        waiting = { resolve, reject }
        worker.postMessage(task)
      }),
    async stop() {
      await worker.terminate()
    },
  }
}

/** A query as it can be sent to a thread. */
export function plain({ sql, parameters }: CompiledQuery): PlainQuery {
  return { sql, parameters }
}
