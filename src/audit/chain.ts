import { createHmac, timingSafeEqual } from 'node:crypto'
import { sha256 } from '../lib/id.ts'

/** The columns of a row that its hash covers, in this order, behind its number. */
export const factColumns = {
  at: 'int',
  event: 'text',
  outcome: 'text',
  reason: 'text',
  client_id: 'text',
  user_id: 'text',
  patient: 'text',
  token_id: 'text',
  request_id: 'text',
  detail: 'text',
} as const

/** The values of these columns. */
export type Facts = readonly (string | number | null)[]

/** What the first row of all follows. */
export const GENESIS = ''

/** A place in the chain: the number of a row, and its hash. */
export type Place = { seq: number; hash: string }
/** The two places that are kept beside the rows. */
export type PlaceName = 'start' | 'end'

/**
 * The hash of a row: SHA-256, in base64url, of the JSON array of the hash before, the row's number and its facts. Anyone
 * who has an export can compute it.
 */
export function hashOf(previous: string, seq: number, facts: Facts): string {
  // Put together, and not copied into one array first: this is done for every read.
  return sha256(`[${JSON.stringify(previous)},${seq},${JSON.stringify(facts).slice(1)}`)
}

/**
 * Who can write to the table can also compute hashes; what they cannot make is this seal of where the chain starts and
 * ends.
 * @param secret of the server, never in the database
 */
export function sealOf(secret: string, name: PlaceName, { seq, hash }: Place): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify([name, seq, hash]))
    .digest('base64url')
}

/** True for a place that was sealed with this secret, and for one from before anything was written. */
export function isGenuine(secret: string, name: PlaceName, place: Place & { seal: string }): boolean {
  if (place.hash === GENESIS && place.seal === '') return true
  const right = Buffer.from(sealOf(secret, name, place))
  const given = Buffer.from(place.seal)
  return right.length === given.length && timingSafeEqual(right, given)
}
