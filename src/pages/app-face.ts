/** An app as people see it. */
export type App = {
  name: string
  /** Whether somebody here has looked at it. */
  verified: boolean
  /** The address of the logo that we store: nothing is loaded from elsewhere. */
  logo?: string | undefined
}

/** An app that waits for its user, and where it gets them back. */
export type RequestingApp = App & { redirectUri: string }

/** Where our copy of a logo is served. @param hash of its content */
export function logoAddress(hash: string): string {
  return `/logos/${hash}`
}

/** Its logo, or the first letter of its name: nobody may dress up as another before we have looked. */
export function faceOf({ name, verified, logo }: App): { name: string; logo?: string; letter: string } {
  const letter = (Array.from(name.trim())[0] ?? '').toUpperCase()
  return verified && logo !== undefined ? { name, logo, letter } : { name, letter }
}

/** Where an app takes its user back to, in short: the host, or of a native app its scheme. */
export function returnsTo(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri)
  return host === '' ? protocol.slice(0, -1) : host
}

/** An address to link to, if it is one of the web: clients name it themselves. */
export function webLink(address: string | undefined): string | undefined {
  return address !== undefined && /^https?:\/\//i.test(address) ? address : undefined
}
