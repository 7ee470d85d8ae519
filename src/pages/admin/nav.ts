import { adminPaths } from './paths.ts'

/** The parts of the console, in the order of its navigation. A new part is added here, with its words. */
export const navGroups = [
  {
    id: 'work',
    items: [
      { id: 'dashboard', href: adminPaths.dashboard, icon: 'grid' },
      { id: 'apps', href: adminPaths.apps, icon: 'app' },
      { id: 'registrations', href: adminPaths.registrations, icon: 'inbox' },
    ],
  },
  {
    id: 'people',
    items: [
      { id: 'users', href: adminPaths.users, icon: 'users' },
      { id: 'roles', href: adminPaths.roles, icon: 'rules' },
      { id: 'apiKeys', href: adminPaths.apiKeys, icon: 'plug' },
      { id: 'issuers', href: adminPaths.issuers, icon: 'shield' },
    ],
  },
  {
    id: 'tools',
    items: [
      { id: 'simulator', href: adminPaths.simulator, icon: 'play' },
      { id: 'flights', href: adminPaths.flights, icon: 'stop' },
    ],
  },
  {
    id: 'trust',
    items: [
      { id: 'audit', href: adminPaths.audit, icon: 'log' },
      { id: 'keys', href: adminPaths.keys, icon: 'key' },
      { id: 'settings', href: adminPaths.settings, icon: 'gear' },
    ],
  },
  {
    id: 'you',
    items: [
      { id: 'account', href: '/account', icon: 'user' },
      { id: 'developers', href: '/developer', icon: 'code' },
      { id: 'help', href: '/help', icon: 'info' },
      { id: 'signOut', href: '/account/sign-out', icon: 'out' },
    ],
  },
] as const

export type NavItem = (typeof navGroups)[number]['items'][number]['id']
