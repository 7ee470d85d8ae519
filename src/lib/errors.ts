/**
 * The one family of errors. The doors (OAuth, FHIR, pages, command line) turn it into their own shape;
 * nothing but `message` and `code` ever reaches a caller.
 */
export type ErrorCode =
  | 'invalid-request' // the caller sent something that cannot be understood
  | 'unauthenticated' // no credentials, or credentials that do not hold
  | 'forbidden' // credentials hold, but do not reach this far
  | 'not-found'
  | 'gone'
  | 'not-acceptable'
  | 'unsupported-media'
  | 'method-not-allowed'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'too-many'
  | 'misdirected' // a Host that is not ours
  | 'configuration' // the operator must change something
  | 'unavailable'
  | 'internal'

const STATUS: Record<ErrorCode, number> = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media': 415,
  misdirected: 421,
  'too-many': 429,
  configuration: 500,
  internal: 500,
  unavailable: 503,
}

/** `path` names a member, e.g. `redirect_uris.0`; empty for the whole. */
export type Problem = { path: string; message: string }

export type ErrorOptions = {
  /** For the log only: what happened exactly, with ids. Never secrets, never patient data. */
  detail?: string
  /** The word of the caller's protocol: an OAuth error code, a FHIR issue type. Public. */
  word?: string
  /** The exact reason as a code, e.g. `assertion-replayed`: for log, audit and metrics. */
  reason?: string
  /** Where the protocol wants another status than the code's own. */
  status?: number
  /** What is wrong with which member of the input. Public. */
  problems?: readonly Problem[]
  /** Response headers that belong to the error, e.g. `Retry-After`. */
  headers?: Record<string, string>
  cause?: unknown
}

/** What happened and what to do, as one sentence for the person who caused it. */
export class LanyardError extends Error {
  override readonly name = 'LanyardError'
  readonly code: ErrorCode
  readonly status: number
  readonly detail: string | undefined
  readonly word: string | undefined
  readonly reason: string | undefined
  readonly headers: Record<string, string>
  readonly problems: readonly Problem[]

  constructor(code: ErrorCode, sentence: string, options: ErrorOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? STATUS[code]
    this.detail = options.detail
    this.word = options.word
    this.reason = options.reason
    this.headers = options.headers ?? {}
    this.problems = options.problems ?? []
  }
}

/** The text of anything that was thrown, for logs. */
export function messageOf(thrown: unknown): string {
  // What Node throws when it tried several addresses of one name has no message of its own.
  if (thrown instanceof AggregateError && thrown.message === '') {
    return thrown.errors.map(messageOf).join('; ')
  }
  return thrown instanceof Error ? thrown.message : String(thrown)
}
