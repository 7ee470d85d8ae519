import type { Said } from '../dates.ts'
import type { Piece } from '../sentence.ts'

/**
 * What the partials of the console write (views/partials/*.ejs of the same names). Pages hand these over as data;
 * texts are in the language of the page.
 */
export type Tone = '' | 'ok' | 'warn' | 'danger' | 'info'
export type Badge = { text: string; tone: Tone /** An icon before it. */; mark?: string | undefined }
export type Notice = {
  tone: Exclude<Tone, ''>
  text: string
  link?: Link | undefined
  /** What an answer of the server says of it, which is in English. */
  quote?: string | undefined
}
export type Link = {
  text: string
  href: string
  hidden?: string | undefined
  /** Opens beside this page. */
  newTab?: boolean | undefined
}
export type Tab = { name: string; href: string; current: boolean }

/** partials/cell.ejs: of what is there, in this order. */
export type Cell = {
  /** An app with its icon, before its name. */
  app?: { name: string; logo?: string; letter: string } | undefined
  text?: string | undefined
  /** Makes a link of `text`. */
  href?: string | undefined
  code?: string | undefined
  time?: Said | undefined
  badges?: readonly Badge[] | undefined
  /** A tick or a dash, each with a hidden word. */
  tick?: boolean | undefined
  muted?: boolean | undefined
  /** The language of the text, where it is not that of the page. */
  lang?: string | undefined
  /** Below the rest. */
  hint?: string | undefined
  /** The language of the hint, where it is not that of the page. */
  hintLang?: string | undefined
  /** A small button that leads to a page. */
  button?: Link | undefined
}
/** partials/table.ejs; a column without `label` has a hidden one, and its cells end the row. */
export type Table = {
  caption: string
  columns: readonly { label: string; act?: boolean }[]
  rows: readonly (readonly Cell[])[]
}
/** partials/facts.ejs */
export type Fact = { label: string; value: Cell }

/** partials/field.ejs; `name` is its id too. */
export type Field = {
  name: string
  label: string
  hint?: string | undefined
  problem?: string | undefined
  value?: string | undefined
  /** Of an input; `area` has several lines, `select` its options; `boxes` are ticked (partials/boxes.ejs). */
  type?: 'text' | 'password' | 'url' | 'email' | 'file' | 'area' | 'select' | 'boxes' | 'number' | undefined
  rows?: number | undefined
  accept?: string | undefined
  required?: boolean | undefined
  readonly?: boolean | undefined
  autocomplete?: string | undefined
  options?: readonly { value: string; label: string; selected: boolean }[] | undefined
}
/** partials/options.ejs: radios with a sentence each. */
export type Options = {
  name: string
  legend: string
  options: readonly { value: string; label: string; hint: string; checked: boolean }[]
}
/** partials/tile.ejs: a figure with what it is compared with, and its course as a line. */
export type Tile = {
  label: string
  value: string
  hint: string
  link?: string | undefined
  tone?: Tone | undefined
  /** Of an SVG of 220 × 44 (spark.ts). */
  spark?: { line: string; area: string; x: number; y: number } | undefined
}
/** partials/timeline.ejs */
export type TimelineItem = { time: Said; tone: Tone; pieces: readonly Piece[]; hints: readonly string[] }

/** partials/code.ejs: a message, in pieces: key or verb, placeholder or secret cut short, what is wrong, and the rest. */
export type Code = {
  caption: string
  /** Follows "Copy"; without it there is nothing to copy. */
  what: string | undefined
  pieces: readonly { text: string; as?: 'b' | 'i' | 'mark' }[]
}
/** partials/trace.ejs: numbered steps of an exchange. */
export type Trace = readonly {
  title: string
  failed: boolean
  badges: readonly Badge[]
  time?: string | undefined
  text?: string | undefined
  /** An address, below the text. */
  line?: string | undefined
  /** For whoever looks elsewhere too. */
  hint?: string | undefined
  codes: readonly Code[]
  /** Longer messages, behind a line that opens them. */
  folded?: { summary: string; codes: readonly Code[] } | undefined
}[]
/** partials/admin-rules.ejs: rules of a role, by kinds of records and letters. */
export type RuleMatrix = {
  caption: string
  columns: { types: string; letters: readonly string[]; where: string; hide: string }
  rows: readonly {
    types: readonly { name: string; code: string | undefined }[]
    letters: readonly { name: string; may: boolean }[]
    /** Texts of searches; none is everything. */
    where: readonly string[]
    hide: readonly string[]
    writable: readonly string[]
  }[]
  all: string
  none: string
  changing: string
}
/** partials/checks.ejs; `state` is said in a hidden word too. */
export type Checks = readonly {
  state: 'ok' | 'failed' | 'skipped'
  title: string
  /** What an answer of the server says of it, which is in English. */
  quote?: string | undefined
  text?: string | undefined
  /** Sentences of their own, below each other. */
  lines?: readonly string[] | undefined
}[]
