import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import { isStale, versionIn } from '../apps/app-routes.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { keysPage, rotatePage } from './keys-page.ts'

export type KeyPageDeps = {
  operations: Pick<AdminOperations, 'server'>
  issuer: string
  clock: () => number
}

/** The signing keys, and their rotation. */
export function keyRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  deps: KeyPageDeps,
): void {
  const { operations, issuer, clock } = deps
  const { server } = operations
  const jwks = `${issuer}/oauth2/jwks`

  router.get(
    adminPaths.keys,
    get(async (ctx, admin) => {
      const keys = await perform(server.keys, {}, admin.actor)
      return keysPage(admin, { keys, jwks, now: clock(), done: adminDone.hear(ctx, admin.words) })
    }),
  )
  router.get(
    `${adminPaths.keys}/rotate`,
    ask(async (_ctx, admin) => rotatePage(admin, await perform(server.keys, {}, admin.actor))),
  )
  router.post(
    `${adminPaths.keys}/rotate`,
    post(async (ctx, admin, { form }) => {
      try {
        await perform(
          server.rotate,
          { version: versionIn(form), reason: form.get('reason') ?? '' },
          admin.actor,
        )
      } catch (error) {
        if (!isStale(error)) throw error
        // Somebody else was faster: what is there now is what was wanted.
        adminDone.say(ctx, 'rotatedBefore', '')
        return adminPaths.keys
      }
      adminDone.say(ctx, 'rotated', '')
      return adminPaths.keys
    }),
  )
}
