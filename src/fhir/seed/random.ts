export type Random = {
  /** At least 0, below 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** One value of rows `[weight, value]`. */
  weighted<T>(rows: readonly (readonly [number, T])[]): T
  /** Bell-shaped about 0 with standard deviation 1, never beyond ±3.5. */
  bell(): number
}

/**
 * A seeded generator (mulberry32): whole-number steps, so the same numbers on every machine and engine.
 * No logarithm, power or sine anywhere in the seed: their last digit is the engine's own choice.
 */
export function random(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
    weighted<T>(rows: readonly (readonly [number, T])[]) {
      let rest = next() * rows.reduce((sum, [weight]) => sum + weight, 0)
      let chosen = rows[0] as readonly [number, T]
      for (chosen of rows) {
        rest -= chosen[0]
        if (rest < 0) break
      }
      return chosen[1]
    },
    // The sum of four uniform numbers has the variance 1/3.
    bell: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
  }
}

/** Mixes a seed and an index to 32 bits; with one seed, no two indexes give the same (murmur3's finish). */
export function mix(seed: number, index: number): number {
  let bits = (index + Math.imul(seed, 0x9e3779b1)) | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
