type Bounds = {
  /** How many jobs may wait for their turn. */
  most: number
  /** How many of one asker may be under way, with the one that runs. */
  share: number
}

/**
 * Runs jobs one after another, in the order in which they were asked for. Who asks without a name is held to `most`
 * only.
 * @param full makes the error of a job that is one too many
 */
export function oneAtATime({ most, share }: Bounds, full: () => Error) {
  /** With the one that runs. */
  let pending = 0
  const shares = new Map<string, number>()
  let last: Promise<unknown> = Promise.resolve()

  const shareOf = (asker: string | undefined) => (asker === undefined ? 0 : (shares.get(asker) ?? 0))
  function count(by: 1 | -1, asker: string | undefined): void {
    pending += by
    if (asker === undefined) return
    const own = shareOf(asker) + by
    if (own > 0) shares.set(asker, own)
    else shares.delete(asker)
  }

  return async <T>(job: () => Promise<T>, asker?: string): Promise<T> => {
    if (pending > most || shareOf(asker) >= share) throw full()
    count(1, asker)
    const mine = last.then(job)
    last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      count(-1, asker)
    }
  }
}
