/** Loopback hosts, where http is allowed (RFC 8252 §7.3). */
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Schemes that are never an app's own. */
const forbidden = new Set([
  'javascript:',
  'data:',
  'file:',
  'blob:',
  'about:',
  'vbscript:',
  'ws:',
  'wss:',
  'ftp:',
])

/**
 * What is wrong with a redirect URI, as the end of a sentence; nothing if it may be registered.
 * https; http on loopback only; a private-use scheme for native apps only (RFC 8252 §7.1); no fragment, no
 * wildcard, no credentials (DCR-04).
 */
export function redirectUriProblem(value: string, kind: 'web' | 'native'): string | undefined {
  const url = parse(value)
  if (url === undefined) return 'is not an absolute URI'
  const general = generalProblem(value, url)
  if (general !== undefined) return general
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:')
    return loopback.has(url.hostname) ? undefined : 'must begin with https:// (http is for loopback only)'
  if (forbidden.has(url.protocol)) return `must not use the scheme ${url.protocol}`
  if (kind !== 'native') return 'uses a private scheme, which is for application_type "native" only'
  return url.protocol.includes('.')
    ? undefined
    : 'must use a scheme named after a domain the app controls, e.g. "org.example.app:/callback" (RFC 8252 §7.1)'
}

/** What is wrong with an https address (loopback http allowed), as the end of a sentence. */
export function webUriProblem(value: string): string | undefined {
  const url = parse(value)
  if (url === undefined) return 'is not an absolute URI'
  return generalProblem(value, url) ?? schemeProblem(url)
}

/** What is wrong with a browser origin, as the end of a sentence. */
export function webOriginProblem(value: string): string | undefined {
  const url = parse(value)
  if (url === undefined) return 'is not an origin, e.g. "https://app.example.org"'
  return (
    generalProblem(value, url) ??
    schemeProblem(url) ??
    (url.origin === value ? undefined : `is not an origin; it should be "${url.origin}"`)
  )
}

function schemeProblem(url: URL): string | undefined {
  if (url.protocol === 'https:') return undefined
  return url.protocol === 'http:' && loopback.has(url.hostname)
    ? undefined
    : 'must begin with https:// (http is for loopback only)'
}

function generalProblem(value: string, url: URL): string | undefined {
  if (value.includes('#')) return 'must have no fragment'
  if (value.includes('*')) return 'must have no wildcard'
  if (/[\s\p{Cc}\\]/u.test(value)) return 'must have no white space, no control character and no backslash'
  if (url.username || url.password) return 'must have no user name and no password'
  // "https:host/path" and "https:/host" parse as well, but browsers read them as relative.
  if (/^https?:/i.test(value) && !/^https?:\/\/[^/]/i.test(value))
    return 'must have "//" and a host after the scheme'
  return undefined
}

function parse(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined
}
