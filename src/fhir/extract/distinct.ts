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

function keyOf(row: IndexRow | PairHalf): string {
  switch (row.kind) {
    case 'token':
      return `t${row.system ?? ''}\n${row.system === undefined}\n${row.code}`
    case 'string':
      return `s${row.text}`
    case 'date':
      return `d${row.lo}\n${row.hi}`
    case 'reference':
      return `r${row.type}/${row.id}`
    case 'uri':
      return `u${row.value}`
    case 'quantity':
      return `q${row.lo}\n${row.hi}\n${row.system}\n${row.code}\n${row.unit}`
    case 'pair':
      return `p${keyOf(row.first)}\n\n${keyOf(row.second)}`
  }
}
