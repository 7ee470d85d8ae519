import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import type { Explained } from '../operations/explain.ts'
import type { Checks, Field, Notice } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Section, type SheetForm, sheetPage } from '../sheet.ts'

const names = ['user', 'client', 'as', 'scope', 'patient', 'method', 'path'] as const
/** Who, with which app and scopes, asks for what, as the form holds it. */
export type Question = Readonly<Record<(typeof names)[number], string>>

export type TryModel = {
  title: string
  lead: string
  crumbs: readonly { name: string; href: string }[]
  kept: Readonly<Record<string, string>> | false
  problems: readonly { href: string; text: string }[]
  notice?: Notice | undefined
  /** One, or two that are compared. */
  decisions: readonly Section[]
  form: SheetForm
}

/** The question who would get what, and the decision step by step. */
export function tryPage({ frame, words }: Admin, { decisions, form, ...model }: TryModel) {
  const [first, second] = decisions
  return sheetPage(frame, words, {
    part: 'roles',
    ...model,
    beside: first !== undefined && second !== undefined ? [first, second] : undefined,
    sections: [
      ...(second === undefined ? decisions : []),
      { heading: words.admin.people.try.question, form },
    ],
  })
}

/** Reads what `questionFields` asks for, from a query or a form. */
export function postedQuestion(form: { get(name: string): string | null }): Question {
  return Object.fromEntries(names.map((name) => [name, form.get(name)?.trim() ?? ''])) as Question
}

/** @param draft the title of a role that is tried before it is stored, and whether it counts alone */
export function questionFields(
  given: Question,
  { admin }: Words,
  draft?: { of: string; as: string },
): Field[] {
  const said = admin.people.try
  return [
    { name: 'user', label: said.user, hint: said.userHint, value: given.user },
    { name: 'client', label: said.client, hint: said.clientHint, value: given.client },
    ...(draft === undefined
      ? [{ name: 'as', label: said.as, hint: said.asHint, value: given.as }]
      : [
          {
            name: 'as',
            label: said.as,
            type: 'select' as const,
            options: [
              { value: 'own', label: said.asOwn, selected: draft.as !== 'alone' },
              { value: 'alone', label: said.asAlone(draft.of), selected: draft.as === 'alone' },
            ],
          },
        ]),
    { name: 'scope', label: said.scope, hint: said.scopeHint, value: given.scope, required: true },
    { name: 'patient', label: said.patient, hint: said.patientHint, value: given.patient },
    {
      name: 'method',
      label: said.method,
      type: 'select',
      options: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((value) => ({
        value,
        label: value,
        selected: value === (given.method || 'GET'),
      })),
    },
    { name: 'path', label: said.path, hint: said.pathHint, value: given.path, required: true },
  ]
}

/** A decision as a section: the sentence, how many steps passed, and each of them. */
export function decision(heading: string, explained: Explained, words: Words): Section {
  const said = words.admin.people.try
  const { allowed, sentence } = explained
  const checks = checksOf(explained, words)
  const count = (state: Checks[number]['state']) => checks.filter((check) => check.state === state).length
  return {
    heading,
    badge: allowed ? { text: said.allowed, tone: 'ok' } : { text: said.refused, tone: 'danger' },
    text: `${plain(sentence)} ${said.counted(count('ok'), count('failed'), count('skipped'))}`,
    checks,
  }
}

function checksOf({ allowed, steps }: Explained, { admin }: Words): Checks {
  const said = admin.people.try
  const titles: Readonly<Record<string, string>> = said.names
  const told = steps.map(({ name, title, outcome, lines }): Checks[number] => ({
    state: outcome === 'refused' ? 'failed' : 'ok',
    title: outcome === 'narrowed' ? said.narrowed(titles[name] ?? title) : (titles[name] ?? title),
    lines,
  }))
  // What comes after a refusal is not looked at any more.
  const rest = allowed
    ? []
    : (['parameters'] as const).filter((name) => !steps.some((step) => step.name === name))
  return [...told, ...rest.map((name) => ({ state: 'skipped' as const, title: said.names[name] }))]
}

/** What was typed may hold a backtick, which would begin a piece of code. */
function plain(text: string): string {
  return text.replaceAll('`', "'")
}

export function tryHref(question: Readonly<Record<string, string>>): string {
  return `${adminPaths.try}?${new URLSearchParams(question)}`
}
