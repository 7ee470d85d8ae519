/** What is around every page of the console. */
export const frame = {
  nav: 'Administration',
  /** The way to it from other pages. */
  console: 'Console',
  menu: 'Menu',
  crumbs: 'Breadcrumb',
  production: 'Production',
  /** A badge: sees all, changes nothing. */
  auditor: 'Auditor, read only',
  toDo: 'to do',
  groups: { work: '', people: 'People and rights', trust: 'Trust', tools: 'Tools', you: 'You' },
  items: {
    dashboard: 'Dashboard',
    apps: 'Apps',
    registrations: 'Registrations',
    users: 'Users',
    roles: 'Roles and policies',
    apiKeys: 'API keys',
    issuers: 'Outside issuers',
    audit: 'Audit log',
    keys: 'Signing keys',
    settings: 'Settings',
    simulator: 'Launch simulator',
    flights: 'Why refused?',
    account: 'My account',
    developers: 'Developers',
    help: 'Help',
    signOut: 'Sign out',
  },
}
