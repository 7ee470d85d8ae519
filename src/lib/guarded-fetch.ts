import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { LanyardError } from './errors.ts'

/** Whom the fetcher may talk to beside public https hosts. */
export type FetchPolicy = {
  /** http and https on this machine: for demos and tests only. */
  allowLoopback: boolean
  /** Host names that may lie on private addresses. */
  privateHosts: readonly string[]
}
export type Fetched = { status: number; headers: IncomingMessage['headers']; body: string }

const TIMEOUT = 5000
const MOST_BYTES = 256 * 1024

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Addresses that are not the public internet (IANA special-purpose registries, RFC 6890). */
const notPublic4 = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  notPublic4.addSubnet(net, bits, 'ipv4')
}
// A list of its own: an IPv6 net of a BlockList catches IPv4 addresses too, as ::ffff:a.b.c.d.
const notPublic6 = new BlockList()
// Only 2000::/3 is given out as public; all else (local, NAT64, mapped, multicast …) lies in the first three.
for (const [net, bits] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  notPublic6.addSubnet(net, bits, 'ipv6')
}

/**
 * The only way out of the house: GET of an address that a client registered (CAUTH-15). https only, no
 * redirects, no private addresses, 5 seconds, 256 kB. The address that was checked is the one connected to, so
 * that a name cannot answer differently the second time.
 * @throws LanyardError `unavailable` with the exact cause as detail
 */
export async function guardedFetch(address: string, policy: FetchPolicy): Promise<Fetched> {
  const url = new URL(address)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const onLoopback = host === 'localhost' || isLoopback(host)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && onLoopback && policy.allowLoopback)) {
    throw refused(`${url.protocol}// is not allowed`)
  }
  // For an address in place of a name no lookup takes place, so it is judged here.
  if (isIP(host) !== 0) mayConnect(host, host, policy)
  return await get(url, {
    headers: { accept: 'application/json', 'user-agent': 'Lanyard' },
    lookup: guardedLookup(host, policy),
    timeout: TIMEOUT,
    agent: false,
  })
}

function guardedLookup(host: string, policy: FetchPolicy): LookupFunction {
  return (name, options, done) => {
    dnsLookup(name, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return done(error, [])
      try {
        for (const { address } of addresses) mayConnect(host, address, policy)
      } catch (refusal) {
        return done(refusal as Error, [])
      }
      const first = addresses[0]
      if (options.all || first === undefined) return done(null, addresses)
      return done(null, first.address, first.family)
    })
  }
}

function mayConnect(host: string, address: string, policy: FetchPolicy): void {
  if (isLoopback(address) && policy.allowLoopback) return
  if (policy.privateHosts.some((name) => name.toLowerCase() === host)) return
  if (!isPublicAddress(address)) throw refused(`${host} lies on ${address}, which is not a public address`)
}

function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** True for an IP address that anybody on the internet could have; IPv4 in the clothes of IPv6 is none. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) === 6 ? !notPublic6.check(address, 'ipv6') : !notPublic4.check(address, 'ipv4')
}

function get(url: URL, options: RequestOptions): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) => {
      request.destroy()
      clearTimeout(deadline)
      // What the lookup refused comes back as an error of the request, with its own reason.
      reject(cause instanceof LanyardError ? cause : refused(why, cause))
    }
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MOST_BYTES) fail(`the answer is larger than ${MOST_BYTES} bytes`)
        else chunks.push(chunk)
      })
      response.on('error', (error) => fail(error.message, error))
      response.on('end', () => {
        clearTimeout(deadline)
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    // `timeout` is about silence; this is about the whole, so that a slow drip ends too.
    const deadline = setTimeout(() => fail(`no complete answer within ${TIMEOUT} ms`), TIMEOUT)
    request.on('timeout', () => fail(`no answer within ${TIMEOUT} ms`))
    request.on('error', (error) => fail(error.message, error))
    request.on('upgrade', () => fail('the site wants to switch to another protocol'))
    request.end()
  })
}

function refused(why: string, cause?: unknown): LanyardError {
  return new LanyardError('unavailable', 'An address that a client registered could not be read.', {
    detail: why,
    cause,
  })
}
