/** Where the pages for developers are. */
export const developerPaths = {
  start: '/developer',
  explorer: '/developer/explorer',
  /** The explorer as Swagger UI. */
  tryOut: '/developer/explorer/try',
  openApi: '/developer/openapi.json',
  apps: '/developer/apps',
  tools: '/developer/tools',
  scopes: '/developer/tools/scopes',
  token: '/developer/tools/token',
  assertion: '/developer/tools/assertion',
  keys: '/developer/tools/keys',
  newApp: '/developer/apps/new',
} as const

/** What is done with an app of one's own, each at an address of its own. */
export type OwnAppPart = 'edit' | 'keys' | 'secret' | 'remove' | 'launch'

export function ownAppPath(id: string, part?: OwnAppPart): string {
  return `${developerPaths.apps}/${encodeURIComponent(id)}${part === undefined ? '' : `/${part}`}`
}

/** Puts aside what an admin asks about a credential. */
export function ownReminderPath(id: string, credential: string): string {
  return `${ownAppPath(id)}/reminders?${new URLSearchParams({ credential })}`
}

export function ownFlightPath(id: string, flight: string): string {
  return `${ownAppPath(id)}/flights/${encodeURIComponent(flight)}`
}

/** The assertion doctor, with the last assertion of an app that failed. */
export function failedAssertionPath(id: string): string {
  return `${developerPaths.assertion}?${new URLSearchParams({ failed: id })}`
}
