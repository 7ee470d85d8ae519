import { createJwksCache } from '../clients/jwks-cache.ts'
import type { House } from '../house.ts'
import { LanyardError } from '../lib/errors.ts'
import { guardedFetch } from '../lib/guarded-fetch.ts'
import { DAY, HOUR, instant } from '../lib/time.ts'
import { appCredentialOperations } from '../pages/admin/operations/app-credentials.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { commandLine } from './terminal.ts'

/** The operations of the console about keys, for one command: its own cache of fetched sets is empty. */
export function credentialOperationsOf(house: House) {
  const { config, clock } = house
  const policy = { allowLoopback: config.mode === 'demo', privateHosts: config.jwksPrivateHosts }
  return appCredentialOperations({
    ...house,
    jwks: createJwksCache((address) => guardedFetch(address, policy), clock),
  })
}

/**
 * The keys of a client; those at an address are fetched in the way a token request does.
 * @throws LanyardError `not-found`, `unavailable` with what went wrong
 */
export async function clientKeys(house: House, client_id: string) {
  const { keys, fetchKeys } = credentialOperationsOf(house)
  const { metadata } = await mustBe(house.clients, client_id)
  const { jwks_uri: url } = metadata
  const found = await perform(url === undefined ? keys : fetchKeys, { client_id }, commandLine)
  const failure = found.fetched?.failure
  if (failure === undefined) return found.keys
  throw new LanyardError('unavailable', `The keys could not be fetched from ${url}: ${failure}.`)
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
