/** The addresses of a person's own pages. */
export const accountPaths = {
  apps: '/account',
  sessions: '/account/sessions',
  security: '/account/security',
  activity: '/account/activity',
  signOut: '/account/sign-out',
  /** Of one grant: to narrow it, to withdraw it. */
  narrow: (grantId: string) => `/account/apps/${encodeURIComponent(grantId)}`,
  withdraw: (grantId: string) => `/account/apps/${encodeURIComponent(grantId)}/withdraw`,
}
