/** How often, and how long in all, one combination of labels was observed. */
type Counts = { labels: string; inBucket: number[]; sum: number }

/** Combinations are few by design; were they not, the histogram would stop growing here. */
const MOST = 1000

/**
 * A histogram with two labels, in the text format of Prometheus. Of its own because it is asked on every request: it
 * adds to two numbers, where prom-client hashes the labels again.
 * @param buckets upper bounds, ascending
 */
export function createHistogram(
  { name, help, labels: [first, second] }: { name: string; help: string; labels: readonly [string, string] },
  buckets: readonly number[],
) {
  const all = new Map<string, Map<string, Counts>>()
  let kept = 0

  function countsOf(a: string, b: string): Counts | undefined {
    const known = all.get(a)?.get(b)
    if (known !== undefined || kept >= MOST) return known
    kept++
    const labels = `${first}="${escaped(a)}",${second}="${escaped(b)}"`
    const fresh: Counts = { labels, inBucket: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 }
    all.set(a, (all.get(a) ?? new Map<string, Counts>()).set(b, fresh))
    return fresh
  }

  function linesOf({ labels, inBucket, sum }: Counts): string[] {
    let below = 0
    const lines = [...buckets, '+Inf'].map((bound, index) => {
      below += inBucket[index] ?? 0
      return `${name}_bucket{le="${bound}",${labels}} ${below}`
    })
    return [...lines, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${below}`]
  }

  return {
    observe(a: string, b: string, value: number): void {
      const counts = countsOf(a, b)
      if (counts === undefined) return
      let index = 0
      while (index < buckets.length && value > (buckets[index] ?? 0)) index++
      counts.inBucket[index] = (counts.inBucket[index] ?? 0) + 1
      counts.sum += value
    },
    text(): string {
      const lines = [...all.values()].flatMap((of) => [...of.values()].flatMap(linesOf))
      return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ''].join('\n')
    },
  }
}

/** A label's value, as the text format wants it. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
