import { DAY, HOUR } from '../lib/time.ts'

/** How long an app may go on, as the user chose; shortest first. */
export const durations = ['hour', 'months', 'year'] as const
export type Duration = (typeof durations)[number]

/**
 * Milliseconds. `months` begins anew when the app uses its refresh token (REFR-08: at least three months each time,
 * which are up to 92 days, and a day for not writing at every use); the others end when they end.
 */
export const lifetimes: Readonly<Record<Duration, number>> = { hour: HOUR, months: 93 * DAY, year: 365 * DAY }

/** What the registration of an app says about it. */
type Registered = { verified?: boolean | undefined; max_consent_duration?: Duration | undefined }

/** The longest that an app can be allowed: a year is for apps that somebody here has looked at. */
export function longestFor({ verified, max_consent_duration }: Registered): Duration {
  return shorterOf(verified === true ? 'year' : 'months', max_consent_duration ?? 'year')
}

export function shorterOf(one: Duration, other: Duration): Duration {
  return lifetimes[one] < lifetimes[other] ? one : other
}
