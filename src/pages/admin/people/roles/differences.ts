import { isDeepStrictEqual } from 'node:util'
import type { RoleFile } from '../../../../users/role-file.ts'
import type { Words } from '../../../words/en.ts'
import { ruleSentence } from './sentence.ts'

type FileRule = RoleFile['rules'][number]
/** Where two states of a role differ, as texts for people. */
export type Row = { what: string; before: string; after: string }

/** @param before nothing, for a role that is new */
export function differencesOf(before: RoleFile | undefined, after: RoleFile, words: Words): Row[] {
  const { page, form, review } = words.admin.roles
  const none = '–'
  const scopes = (file: RoleFile | undefined) =>
    file === undefined ? none : file.scopes === undefined ? page.any : file.scopes || page.noneOf
  const apps = (file: RoleFile | undefined) =>
    file === undefined ? none : file.apps[0] === '*' ? page.any : file.apps.join(', ')
  const members: Row[] = [
    { what: form.title, before: before?.title ?? none, after: after.title },
    { what: form.description, before: before?.description ?? none, after: after.description ?? none },
    { what: form.apps, before: apps(before), after: apps(after) },
    { what: form.limited, before: scopes(before), after: scopes(after) },
    {
      what: form.basic,
      before: before === undefined ? none : page.basics[before.basic ?? 'none'],
      after: page.basics[after.basic ?? 'none'],
    },
  ]
  const pairs = pairsOf(before?.rules ?? [], after.rules)
  const text = (rule: FileRule | undefined) =>
    rule === undefined ? none : ruleSentence({ ...rule, writable: rule.writable ?? [] }, words)
  const rules = pairs.map(
    ([one, other, number]): Row => ({ what: review.rule(number), before: text(one), after: text(other) }),
  )
  const rows = [...members, ...rules].filter((row) => row.before !== row.after)
  const isMoved = rows.length === 0 && !isDeepStrictEqual(before, after)
  return isMoved
    ? [{ what: review.order, before: orderOf(before, after), after: orderOf(after, after) }]
    : rows
}

/** The places in one list of rules that those of another have. */
function orderOf(file: RoleFile | undefined, after: RoleFile): string {
  return (file?.rules ?? [])
    .map((rule) => after.rules.findIndex((other) => isDeepStrictEqual(rule, other)) + 1)
    .join(', ')
}

type Pair = readonly [before: FileRule | undefined, after: FileRule | undefined, number: number]

/** Rules that became others: those of the same kinds of records first, then those of some of them. */
function pairsOf(before: readonly FileRule[], after: readonly FileRule[]): Pair[] {
  const left = before.filter((rule) => !after.some((other) => isDeepStrictEqual(rule, other)))
  const come = after.filter((rule) => !before.some((other) => isDeepStrictEqual(rule, other)))
  const pairs: Pair[] = []
  const take = (fits: (one: FileRule, other: FileRule) => boolean) => {
    for (const rule of [...left]) {
      const other = come.find((one) => fits(rule, one))
      if (other === undefined) continue
      pairs.push([rule, other, after.indexOf(other) + 1])
      left.splice(left.indexOf(rule), 1)
      come.splice(come.indexOf(other), 1)
    }
  }
  take((one, other) => isDeepStrictEqual(one.types, other.types))
  take((one, other) => one.types.some((type) => other.types.includes(type)))
  return [
    ...pairs,
    ...left.map((rule): Pair => [rule, undefined, before.indexOf(rule) + 1]),
    ...come.map((rule): Pair => [undefined, rule, after.indexOf(rule) + 1]),
  ].toSorted((a, b) => a[2] - b[2])
}

/** Whether a draft says what is stored, to the letter. */
export function isSame(before: RoleFile | undefined, after: RoleFile): boolean {
  return isDeepStrictEqual(before, after)
}
