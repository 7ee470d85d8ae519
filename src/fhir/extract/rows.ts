/** A code, with its system if it has one: Coding, Identifier, ContactPoint, code, boolean, id. */
export type TokenRow = { kind: 'token'; param: string; system: string | undefined; code: string }

/** A text as it stands, and as it is compared. For a token parameter: what `:text` searches. */
export type StringRow = { kind: 'string'; param: string; text: string; norm: string }

/** A stretch of time in milliseconds since 1970 UTC: from `lo` up to, but not including, `hi`. */
export type DateRow = { kind: 'date'; param: string; lo: number; hi: number }

/** A resource on this server, whatever version of it was named. */
export type ReferenceRow = { kind: 'reference'; param: string; type: string; id: string }

/** A URI or canonical URL, and a reference to a resource elsewhere. */
export type UriRow = { kind: 'uri'; param: string; value: string }

/** A number or quantity; an exact value has `lo` = `hi`, an open end is ±1e308. */
export type QuantityRow = {
  kind: 'quantity'
  param: string
  lo: number
  hi: number
  system: string | undefined
  code: string | undefined
  unit: string | undefined
}

export type SimpleRow = TokenRow | StringRow | DateRow | ReferenceRow | UriRow | QuantityRow

type WithoutParam<Row> = Row extends SimpleRow ? Omit<Row, 'param'> : never

/** One side of a composite value. */
export type PairHalf = WithoutParam<SimpleRow>

/** A composite: two values that stand on the same element. */
export type PairRow = { kind: 'pair'; param: string; first: PairHalf; second: PairHalf }

/** What a search can find a resource by: one value of one parameter. */
export type IndexRow = SimpleRow | PairRow

/** An array of rows, as far as an emitter needs it. */
export type Rows = { push(row: SimpleRow): unknown }

/** Adds the rows of one value of a parameter. A malformed value adds none; nothing is ever thrown. */
export type Emitter = (value: unknown, param: string, rows: Rows) => void
