import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../lib/errors.ts'
import type { ReaderAnswer, ReaderRequest } from './readers.ts'
import { openForReading } from './sqlite-file.ts'
import { cachedStatements } from './statements.ts'

// The body of one reader thread: SQL in, rows out, one at a time.
const db = openForReading((workerData as { file: string }).file)
const statement = cachedStatements(db)

parentPort?.on('message', ({ id, sql, parameters }: ReaderRequest) => {
  const answer = (message: ReaderAnswer) => parentPort?.postMessage(message)
  try {
    answer({ id, rows: statement(sql).all(...parameters) })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    answer({ id, error: messageOf(error), code })
  }
})
