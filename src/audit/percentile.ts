import { type Timed, timeOf } from './usage.ts'

/**
 * The time within which this share of the answers came, slot by slot and in all, in milliseconds; nothing where there
 * were none.
 * @param series of usage.ts
 * @param share e.g. 0.95
 */
export function percentile(
  series: ReadonlyMap<string, readonly number[]>,
  what: Timed,
  share: number,
): { all: number | undefined; slots: (number | undefined)[] } {
  const start = `time ${what} `
  const lines = [...series]
    .filter(([name]) => name.startsWith(start))
    .map(([name, counts]) => ({ time: timeOf(Number(name.slice(start.length))), counts }))
    .sort((a, b) => a.time - b.time)
  const slots = lines[0]?.counts.length ?? 0
  const within = (countOf: (counts: readonly number[]) => number): number | undefined => {
    const total = lines.reduce((sum, { counts }) => sum + countOf(counts), 0)
    let seen = 0
    return total === 0
      ? undefined
      : lines.find(({ counts }) => {
          seen += countOf(counts)
          return seen >= share * total
        })?.time
  }
  return {
    all: within((counts) => counts.reduce((sum, count) => sum + count, 0)),
    slots: Array.from({ length: slots }, (_, slot) => within((counts) => counts[slot] ?? 0)),
  }
}
