import { createJwksCache } from '../clients/jwks-cache.ts'
import { type ReportedKey, reportOf } from '../clients/key-report.ts'
import type { House } from '../house.ts'
import { LanyardError } from '../lib/errors.ts'
import { guardedFetch } from '../lib/guarded-fetch.ts'
import { DAY, HOUR, instant } from '../lib/time.ts'

/**
 * The keys of a client; those at an address are fetched in the way a token request does.
 * @throws LanyardError `not-found`, `unavailable` with what went wrong
 */
export async function clientKeys({ clients, config, clock }: House, id: string): Promise<ReportedKey[]> {
  const { metadata } = await mustBe(clients, id)
  const { jwks_uri: url, jwks, x509 } = metadata
  if (x509 !== undefined) return reportOf([x509.jwk]).map((key) => ({ ...key, end: x509.not_after }))
  if (url === undefined) return reportOf(jwks?.keys ?? [])
  const policy = { allowLoopback: config.mode === 'demo', privateHosts: config.jwksPrivateHosts }
  const attempt = await createJwksCache((address) => guardedFetch(address, policy), clock).fetchNow(url)
  if ('keys' in attempt) return reportOf(attempt.keys)
  const { detail, message } = attempt.failure
  throw new LanyardError('unavailable', `The keys could not be fetched from ${url}: ${detail ?? message}.`)
}

/** What a client did in the last 24 hours, by the counters of the console, and what goes on. */
export async function clientUse(
  { clients, usage, overview, grantsOfClient, clock }: House,
  id: string,
): Promise<Record<string, string | number>> {
  await mustBe(clients, id)
  const now = clock()
  const from = now - (now % HOUR) + HOUR - DAY
  const series = await usage.series({ clientId: id, from, step: DAY, slots: 1 })
  const used = await overview.lastUse(id)
  return {
    'last used': used === undefined ? 'never' : instant(used),
    ...(await grantsOfClient.counts(id)),
    ...Object.fromEntries([...series].map(([what, [count = 0]]) => [what, count])),
  }
}

async function mustBe(clients: House['clients'], id: string) {
  const found = await clients.find(id)
  if (found === undefined)
    throw new LanyardError('not-found', `There is no client "${id}". \`lanyard client list\` shows all.`)
  return found
}
