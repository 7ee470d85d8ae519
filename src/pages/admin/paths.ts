/** The addresses of the console. Those with an id in them are patterns for the router and functions for links. */
export const adminPaths = {
  dashboard: '/admin',
  apps: '/admin/apps',
  newApp: '/admin/apps/new',
  audit: '/admin/audit',
  keys: '/admin/keys',
  settings: '/admin/settings',
  branding: '/admin/settings/branding',
  registrations: '/admin/registrations',
  users: '/admin/users',
  user: (name: string) => `/admin/users/${encodeURIComponent(name)}`,
  sessions: '/admin/sessions',
  roles: '/admin/roles',
  role: (name: string) => `/admin/roles/${encodeURIComponent(name)}`,
  try: '/admin/try',
  apiKeys: '/admin/api-keys',
  apiKey: (id: string) => `/admin/api-keys/${encodeURIComponent(id)}`,
  issuers: '/admin/issuers',
  simulator: '/admin/simulator',
  flights: '/admin/flights',
  flight: (id: string) => `/admin/flights/${encodeURIComponent(id)}`,
  app: (id: string, part: AppPart = 'settings') => `/admin/apps/${encodeURIComponent(id)}/${part}`,
} as const

/** The tabs of an app, and what is asked before it happens. */
export type AppPart =
  | 'settings'
  | 'credentials'
  | 'access'
  | 'use'
  | 'logo'
  | 'scopes'
  | 'fetch'
  | 'secret'
  | 'disable'
  | 'enable'
  | 'end'
  | 'remove'
  | 'review'
  | 'remind'
