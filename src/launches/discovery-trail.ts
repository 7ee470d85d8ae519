import { type Clock, MINUTE } from '../lib/time.ts'

/** That somebody read a document by which apps get to know this server. */
export type DiscoverySeen = {
  document: 'smart-configuration' | 'metadata'
  at: number
  address: string
  /** The page that asked, where a browser says so. */
  origin: string | undefined
}

/** How long one is remembered, and how many; in memory, of this process alone. */
const KEPT = 10 * MINUTE
const MOST = 500

export type DiscoveryTrail = ReturnType<typeof createDiscoveryTrail>

/**
 * Remembers for some minutes who read the documents of discovery. Nobody shows there who they are, so that the record
 * of a launch can only tell that it was from the same address, and when.
 */
export function createDiscoveryTrail(clock: Clock) {
  let seen: DiscoverySeen[] = []

  return {
    note(document: DiscoverySeen['document'], ctx: { ip: string; get(name: string): string }): void {
      if (seen.length >= MOST) seen = seen.slice(-MOST / 2)
      seen.push({ document, at: clock(), address: ctx.ip, origin: ctx.get('origin') || undefined })
    },

    /**
     * Takes out what may belong to a launch: from this address, since it was made, and by no page of another site.
     * @param origins of the pages of the app
     * @returns of each document the last look, in the order of time
     */
    take(launch: { address: string; since: number; origins: readonly string[] }): DiscoverySeen[] {
      const { address, since, origins } = launch
      const fits = (one: DiscoverySeen) =>
        one.address === address &&
        one.at >= since &&
        (one.origin === undefined || origins.includes(one.origin))
      const found = seen.filter(fits)
      seen = seen.filter((one) => !fits(one) && one.at > clock() - KEPT)
      const last = new Map(found.map((one) => [one.document, one]))
      return [...last.values()].sort((a, b) => a.at - b.at)
    },
  }
}
