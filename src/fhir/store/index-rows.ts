import type { BulkTable } from '../../store/database.ts'
import type { IndexRow, PairHalf, PairRow } from '../extract/rows.ts'
import { beginning, fitted } from './fitted.ts'
import type { Names } from './names.ts'

/** The index tables with the columns that are filled, in the order of the rows below. */
export const indexTables = {
  token: { table: 'ix_token', columns: { sp: 'int', code: 'text', rid: 'int', sys: 'int' } },
  text: { table: 'ix_text', columns: { rid: 'int', sp: 'int', norm: 'text' } },
  string: { table: 'ix_string', columns: { sp: 'int', norm: 'text', rid: 'int', raw: 'text' } },
  date: { table: 'ix_date', columns: { sp: 'int', lo: 'int', hi: 'int', rid: 'int' } },
  reference: { table: 'ix_ref', columns: { sp: 'int', target: 'int', rid: 'int' } },
  uri: { table: 'ix_uri', columns: { sp: 'int', value: 'text', rid: 'int' } },
  quantity: {
    table: 'ix_quantity',
    columns: { sp: 'int', lo: 'real', hi: 'real', rid: 'int', sys: 'int', code: 'text', unit: 'text' },
  },
  pair: {
    table: 'ix_pair',
    columns: {
      sp: 'int',
      a_code: 'text',
      rid: 'int',
      a_sys: 'int',
      b_kind: 'int',
      b_sys: 'int',
      b_code: 'text',
      b_lo: 'real',
      b_hi: 'real',
    },
  },
} as const satisfies Record<string, BulkTable>

export type IndexTable = keyof typeof indexTables
/** Rows by table, as the columns of `indexTables` want them. */
export type IndexBatch = Record<IndexTable, unknown[][]>

export function emptyBatch(): IndexBatch {
  return { token: [], text: [], string: [], date: [], reference: [], uri: [], quantity: [], pair: [] }
}

/** What the second half of a composite is. */
export const pairKinds = { token: 1, quantity: 2, date: 3, string: 4, reference: 5, uri: 6 } as const

/** What turns names into ids while a batch is written. */
export type Ids = {
  names: Pick<Names, 'paramId' | 'isToken'>
  /** Ids of all systems of the batch; the empty string is 0. */
  systems: ReadonlyMap<string, number>
  /** Row ids of all resources that the batch refers to, by `Type/id`. */
  targets: ReadonlyMap<string, number>
}

/** Adds one resource's index rows to a batch. */
export function addIndexRows(
  batch: IndexBatch,
  type: string,
  rid: number,
  rows: readonly IndexRow[],
  ids: Ids,
): void {
  for (const row of rows) {
    const sp = ids.names.paramId(type, row.param)
    // `_id` and `_lastUpdated` are columns of the resource itself.
    if (sp !== undefined) addRow(batch, sp, rid, row, ids)
  }
}

function addRow(
  batch: IndexBatch,
  sp: number,
  rid: number,
  row: IndexRow,
  { names, systems, targets }: Ids,
): void {
  const sys = (uri: string | undefined): number => systems.get(uri ?? '') ?? 0
  switch (row.kind) {
    case 'token':
      batch.token.push([sp, fitted(row.code), rid, sys(row.system)])
      break
    case 'string':
      // The words of a code are searched as text (`:text`), within resources found by something else.
      if (names.isToken(sp)) batch.text.push([rid, sp, beginning(row.norm)])
      else batch.string.push([sp, beginning(row.norm), rid, fitted(row.text)])
      break
    case 'date':
      batch.date.push([sp, row.lo, row.hi, rid])
      break
    case 'reference':
      batch.reference.push([sp, targets.get(`${row.type}/${row.id}`), rid])
      break
    case 'uri':
      batch.uri.push([sp, fitted(row.value), rid])
      break
    case 'quantity':
      batch.quantity.push([
        sp,
        row.lo,
        row.hi,
        rid,
        sys(row.system),
        fitted(row.code ?? ''),
        fitted(row.unit ?? ''),
      ])
      break
    case 'pair':
      addPair(batch, sp, rid, row, sys)
  }
}

function addPair(
  batch: IndexBatch,
  sp: number,
  rid: number,
  { first, second }: PairRow,
  sys: (uri: string | undefined) => number,
): void {
  if (first.kind !== 'token') return
  const half = secondHalf(second, sys)
  if (half !== undefined) batch.pair.push([sp, fitted(first.code), rid, sys(first.system), ...half])
}

/** kind, system, code, lo, hi */
function secondHalf(
  half: PairHalf,
  sys: (uri: string | undefined) => number,
): [number, number, string, number, number] | undefined {
  switch (half.kind) {
    case 'token':
      return [pairKinds.token, sys(half.system), fitted(half.code), 0, 0]
    case 'quantity':
      return [pairKinds.quantity, sys(half.system), fitted(half.code ?? half.unit ?? ''), half.lo, half.hi]
    case 'date':
      return [pairKinds.date, 0, '', half.lo, half.hi]
    case 'string':
      return [pairKinds.string, 0, beginning(half.norm), 0, 0]
    case 'reference':
      return [pairKinds.reference, 0, fitted(`${half.type}/${half.id}`), 0, 0]
    case 'uri':
      return [pairKinds.uri, 0, fitted(half.value), 0, 0]
  }
}

/** The systems that a batch's rows name. */
export function systemsOf(rows: readonly IndexRow[]): string[] {
  return rows.flatMap((row) => {
    const halves = row.kind === 'pair' ? [row.first, row.second] : [row]
    return halves.flatMap((half) => ('system' in half && half.system !== undefined ? [half.system] : []))
  })
}
