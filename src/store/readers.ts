import { Worker } from 'node:worker_threads'
import type { CompiledQuery } from 'kysely'
import { LanyardError } from '../lib/errors.ts'

/** What goes to a reader thread, and what comes back. */
export type ReaderRequest = { id: number; sql: string; parameters: readonly unknown[] }
export type ReaderAnswer = { id: number; rows: unknown[] } | { id: number; error: string }

type Waiting = { resolve: (rows: unknown[]) => void; reject: (error: Error) => void }
type Thread = { worker: Worker; waiting: Map<number, Waiting> }

/** Searches that may wait for a thread at once; beyond, the caller is told to come back. */
const QUEUE = 200

/** Threads with a read-only connection each. A query goes to the thread with the fewest waiting. */
export function openReaders(file: string, count: number) {
  let nextId = 1
  let closing = false
  const threads: Thread[] = Array.from({ length: count }, () => start(file))

  function start(path: string): Thread {
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), { workerData: { file: path } })
    const thread: Thread = { worker, waiting: new Map() }
    worker.unref()
    worker.on('message', (answer: ReaderAnswer) => {
      const waiting = thread.waiting.get(answer.id)
      thread.waiting.delete(answer.id)
      if (thread.waiting.size === 0) worker.unref()
      if ('rows' in answer) waiting?.resolve(answer.rows)
      else waiting?.reject(new Error(answer.error))
    })
    worker.on('error', (error) => replace(thread, error))
    return thread
  }

  /** A thread that died takes its queries with it, and is replaced. */
  function replace(thread: Thread, error: Error): void {
    for (const waiting of thread.waiting.values()) waiting.reject(error)
    const index = threads.indexOf(thread)
    if (!closing && index >= 0) threads[index] = start(file)
  }

  return {
    search<Row>(query: CompiledQuery<Row>): Promise<Row[]> {
      const thread = threads.reduce((best, other) => (other.waiting.size < best.waiting.size ? other : best))
      if (thread.waiting.size >= QUEUE) {
        return Promise.reject(
          new LanyardError('unavailable', 'Too many searches are waiting. Try again in a moment.', {
            headers: { 'retry-after': '2' },
          }),
        )
      }
      const id = nextId++
      return new Promise<unknown[]>((resolve, reject) => {
        thread.waiting.set(id, { resolve, reject })
        thread.worker.ref()
        const request: ReaderRequest = { id, sql: query.sql, parameters: query.parameters }
        thread.worker.postMessage(request)
      }) as Promise<Row[]>
    },
    async close(): Promise<void> {
      closing = true
      await Promise.all(threads.map((thread) => thread.worker.terminate()))
    },
  }
}
