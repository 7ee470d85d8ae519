import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type Log = Logger

/** Members that are never written, wherever they stand in what is logged. */
const secret = [
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
]
const redact = secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

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
      redact: { paths: redact, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
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

/** Errors with their stack and causes, without the members that libraries hang on them (SQL parameters!). */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: String(error.code) } : {}),
    ...('detail' in error && error.detail !== undefined ? { detail: String(error.detail) } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: errorForLog(error.cause) }),
  }
}
