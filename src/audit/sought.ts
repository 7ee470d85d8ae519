/** What is looked for; all that is said must hold. */
export type Sought = {
  /** Milliseconds since 1970; `until` is not included. */
  since?: number | undefined
  until?: number | undefined
  /** A group of events (event-groups.ts), or one event. */
  event?: string | undefined
  outcome?: 'success' | 'refused' | 'error' | undefined
  userId?: string | undefined
  clientId?: string | undefined
  /** A bare id; rows about several patients are found too. */
  patient?: string | undefined
  requestId?: string | undefined
}
