/**
 * Runs jobs one after another, in the order in which they were asked for.
 * @param most how many may wait for their turn
 * @param full makes the error of a job that finds that many waiting
 */
export function oneAtATime(most: number, full: () => Error) {
  /** With the one that runs. */
  let pending = 0
  let last: Promise<unknown> = Promise.resolve()

  return async <T>(job: () => Promise<T>): Promise<T> => {
    if (pending > most) throw full()
    pending++
    const mine = last.then(job)
    last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      pending--
    }
  }
}
