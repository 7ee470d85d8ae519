import type { IndexRow, PairHalf } from './rows.ts'

/** The rows without repetitions, in the order in which they came first. */
export function distinct(rows: IndexRow[]): IndexRow[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const before = seen.size
    seen.add(`${row.param}\n${keyOf(row)}`)
    return seen.size > before
  })
}

/** Texts from outside may hold any separator, so what could run into its neighbour has its length before it. */
function keyOf(row: IndexRow | PairHalf): string {
  switch (row.kind) {
    case 'token':
      return `t${sized(row.system)}${row.code}`
    case 'string':
      return `s${row.text}`
    case 'date':
      return `d${row.lo} ${row.hi}`
    case 'reference':
      return `r${row.type}/${row.id}`
    case 'uri':
      return `u${row.value}`
    case 'quantity':
      return `q${row.lo} ${row.hi} ${sized(row.system)}${sized(row.code)}${sized(row.unit)}`
    case 'pair':
      return `p${sized(keyOf(row.first))}${keyOf(row.second)}`
  }
}

function sized(text: string | undefined): string {
  return text === undefined ? '-' : `${text.length}:${text}`
}
