import Router from '@koa/router'
import type { Log } from '../../observe/log.ts'
import type { RequestState } from '../../observe/request-context.ts'
import { adminCaller, type CallerDeps } from './api/caller.ts'
import { adminApi } from './api/routes.ts'
import { type AccessDeps, accessRoutes } from './apps/access-routes.ts'
import { type CredentialsDeps, credentialsRoutes } from './apps/credentials-routes.ts'
import { type AppListDeps, appListRoutes } from './apps/list-routes.ts'
import { type NewAppDeps, newAppRoutes } from './apps/new-routes.ts'
import { type RemindDeps, remindRoutes } from './apps/remind-routes.ts'
import { type SettingsDeps, settingsRoutes } from './apps/settings-routes.ts'
import { type UseDeps, useRoutes } from './apps/use-routes.ts'
import { type AuditPageDeps, auditRoutes } from './audit/routes.ts'
import { type DashboardDeps, dashboardRoutes } from './dashboard/routes.ts'
import { type AdminDoorDeps, adminDoor } from './door.ts'
import { type FlightPageDeps, flightRoutes } from './flights/routes.ts'
import { type KeyPageDeps, keyRoutes } from './keys/routes.ts'
import { createLooks, type LookDeps } from './looks.ts'
import { adminOperations, type OperationDeps } from './operations/table.ts'
import { type ApiKeysDeps, apiKeysRoutes } from './people/api-keys-routes.ts'
import { issuersRoutes } from './people/issuers-routes.ts'
import { type RoleEditDeps, roleEditRoutes } from './people/roles/edit-routes.ts'
import { rolesRoutes } from './people/roles/routes.ts'
import { sessionsRoutes } from './people/sessions-routes.ts'
import { tryRoutes } from './people/try-routes.ts'
import { userActs } from './people/user-acts.ts'
import { type UsersDeps, usersRoutes } from './people/users-routes.ts'
import { type RegistrationDeps, registrationRoutes } from './registrations/routes.ts'
import { type BrandingPageDeps, brandingRoutes } from './settings/branding-routes.ts'
import { type ServerSettingsDeps, serverSettingsRoutes } from './settings/routes.ts'
import { type ReadyDeps, readyRoute } from './simulator/ready-route.ts'
import { type SimulatorPageDeps, simulatorRoutes } from './simulator/routes.ts'

export type AdminRouteDeps = Omit<AdminDoorDeps, 'waiting'> &
  CallerDeps &
  LookDeps &
  Omit<OperationDeps, 'looks'> &
  DashboardDeps &
  Omit<
    AppListDeps &
      SettingsDeps &
      CredentialsDeps &
      RemindDeps &
      AccessDeps &
      UseDeps &
      NewAppDeps &
      RegistrationDeps &
      UsersDeps &
      RoleEditDeps &
      ApiKeysDeps &
      AuditPageDeps &
      KeyPageDeps &
      BrandingPageDeps &
      ServerSettingsDeps &
      FlightPageDeps &
      SimulatorPageDeps &
      ReadyDeps,
    'operations' | 'looks'
  > & {
    issuer: string
    log: Log
  }

/** The console, behind its API. */
export function adminRoutes(deps: AdminRouteDeps): Router<RequestState>[] {
  const looks = createLooks(deps)
  const operations = adminOperations({ ...deps, looks })
  const api = adminApi({ ...deps, operations, callerOf: adminCaller(deps) })
  const door = adminDoor({
    ...deps,
    waiting: async () => ({ registrations: (await deps.overview.counts()).waiting }),
  })
  const router = new Router<RequestState>()
  dashboardRoutes(router, door, deps)
  newAppRoutes(router, door, { ...deps, operations })
  registrationRoutes(router, door, { ...deps, operations })
  accessRoutes(router, door, { ...deps, operations })
  useRoutes(router, door, { ...deps, operations })
  credentialsRoutes(router, door, { ...deps, operations })
  remindRoutes(router, door, { ...deps, operations })
  settingsRoutes(router, door, { ...deps, operations })
  auditRoutes(router, door, { ...deps, operations })
  keyRoutes(router, door, { ...deps, operations })
  brandingRoutes(router, door, { ...deps, operations })
  serverSettingsRoutes(router, door, { ...deps, operations })
  appListRoutes(router, door, { ...deps, operations })
  usersRoutes(router, door, { ...deps, operations })
  userActs(router, door, { operations })
  sessionsRoutes(router, door, { operations })
  roleEditRoutes(router, door, { ...deps, operations })
  rolesRoutes(router, door, { operations })
  tryRoutes(router, door, { operations })
  apiKeysRoutes(router, door, { ...deps, operations })
  issuersRoutes(router, door, { operations })
  flightRoutes(router, door, { ...deps, operations, looks })
  simulatorRoutes(router, door, { ...deps, operations, looks })
  readyRoute(router, deps)
  return [api, router]
}
