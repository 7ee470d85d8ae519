import type { ParameterizedContext } from 'koa'

/** What the layers of one request tell each other. */
export type RequestState = {
  /** Ours, or the caller's if it is harmless; in the answer, the log and the audit. */
  requestId: string
  /** When it came, by `performance.now()`. */
  started?: number
  /** The route's pattern, where the router's own would not do. */
  route?: string
  /** The client, once it has proven who it is. */
  clientId?: string
  /** Of a credential that did not hold, how the audit may name it. */
  shown?: string | undefined
  /** What follows from this request and must be done before it is answered. */
  ending?: Promise<void>
  /** The flight record that this request belongs to. */
  flight?: string
  /** Of an authorization request: the handle for which the simulator made the browser ready. */
  alone?: string
  /** Of an authorization request: the scopes that it names, as they came. */
  scope?: string
  /** The site whose page asked and whose browser will not show it the answer. */
  withheldFrom?: string
  /** Of a token request, once it is known to be one that we offer. */
  grantType?: string
}

/** A request and its answer, with a typed `state`. */
export type RequestContext = ParameterizedContext<RequestState>
