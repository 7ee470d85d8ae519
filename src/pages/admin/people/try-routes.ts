import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import type { Words } from '../../words/en.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { Explained } from '../operations/roles.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Checks, Field } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Section, sheetPage } from '../sheet.ts'
import { refusedWith } from './refused.ts'

const names = ['user', 'client', 'scope', 'patient', 'method', 'path'] as const
type Values = Readonly<Record<(typeof names)[number], string>>

/** Who, with which app and scopes, asks for what: the decision, step by step. */
export function tryRoutes(
  router: Router<RequestState>,
  { get }: AdminDoor,
  { operations }: { operations: Pick<AdminOperations, 'roles'> },
): void {
  router.get(
    adminPaths.try,
    get(async (ctx, { words, frame, actor }) => {
      const said = words.admin.people.try
      const given = Object.fromEntries(
        names.map((name) => [name, String(ctx.query[name] ?? '').trim()]),
      ) as Values
      const isAsked = given.scope !== '' && given.path !== ''
      const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
      const outcome = isAsked
        ? await perform(operations.roles.explain, asked, actor).catch((error: unknown) => ({
            problems: refusedWith(error, words),
          }))
        : undefined
      const explained = outcome === undefined || 'problems' in outcome ? undefined : outcome
      return sheetPage(frame, words, {
        part: 'roles',
        title: said.title,
        lead: said.lead,
        crumbs: [{ name: words.admin.people.roles.title, href: adminPaths.roles }],
        problems: outcome !== undefined && 'problems' in outcome ? outcome.problems : [],
        kept: asked,
        sections: [
          ...(explained === undefined ? [] : [decision(explained, words)]),
          {
            heading: said.title,
            form: { action: adminPaths.try, fields: fieldsOf(given, isAsked, words), button: said.button },
          },
        ],
      })
    }),
  )
}

function decision({ allowed, sentence, steps }: Explained, { admin }: Words): Section {
  const said = admin.people.try
  return {
    heading: said.steps,
    badge: allowed ? { text: said.allowed, tone: 'ok' } : { text: said.refused, tone: 'danger' },
    text: plain(sentence),
    checks: steps.map(({ name, title, outcome, lines }): Checks[number] => ({
      state: outcome === 'refused' ? 'failed' : 'ok',
      title: Object.hasOwn(said.names, name) ? said.names[name as keyof typeof said.names] : title,
      text: plain(`${outcome === 'narrowed' ? said.narrowed : ''}${lines.join(' ')}`),
    })),
  }
}

/** What was typed may hold a backtick, which would begin a piece of code. */
function plain(text: string): string {
  return text.replaceAll('`', "'")
}

function fieldsOf(given: Values, isAsked: boolean, { admin }: Words): Field[] {
  const said = admin.people.try
  const usual = isAsked
    ? given
    : { ...given, scope: given.scope || 'user/*.rs', path: given.path || '/Appointment' }
  return [
    { name: 'user', label: said.user, hint: said.userHint, value: usual.user },
    { name: 'client', label: said.client, hint: said.clientHint, value: usual.client },
    { name: 'scope', label: said.scope, hint: said.scopeHint, value: usual.scope, required: true },
    { name: 'patient', label: said.patient, hint: said.patientHint, value: usual.patient },
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
    { name: 'path', label: said.path, hint: said.pathHint, value: usual.path, required: true },
  ]
}
