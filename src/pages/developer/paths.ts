/** Where the pages for developers are. */
export const developerPaths = {
  start: '/developer',
  explorer: '/developer/explorer',
  openApi: '/developer/openapi.json',
  apps: '/developer/apps',
  tools: '/developer/tools',
  scopes: '/developer/tools/scopes',
  token: '/developer/tools/token',
  assertion: '/developer/tools/assertion',
  keys: '/developer/tools/keys',
} as const
