import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { configurationPage } from './configuration-page.ts'

export type ServerSettingsDeps = {
  operations: Pick<AdminOperations, 'server'>
  /** The configuration file that was read, if any. */
  configFile: string | undefined
}

/** How the server is set up. */
export function serverSettingsRoutes(
  router: Router<RequestState>,
  { get }: AdminDoor,
  { operations, configFile }: ServerSettingsDeps,
): void {
  router.get(
    adminPaths.settings,
    get(async (_ctx, admin) => {
      const { items } = await perform(operations.server.settings, {}, admin.actor)
      return configurationPage(admin, { settings: items, file: configFile })
    }),
  )
}
