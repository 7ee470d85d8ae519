import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { LanyardError } from '../lib/errors.ts'

export type Log = Logger

/** Members that are never written, wherever they stand in what is logged. */
const secret = new Set([
  'authorization',
  'cookie',
  'password',
  'secret',
  'client_secret',
  'client_assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'code',
  'code_verifier',
  'sealingKey',
  'databaseUrl',
])

/**
 * JSON lines, one an event. Lines are handed to the system in blocks; `flushLog` writes what is left.
 * @param level pino's word, e.g. `info`
 * @param stream where lines go; standard output if absent
 */
export function createLog(level: string, stream?: DestinationStream): Log {
  const output = stream ?? destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 })
  return pino(
    {
      level,
      base: null,
      // Our own instead of pino's `redact`, whose wildcards cost more than the rest of a request's log line.
      formatters: { level: (label) => ({ level: label }), log: (line) => redacted(line) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorForLog },
    },
    output,
  )
}

/** Writes what is still in memory. */
export function flushLog(log: Log): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()))
}

/** A copy without secrets, at every depth; errors are left to their serializer. */
function redacted(line: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const name in line) {
    const value = line[name]
    if (secret.has(name)) copy[name] = '[redacted]'
    else if (typeof value !== 'object' || value === null || value instanceof Error) copy[name] = value
    else
      copy[name] = Array.isArray(value) ? value.map(redactedItem) : redacted(value as Record<string, unknown>)
  }
  return copy
}

function redactedItem(item: unknown): unknown {
  return typeof item === 'object' && item !== null ? redacted(item as Record<string, unknown>) : item
}

/** Errors with their stack and causes, without the members that libraries hang on them (SQL parameters!). */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: String(error.code) } : {}),
    // Ours only: what PostgreSQL calls detail holds values of rows.
    ...(error instanceof LanyardError && error.detail !== undefined ? { detail: error.detail } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: errorForLog(error.cause) }),
  }
}
