/** Pages that one comes back to after signing in. */
const ours = /^\/(?:admin|developer)(?:[/?]|$)/
const MOST = 1000

/** The pages of our own for which people sign in. */
export type OwnPages = 'account' | 'developer' | 'admin'

/** Which of our own pages somebody signs in for. @param state that will come back with them */
export function ownPagesOf(state: string): OwnPages {
  const page = pageToReturnTo(state)
  if (page === undefined) return 'account'
  return page.startsWith('/admin') ? 'admin' : 'developer'
}

/**
 * The page that somebody asked for before signing in.
 * @param state what came back in the address: anybody could have written it (SEC-02)
 * @returns an address on this server, or nothing if it is none of these pages
 */
export function pageToReturnTo(state: string): string | undefined {
  if (state.length > MOST || !ours.test(state)) return undefined
  const base = 'http://here'
  if (!URL.canParse(state, base)) return undefined
  const { origin, pathname, search } = new URL(state, base)
  // Read as a browser reads it: "/admin/../elsewhere" is not below /admin.
  return origin === base && ours.test(pathname) ? pathname + search : undefined
}
