import { letters } from '../../../../smart/letters.ts'
import type { RoleFile } from '../../../../users/role-file.ts'

/** A rule as the form holds it. */
export type RuleDraft = {
  types: readonly string[]
  letters: string
  where: readonly string[]
  hide: readonly string[]
  /** None: all elements may be changed. */
  writable: readonly string[]
}

/** A role as the form holds it: whatever a file can say, and what is not right yet. */
export type RoleDraft = {
  role: string
  title: string
  description: string
  /** None: every app. */
  apps: readonly string[]
  /** Whether `scopes` limit it; also an empty text does. */
  limited: boolean
  scopes: string
  basic: string
  rules: readonly RuleDraft[]
}

/** Rules of a role (users/role-file.ts). */
const MOST = 50
/** Fields of a form that is taken in (form.ts), less those that stand around the rules. */
const FIELDS = 1800

const lists = ['types', 'hide', 'writable'] as const
export const emptyRule: RuleDraft = { types: [], letters: '', where: [], hide: [], writable: [] }

/** The form for a role that is there. */
export function draftOf({ role, title, description, rules, apps, scopes, basic }: RoleFile): RoleDraft {
  return {
    role,
    title,
    description: description ?? '',
    apps: apps.length === 1 && apps[0] === '*' ? [] : apps,
    limited: scopes !== undefined,
    scopes: scopes ?? '',
    basic: basic ?? '',
    rules: rules.map((rule) => ({ ...rule, writable: rule.writable ?? [] })),
  }
}

/** What the form says, as a file: the register judges it. */
export function fileOf({ role, title, description, apps, limited, scopes, basic, rules }: RoleDraft) {
  return {
    role,
    title,
    ...(description === '' ? {} : { description }),
    rules: rules.map(({ writable, ...rule }) => (writable.length === 0 ? rule : { ...rule, writable })),
    apps: apps.length === 0 ? ['*'] : apps,
    ...(limited ? { scopes } : {}),
    ...(basic === '' ? {} : { basic }),
  }
}

/** Reads what `fieldsOf` writes, and of each list what was typed beside it (`more-types-0`). */
export function postedDraft(form: URLSearchParams): RoleDraft {
  const said = (name: string) => (form.get(name) ?? '').trim()
  const rules: RuleDraft[] = []
  for (let index = 0; index <= MOST && form.has(`rule-${index}`); index++) {
    const listed = (name: string) => {
      const kept = form.getAll(`${name}-${index}`)
      const typed = new Set(wordsIn(said(`more-${name}-${index}`)))
      return [...kept, ...[...typed].filter((word) => !kept.includes(word))]
    }
    rules.push({
      types: listed('types'),
      letters: letters.filter((letter) => form.getAll(`letters-${index}`).includes(letter)).join(''),
      where: form
        .getAll(`where-${index}`)
        .map((text) => text.trim().replace(/^\?/, ''))
        .filter((text) => text !== ''),
      hide: listed('hide'),
      writable: listed('writable'),
    })
  }
  return {
    role: said('role'),
    title: said('title'),
    description: said('description'),
    apps: wordsIn(said('apps')),
    limited: form.get('limited') === 'yes',
    // A browser sends lines of a text with CRLF (HTML §4.10.21.8).
    scopes: (form.get('scopes') ?? '').replaceAll('\r\n', '\n'),
    basic: said('basic'),
    rules,
  }
}

/** All of a draft as fields, in the order in which they are read again. */
export function fieldsOf(draft: RoleDraft): (readonly [name: string, value: string])[] {
  const { role, title, description, apps, limited, scopes, basic, rules } = draft
  return [
    ['role', role],
    ['title', title],
    ['description', description],
    ['apps', apps.join(' ')],
    ...(limited ? [['limited', 'yes'] as const] : []),
    ['scopes', scopes],
    ['basic', basic],
    ...rules.flatMap((rule, index) => [
      [`rule-${index}`, 'yes'] as const,
      ...[...rule.letters].map((letter) => [`letters-${index}`, letter] as const),
      ...rule.where.map((text) => [`where-${index}`, text] as const),
      ...lists.flatMap((name) => rule[name].map((value) => [`${name}-${index}`, value] as const)),
    ]),
  ]
}

/** Whether a role has more in it than a form can hold: it is edited as a file. */
export function isTooLarge(draft: RoleDraft): boolean {
  const fields = fieldsOf(draft)
  const bytes = fields.reduce(
    (sum, [name, value]) => sum + name.length + encodeURIComponent(value).length + 2,
    0,
  )
  return fields.length > FIELDS || bytes > 100_000
}

/** What a button of the form does with the rules: `add`, `remove-2`, `up-2`, `copy-2`; any other leaves them. */
export function changedBy(draft: RoleDraft, button: string): RoleDraft {
  const [, what, place] = /^(add|remove|up|copy)(?:-(\d{1,2}))?$/.exec(button) ?? []
  const { rules } = draft
  if (what === 'add') return { ...draft, rules: [...rules, emptyRule] }
  const at = Number(place ?? rules.length)
  const rule = rules[at]
  if (rule === undefined) return draft
  if (what === 'remove') return { ...draft, rules: rules.toSpliced(at, 1) }
  if (what === 'copy') return { ...draft, rules: rules.toSpliced(at, 0, rule) }
  if (what === 'up' && at > 0) return { ...draft, rules: rules.toSpliced(at, 1).toSpliced(at - 1, 0, rule) }
  return draft
}

function wordsIn(text: string): string[] {
  // A path may hold commas within brackets: participant.actor(Patient,Device).
  return text.match(/(?:\([^()\s]*\)|[^\s,])+/g) ?? []
}
