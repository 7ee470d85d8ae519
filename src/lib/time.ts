/** Where the current time comes from, in milliseconds since 1970. Tests hold it still. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** Whole seconds since 1970, the unit of JWT and OAuth (RFC 7519 §2, NumericDate). */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

/** A FHIR `instant` in UTC, with milliseconds. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
