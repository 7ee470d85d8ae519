/** The list of apps. */
export const apps = {
  title: 'Apps',
  counts: (all: string, active: string) => `${all} registered, ${active} enabled.`,
  new: 'New app',
  q: 'Name, client ID or owner',
  kind: 'Type',
  allKinds: 'All types',
  status: 'Status',
  allStatuses: 'All',
  list: 'Registered apps',
  caption: (shown: string) => `${shown} apps, by name`,
  columns: { app: 'App', kind: 'Type', owner: 'Owner', used: 'Last used', status: 'Status' },
  kinds: {
    browser: 'In a browser, public',
    native: 'On a device, public',
    server: 'On a server, confidential',
    service: 'Backend service',
  },
  statuses: { active: 'Enabled', waiting: 'Waiting', refused: 'Refused', disabled: 'Disabled' },
  nobody: 'Unknown',
  never: 'Never',
  shown: (count: string, all: string) => `${count} of ${all}`,
  empty: {
    heading: 'No app matches',
    advice: 'Check the spelling, try fewer letters, or look among all types.',
  },
  none: {
    heading: 'No app is registered yet',
    advice: 'Register the first one: it takes a minute.',
  },
}
