/** On whose behalf a register changes something, and why: for the audit. It opens nothing. */
export type Act = {
  /** The person who acts, by the id of their account. */
  userId?: string | undefined
  /** The client that acts, by its bearer token. */
  by?: string | undefined
  requestId?: string | undefined
  /** In their own words. */
  reason?: string | undefined
}

/** A change of something that its author has seen before. */
export type Edit = Act & {
  /** The version that was seen: if it is another one by now, nothing changes. */
  version?: number | undefined
}
