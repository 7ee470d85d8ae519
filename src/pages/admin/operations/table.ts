import { type ApiKeyOperationDeps, apiKeyOperations } from './api-keys.ts'
import { type AppCredentialDeps, appCredentialOperations } from './app-credentials.ts'
import { type AppUseDeps, appUseOperations } from './app-use.ts'
import { type AppOperationDeps, appOperations } from './apps.ts'
import { type AuditOperationDeps, auditOperations } from './audit.ts'
import { type AuditExportDeps, auditExport } from './audit-export.ts'
import { type BrandingOperationDeps, brandingOperations } from './branding.ts'
import { type DashboardOperationDeps, dashboardOperations } from './dashboard.ts'
import { type ExplainOperationDeps, explainOperations } from './explain.ts'
import { type FlightOperationDeps, flightOperations } from './flights.ts'
import { type IssuerOperationDeps, issuerOperations } from './issuers.ts'
import type { Operation } from './operation.ts'
import { type RoleReviewDeps, roleReviewOperations } from './role-review.ts'
import { type RoleOperationDeps, roleOperations } from './roles.ts'
import { type ServerOperationDeps, serverOperations } from './server.ts'
import { type SessionOperationDeps, sessionOperations } from './sessions.ts'
import { type SimulatorDeps, simulatorOperations } from './simulator.ts'
import { type UserCareDeps, userCareOperations } from './user-care.ts'
import { type UserOperationDeps, userOperations } from './users.ts'

export type OperationDeps = AppOperationDeps &
  AppCredentialDeps &
  AppUseDeps &
  ApiKeyOperationDeps &
  UserOperationDeps &
  UserCareDeps &
  SessionOperationDeps &
  RoleOperationDeps &
  RoleReviewDeps &
  ExplainOperationDeps &
  IssuerOperationDeps &
  AuditOperationDeps &
  AuditExportDeps &
  ServerOperationDeps &
  FlightOperationDeps &
  SimulatorDeps &
  BrandingOperationDeps &
  DashboardOperationDeps

export type AdminOperations = ReturnType<typeof adminOperations>

/** Everything that admins do, by what it is about. A new group is added here, and so is in the API at once. */
export function adminOperations(deps: OperationDeps) {
  return {
    dashboard: dashboardOperations(deps),
    apps: { ...appOperations(deps), ...appCredentialOperations(deps), ...appUseOperations(deps) },
    apiKeys: apiKeyOperations(deps),
    users: { ...userOperations(deps), ...userCareOperations(deps) },
    sessions: sessionOperations(deps),
    roles: { ...roleOperations(deps), ...roleReviewOperations(deps), ...explainOperations(deps) },
    issuers: issuerOperations(deps),
    // Before the entries, of which `export` is none.
    audit: { export: auditExport(deps), ...auditOperations(deps) },
    server: serverOperations(deps),
    flights: flightOperations(deps),
    simulator: simulatorOperations(deps),
    branding: brandingOperations(deps),
  }
}

/** All of them, for the API and its document. */
export function allOperations(groups: AdminOperations): { tag: string; operation: Operation }[] {
  return Object.entries(groups).flatMap(([tag, group]) =>
    Object.values(group).map((operation) => ({ tag, operation })),
  )
}
