import type { Context, Next } from 'koa'
import { LanyardError } from '../lib/errors.ts'

const exempt = /^\/(?:health\/|metrics$)/

/**
 * Serves the configured host only: everything else that says "this server" must not follow a header that the
 * caller chose (SEC-05). Health and metrics are exempt, as probes come by address.
 */
export function onlyOurHost(problem: HostProblem) {
  return (ctx: Context, next: Next): Promise<void> => {
    const misdirected = exempt.test(ctx.path) ? undefined : problem(ctx)
    if (misdirected === undefined) return next()
    throw misdirected
  }
}

/** What is wrong with the Host of a request, or nothing. */
export type HostProblem = (ctx: Pick<Context, 'host'>) => LanyardError | undefined

/**
 * @param baseUrl the public address
 * @param loopbackTwins whether `localhost`, `127.0.0.1` and `[::1]` count as one host (demo mode)
 */
export function hostProblem(baseUrl: string, loopbackTwins: boolean): HostProblem {
  const served = new Set(hostsOf(baseUrl, loopbackTwins))
  const sentence = `This server answers for ${new URL(baseUrl).host} only. Use that address, or set LANYARD_BASE_URL to the address in use.`
  return ({ host }) =>
    served.has(host) || served.has(host.toLowerCase())
      ? undefined
      : new LanyardError('misdirected', sentence, { reason: 'host-unknown' })
}

/** The base URL with its loopback twins, where they count: the same server under three names. */
export function loopbackTwinsOf(baseUrl: string): string[] {
  const url = new URL(baseUrl)
  const names = ['localhost', '127.0.0.1', '[::1]']
  if (!names.includes(url.hostname)) return [baseUrl]
  const port = url.port === '' ? '' : `:${url.port}`
  return [
    baseUrl,
    ...names.filter((name) => name !== url.hostname).map((name) => `${url.protocol}//${name}${port}`),
  ]
}

function hostsOf(baseUrl: string, loopbackTwins: boolean): string[] {
  return (loopbackTwins ? loopbackTwinsOf(baseUrl) : [baseUrl]).flatMap((address) => {
    const { protocol, host, port } = new URL(address)
    // RFC 9110 §4.2.3: with and without the scheme's own port is the same host.
    return port === '' ? [host, `${host}:${protocol === 'https:' ? 443 : 80}`] : [host]
  })
}
