import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O, U, so that a person can read an id from a screen and type it. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The reference of a flight: 50 random bits as ten characters, short enough for an error page. */
export function newFlightId(): string {
  return Array.from(randomBytes(10), (byte) => alphabet[byte & 31]).join('')
}

/** What a person typed, as the id it was meant to be. */
export function readFlightId(typed: string): string {
  return typed.trim().toUpperCase().replace(/[- ]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
}
