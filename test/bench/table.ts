/** One line of the report. */
export type Row = {
  what: string
  /** The figure, e.g. `1,930 a second, 512 µs CPU, p99 9 ms`. */
  figure: string
  /** What it stands beside, measured in the same run. */
  floor: string
  /** What was aimed at, and whether it was reached; absent where a figure is for information. */
  target?: string
  verdict?: 'reached' | 'missed'
}

/** Says whether a figure reaches what was aimed at. */
export function judged(target: string, reached: boolean): Pick<Row, 'target' | 'verdict'> {
  return { target, verdict: reached ? 'reached' : 'missed' }
}

export function markdown(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.what, row.figure, row.floor, row.target ?? '', row.verdict ?? ''])
  const lines = [['what', 'figure', 'beside', 'target', ''], ['---', '---', '---', '---', '---'], ...cells]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`
}

/** The middle of several runs: machines are noisy. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
