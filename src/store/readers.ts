import { Worker } from 'node:worker_threads'
import type { CompiledQuery } from 'kysely'
import { LanyardError } from '../lib/errors.ts'

/** What goes to a reader thread, and what comes back. */
export type ReaderRequest = { id: number; sql: string; parameters: readonly unknown[] }
export type ReaderAnswer = { id: number; rows: unknown[] } | { id: number; error: string; code?: string }

type Waiting = { resolve: (rows: unknown[]) => void; reject: (error: Error) => void }
type Thread = { worker: Worker; waiting: Map<number, Waiting>; dead: boolean }

/** Searches that may wait for one thread; beyond, the caller is told to come back. */
const QUEUE = 200

/** Threads with a read-only connection each. A query goes to the thread with the fewest waiting. */
export function openReaders(file: string, count: number) {
  let nextId = 1
  let threads: Thread[] = []

  /**
   * A thread is started when it is needed: one weighs 20 MB. One that died is replaced when the next query comes:
   * a cause that lasts makes no storm.
   */
  function leastBusy(): Thread {
    threads = threads.filter((thread) => !thread.dead)
    const best = threads.toSorted((a, b) => a.waiting.size - b.waiting.size)[0]
    if (best !== undefined && (best.waiting.size === 0 || threads.length === count)) return best
    const fresh = start(file)
    threads.push(fresh)
    return fresh
  }

  return {
    /** @throws LanyardError `unavailable` when too many wait */
    async search<Row>(query: CompiledQuery<Row>): Promise<Row[]> {
      const thread = leastBusy()
      if (thread.waiting.size >= QUEUE) {
        throw new LanyardError('unavailable', 'Too many searches are waiting. Try again in a moment.', {
          headers: { 'retry-after': '2' },
        })
      }
      const id = nextId++
      const request: ReaderRequest = { id, sql: query.sql, parameters: query.parameters }
      thread.worker.postMessage(request)
      thread.worker.ref()
      const rows = await new Promise<unknown[]>((resolve, reject) => {
        thread.waiting.set(id, { resolve, reject })
      })
      return rows as Row[]
    },
    async close(): Promise<void> {
      await Promise.all(threads.map((thread) => thread.worker.terminate()))
    },
  }
}

function start(file: string): Thread {
  const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), { workerData: { file } })
  const thread: Thread = { worker, waiting: new Map(), dead: false }
  let cause = new Error('a reader thread ended')
  worker.unref()
  worker.on('message', (answer: ReaderAnswer) => {
    const waiting = thread.waiting.get(answer.id)
    thread.waiting.delete(answer.id)
    if (thread.waiting.size === 0) worker.unref()
    if ('rows' in answer) waiting?.resolve(answer.rows)
    else waiting?.reject(Object.assign(new Error(answer.error), { code: answer.code }))
  })
  worker.on('error', (error: Error) => {
    cause = error
  })
  // Whatever ended it: it takes its queries with it.
  worker.on('exit', () => {
    thread.dead = true
    for (const waiting of thread.waiting.values()) waiting.reject(cause)
    thread.waiting.clear()
  })
  return thread
}
