import type { Problem } from '../../../../lib/errors.ts'
import { letters } from '../../../../smart/letters.ts'
import type { Page } from '../../../render.ts'
import type { Words } from '../../../words/en.ts'
import { adminPage } from '../../admin-page.ts'
import type { Admin } from '../../door.ts'
import { mistakeFor } from '../../mistakes.ts'
import { adminPaths } from '../../paths.ts'
import type { RoleDraft, RuleDraft } from './draft.ts'
import { crumbsTo, type Shown } from './parts.ts'
import { ruleSentence } from './sentence.ts'
import { conditionsFor, elementsFor, type RecordTypes } from './suggestions.ts'

export type FormModel = {
  present: Shown | undefined
  draft: RoleDraft
  /** Of a copy: what it is a copy of. */
  copied?: string | undefined
  problems: readonly Problem[]
  action: string
}

/**
 * A role as a form, whose draft stands in the form itself; posts what `fieldsOf` names and `do`: `review`, `try`,
 * `add`, and of a rule `stay-0`, `up-0`, `copy-0`, `remove-0`.
 */
export function formPage({ frame, words, csrf }: Admin, records: RecordTypes, model: FormModel): Page {
  const { present, draft, copied, problems, action } = model
  const { form } = words.admin.roles
  const title =
    present !== undefined
      ? form.editTitle(present.title)
      : copied === undefined
        ? form.newTitle
        : form.copyTitle(copied)
  const suggested = listsFor(draft.rules, records, words)
  const rules = draft.rules.map((rule, index) => ruleFields(rule, index, suggested, problems, words))
  const about = aboutFields(draft, present === undefined, problems, words)
  const around = aroundFields(draft, problems, words)
  return adminPage(frame, words, {
    part: 'roles',
    crumbs: crumbsTo(words, present),
    title: problems.length > 0 ? words.problem.title(title) : title,
    view: 'admin/role-form',
    kept: false,
    data: {
      heading: title,
      problems: summaryOf(problems, words),
      about,
      rules,
      around,
      limited: draft.limited,
      types: records.resourceTypes,
      lists: [...suggested.values()],
      action,
      csrf,
      version: present?.version,
      keepHref: present === undefined ? adminPaths.roles : adminPaths.role(present.role),
    },
  })
}

type Lists = ReadonlyMap<
  string,
  { id: string; conditions: { value: string; label: string }[]; elements: string[] }
>

/** What there is to choose from, once for all rules about the same kinds of records. */
function listsFor(rules: readonly RuleDraft[], records: RecordTypes, { admin }: Words): Lists {
  const { suggestions } = admin.roles.form
  return new Map(
    rules.map(({ types }, index) => [
      types.join(' '),
      {
        id: String(index),
        conditions: conditionsFor(types, records).map(({ value, what }) => ({
          value,
          label: suggestions[what],
        })),
        elements: elementsFor(types, records),
      },
    ]),
  )
}

function ruleFields(
  rule: RuleDraft,
  index: number,
  lists: Lists,
  problems: readonly Problem[],
  words: Words,
) {
  const { form } = words.admin.roles
  const wrong = (member: string) => problemAt(problems, `rules.${index}.${member}`, words)
  const { types, hide, writable } = rule
  const list = (name: 'types' | 'hide' | 'writable', values: readonly string[]) => ({
    name,
    id: `more-${name}-${index}`,
    values,
    problem: wrong(name),
  })
  return {
    index,
    id: `rule-${index}`,
    heading: form.rule(index + 1),
    sentence: ruleSentence(rule, words),
    list: lists.get(types.join(' '))?.id ?? '',
    types: {
      ...list('types', types),
      label: form.types,
      add: form.addTypes,
      hint: form.typesHint,
      from: 'types',
    },
    letters: letters.map((letter) => ({
      value: letter,
      label: words.admin.access.letters[letter],
      ticked: rule.letters.includes(letter),
    })),
    lettersProblem: wrong('letters'),
    where: [...rule.where, ''].map((value, at) => ({
      value,
      id: `where-${index}-${at}`,
      label: form.condition(at + 1),
      problem: value === '' ? undefined : problemAt(problems, `rules.${index}.where.${at}`, words),
    })),
    hide: { ...list('hide', hide), label: form.hide, add: form.addHide, hint: form.hideHint },
    writable: {
      ...list('writable', writable),
      label: form.writable,
      add: form.addWritable,
      hint: form.writableHint,
    },
  }
}

function aboutFields(draft: RoleDraft, isNew: boolean, problems: readonly Problem[], words: Words) {
  const { form } = words.admin.roles
  const field = (name: 'role' | 'title' | 'description', hint: string, required: boolean) => ({
    name,
    label: form[name],
    hint,
    value: draft[name],
    required,
    problem: problemAt(problems, name, words),
  })
  return [
    ...(isNew ? [field('role', form.roleHint, true)] : []),
    field('title', form.titleHint, true),
    field('description', form.descriptionHint, false),
  ]
}

function aroundFields(draft: RoleDraft, problems: readonly Problem[], words: Words) {
  const { form, page } = words.admin.roles
  const basics = ['', 'read', 'write'] as const
  return {
    apps: {
      name: 'apps',
      label: form.apps,
      hint: form.appsHint,
      value: draft.apps.join(' '),
      problem: problemAt(problems, 'apps', words),
    },
    scopes: {
      name: 'scopes',
      label: form.scopes,
      hint: form.scopesHint,
      type: 'area',
      rows: 2,
      value: draft.scopes,
      problem: problemAt(problems, 'scopes', words),
    },
    basic: {
      name: 'basic',
      label: form.basic,
      type: 'select',
      options: basics.map((value) => ({
        value,
        label: page.basics[value === '' ? 'none' : value],
        selected: value === draft.basic,
      })),
    },
  }
}

/** The first thing that is wrong with a member, or with something in it. */
function problemAt(problems: readonly Problem[], path: string, words: Words): string | undefined {
  const found = problems.find((one) => one.path === path || one.path.startsWith(`${path}.`))
  return found && mistakeFor(found, words)
}

/** Members of a role that have a field of their own. */
const ofRole: ReadonlySet<string> = new Set(['role', 'title', 'description', 'apps', 'scopes', 'basic'])

function summaryOf(problems: readonly Problem[], words: Words): { href: string; text: string }[] {
  const { form } = words.admin.roles
  return problems.map((problem) => {
    const [, rule, member = '', at] = /^rules\.(\d+)(?:\.(\w+)(?:\.(\d+))?)?$/.exec(problem.path) ?? []
    const text = mistakeFor(problem, words)
    if (rule === undefined) {
      const [field = ''] = problem.path.split('.')
      return { href: ofRole.has(field) ? `#${field}` : '#main', text }
    }
    const place = member === 'where' ? `where-${rule}-${at ?? 0}` : `more-${member}-${rule}`
    const href = member === '' || member === 'letters' ? `#rule-${rule}` : `#${place}`
    return { href, text: `${form.rule(Number(rule) + 1)}: ${text}` }
  })
}
