import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { refusedWith } from './refused.ts'
import { crumbsTo } from './roles/parts.ts'
import { decision, postedQuestion, questionFields, tryPage } from './try-page.ts'

/** Who, with which app and scopes, asks for what: the decision, step by step. */
export function tryRoutes(
  router: Router<RequestState>,
  { get }: AdminDoor,
  { operations }: { operations: Pick<AdminOperations, 'roles'> },
): void {
  router.get(
    adminPaths.try,
    get(async (ctx, admin) => {
      const { words, actor } = admin
      const said = words.admin.people.try
      const given = postedQuestion(new URLSearchParams(ctx.querystring))
      const isAsked = given.scope !== '' && given.path !== ''
      const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
      const { as: role, ...question } = kept
      const asked = { ...question, ...(role === undefined ? {} : { role }), lang: words.lang }
      const outcome = isAsked
        ? await perform(operations.roles.explain, asked, actor).catch((error: unknown) => ({
            problems: refusedWith(error, words),
          }))
        : undefined
      const explained = outcome === undefined || 'problems' in outcome ? undefined : outcome
      const shown = isAsked
        ? given
        : { ...given, scope: given.scope || 'user/*.rs', path: given.path || '/Appointment' }
      return tryPage(admin, {
        title: said.title,
        lead: said.lead,
        crumbs: crumbsTo(words),
        problems: outcome !== undefined && 'problems' in outcome ? outcome.problems : [],
        kept,
        decisions: explained === undefined ? [] : [decision(said.steps, explained, words)],
        form: { action: adminPaths.try, fields: questionFields(shown, words), button: said.button },
      })
    }),
  )
}
