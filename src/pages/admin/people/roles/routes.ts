import type Router from '@koa/router'
import type { RequestState } from '../../../../observe/request-context.ts'
import { confirmPage } from '../../confirm-page.ts'
import { adminDone } from '../../done.ts'
import type { AdminDoor } from '../../door.ts'
import { perform } from '../../operations/operation.ts'
import type { AdminOperations } from '../../operations/table.ts'
import { adminPaths } from '../../paths.ts'
import { sendJsonFile } from '../../send-file.ts'
import { rolesPage } from './list-page.ts'
import { crumbsTo, isBuiltIn } from './parts.ts'
import { builtInPage, heldPage, isHeld, rolePage } from './role-page.ts'

export type RolesDeps = { operations: Pick<AdminOperations, 'roles'> }

/** Roles: the list, each of them, and their end. Their change stands in edit-routes.ts. */
export function rolesRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  { operations: { roles } }: RolesDeps,
): void {
  router.get(
    adminPaths.roles,
    get(async (ctx, admin) => {
      const listed = await perform(roles.list, {}, admin.actor)
      return rolesPage(admin, listed, adminDone.hear(ctx, admin.words))
    }),
  )

  router.get(
    '/admin/roles/:role',
    get(async (ctx, admin) => {
      const name = String(ctx.params.role)
      const holders = await perform(roles.holders, { role: name }, admin.actor)
      if (isBuiltIn(name)) return builtInPage(admin, name, holders)
      const role = await perform(roles.show, { role: name }, admin.actor)
      return rolePage(admin, { role, holders, done: adminDone.hear(ctx, admin.words) })
    }),
  )

  router.get(
    '/admin/roles/:role/download',
    get(async (ctx, { actor }) => {
      const { role, file } = await perform(roles.show, { role: String(ctx.params.role) }, actor)
      sendJsonFile(ctx, `${role}.json`, file)
      return undefined
    }),
  )

  for (const what of ['disable', 'enable', 'remove'] as const) {
    router.get(
      `/admin/roles/:role/${what}`,
      ask(async (ctx, admin) => {
        const { words, frame, csrf, actor } = admin
        const shown = await perform(roles.show, { role: String(ctx.params.role) }, actor)
        const { role, version } = shown
        const holders = await perform(roles.holders, { role }, actor)
        if (what === 'remove' && isHeld(holders)) return heldPage(admin, role, holders)
        const { remove: said, page } = words.admin.roles
        return confirmPage(frame, words, {
          part: 'roles',
          crumbs: crumbsTo(words, shown),
          heading: said[`${what}Heading`](role),
          effect: said[`${what}Effect`],
          danger: what !== 'enable',
          button: page[what],
          action: `${adminPaths.role(role)}/${what}`,
          keep: said.keep,
          keepHref: adminPaths.role(role),
          csrf,
          version,
        })
      }),
    )
    router.post(
      `/admin/roles/:role/${what}`,
      post(async (ctx, admin, { form }) => {
        const { actor } = admin
        const role = String(ctx.params.role)
        const edit = { role, version: form.get('version') ?? '', reason: form.get('reason') ?? '' }
        try {
          if (what === 'remove') await perform(roles.remove, edit, actor)
          else
            await perform(
              roles.setStatus,
              { ...edit, status: what === 'enable' ? 'active' : 'disabled' },
              actor,
            )
        } catch (error) {
          if ((error as { reason?: string }).reason !== 'held') throw error
          ctx.status = 409
          return heldPage(admin, role, await perform(roles.holders, { role }, actor))
        }
        adminDone.say(ctx, 'changed', role)
        return what === 'remove' ? adminPaths.roles : adminPaths.role(role)
      }),
    )
  }
}
