import type { ConsentLine } from '../smart/consent-lines.ts'
import type { Words } from './words/en.ts'

/** A line of what an app may do, with how many records it means for this patient where that was counted. */
export type CountedLine = Omit<ConsentLine, 'parts'> & {
  count?: number | undefined
  parts: readonly CountedLine[]
}

type Badge = { text: string; tone: '' | 'warn' | 'danger' }

/** A row as the templates write it. */
export type Permission = {
  id: string
  /** What the checkbox `scope` posts. */
  value: string
  title: string
  hint: string | undefined
  /** Granted whatever is ticked: no checkbox. */
  required: boolean
  ticked: boolean
  badges: Badge[]
  /** At the end of the row: how much it is, or what is special about it. */
  end: string | undefined
  parts: Permission[]
  partsLabel: string
}

/** The rows under one heading. */
export type PermissionGroup = { title: string; icon: string; rows: Permission[] }

const icons = { see: 'eye', change: 'plus', delete: 'minus' } as const

/** The lines as groups of rows; the same on the consent page and where a grant is narrowed. */
export function permissionGroups(lines: readonly CountedLine[], { consent }: Words): PermissionGroup[] {
  return (['see', 'change', 'delete'] as const)
    .map((group) => ({
      title: consent.groups[group],
      icon: icons[group],
      rows: lines
        .filter((line) => line.group === group)
        .map((line, index) => rowOf(line, `${group}-${index + 1}`, consent)),
    }))
    .filter(({ rows }) => rows.length > 0)
}

function rowOf(line: CountedLine, id: string, words: Words['consent']): Permission {
  const { value, title, hint, required, ticked, note, parts } = line
  return {
    id,
    value,
    title,
    hint,
    required,
    ticked,
    badges: badgesOf(line, words),
    end: note ?? amountOf(line, words),
    parts: parts.map((part, index) => rowOf(part, `${id}-${index + 1}`, words)),
    partsLabel: words.parts(title),
  }
}

function badgesOf({ required, wildcard, sensitive }: CountedLine, words: Words['consent']): Badge[] {
  return [
    ...(required ? [{ text: words.always, tone: '' } as const] : []),
    ...(wildcard ? [{ text: words.broad, tone: 'danger' } as const] : []),
    ...(sensitive ? [{ text: words.sensitive, tone: 'warn' } as const] : []),
  ]
}

function amountOf({ count, unit }: CountedLine, words: Words['consent']): string | undefined {
  return count === undefined ? undefined : (unit?.(count) ?? words.entries(count))
}
