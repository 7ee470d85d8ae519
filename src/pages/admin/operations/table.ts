import { type ApiKeyOperationDeps, apiKeyOperations } from './api-keys.ts'
import { type AppCredentialDeps, appCredentialOperations } from './app-credentials.ts'
import { type AppUseDeps, appUseOperations } from './app-use.ts'
import { type AppOperationDeps, appOperations } from './apps.ts'
import type { Operation } from './operation.ts'

export type OperationDeps = AppOperationDeps & AppCredentialDeps & AppUseDeps & ApiKeyOperationDeps

export type AdminOperations = ReturnType<typeof adminOperations>

/** Everything that admins do, by what it is about. A new group is added here, and so is in the API at once. */
export function adminOperations(deps: OperationDeps) {
  return {
    apps: { ...appOperations(deps), ...appCredentialOperations(deps), ...appUseOperations(deps) },
    apiKeys: apiKeyOperations(deps),
  }
}

/** All of them, for the API and its document. */
export function allOperations(groups: AdminOperations): { tag: string; operation: Operation }[] {
  return Object.entries(groups).flatMap(([tag, group]) =>
    Object.values(group).map((operation) => ({ tag, operation })),
  )
}
