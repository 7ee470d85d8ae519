import { LanyardError } from '../lib/errors.ts'
import { type Clock, HOUR } from '../lib/time.ts'

/** Seals and opens a text; whoever changes what was sealed opens nothing (keys/seal.ts). */
type Seal = { close(plain: string): string; open(sealed: string): string }

/** How long a link to a flight record is good, in milliseconds. */
const LIFETIME = 24 * HOUR
/** Characters: longer texts are none of ours. */
const MOST = 400

export type FlightLinks = ReturnType<typeof createFlightLinks>

/**
 * Links by which the maker of an app sees one flight record without an account. Record and end stand in the link
 * itself, sealed: nothing is stored, and nothing but its end takes one back.
 * @param seal of its own, so that no other sealed text is taken for a link; asked for when the first link is
 */
export function createFlightLinks(seal: () => Seal, clock: Clock) {
  return {
    /** @returns the last part of the address, and until when it is good (milliseconds) */
    make(flightId: string): { link: string; expires: number } {
      const expires = clock() + LIFETIME
      return { link: seal().close(`${flightId} ${expires}`), expires }
    },

    /** @throws LanyardError `gone` if it has expired, `not-found` if it is none of ours */
    read(link: string): { flightId: string; expires: number } {
      const [flightId = '', end = ''] = link.length > MOST ? [] : opened(link, seal()).split(' ')
      const expires = Number(end)
      if (flightId === '' || !Number.isSafeInteger(expires))
        throw new LanyardError(
          'not-found',
          'There is no record under this link. Look whether it is complete.',
        )
      if (expires <= clock())
        throw new LanyardError('gone', 'This link has expired. Ask whoever sent it to you for a new one.')
      return { flightId, expires }
    },
  }
}

/** Empty for what was not sealed here. */
function opened(link: string, seal: Seal): string {
  try {
    return seal.open(link)
  } catch {
    return ''
  }
}
