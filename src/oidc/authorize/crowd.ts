import { LanyardError } from '../../lib/errors.ts'
import { type Clock, MINUTE, SECOND } from '../../lib/time.ts'
import { networkOf } from '../../users/network.ts'

/** In a minute, from one network, which may be a hospital at the change of shifts. */
const MOST = 600
/** Networks that are counted; with more, counting begins anew. */
const NETWORKS = 50_000

/**
 * Holds up strangers who send more authorization requests than people make: each is stored until somebody signs in,
 * or half an hour has passed. On each node for itself.
 * @returns a function that throws LanyardError `too-many`
 */
export function createCrowd(clock: Clock): (address: string) => void {
  const counts = new Map<string, number>()
  let minute = 0
  return (address) => {
    const now = Math.floor(clock() / MINUTE)
    if (now !== minute || counts.size > NETWORKS) counts.clear()
    minute = now
    const network = networkOf(address)
    const count = (counts.get(network) ?? 0) + 1
    counts.set(network, count)
    if (count <= MOST) return
    throw new LanyardError('too-many', 'Too many apps are being opened from your network. Wait a minute.', {
      reason: 'crowded',
      headers: { 'retry-after': String(MINUTE / SECOND) },
    })
  }
}
