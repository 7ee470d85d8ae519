import type { Client, ClientRegistry } from '../../clients/registry.ts'
import { type ApiKey, KEY_PREFIX } from '../../keys/api-key.ts'
import type { ApiKeys } from '../../keys/api-keys.ts'
import { liesInRanges } from '../../lib/address-range.ts'
import { sha256 } from '../../lib/id.ts'
import type { Clock } from '../../lib/time.ts'
import type { CheckedGround, CredentialRefusal, Ground } from '../../smart/ground.ts'
import { type Policy, withApp } from '../../smart/policy.ts'
import { parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { narrow } from '../../smart/scope-algebra.ts'
import type { UserRegistry } from '../../users/registry.ts'
import { reachOf, type User } from '../../users/user.ts'
import { isForServices } from '../client-credentials.ts'

type Deps = {
  apiKeys: Pick<ApiKeys, 'recognise' | 'noteUse'>
  users: Pick<UserRegistry, 'find'>
  clients: Pick<ClientRegistry, 'find'>
  clock: Clock
  vocabulary: Vocabulary
  roles: { policyOf(names: readonly string[]): Promise<Policy> }
  /** How often anything changed that a credential rests on (liveness.ts). */
  count: () => Promise<number>
}
type Known = { key: ApiKey; count: number; ground: Ground | CredentialRefusal }

/** Keys that were seen, with what they opened. */
const KEPT = 10_000
const shape = new RegExp(`^${KEY_PREFIX}[A-Za-z0-9_-]{43}$`)

/**
 * Checks an API key as a resource server must on every request: whether it or its owner ended is asked from the
 * database, whether it has expired and where it comes from each time.
 */
export function apiKeyCheck(deps: Deps) {
  const known = new Map<string, Known>()

  async function look(secret: string, count: number): Promise<Known | undefined> {
    const key = await deps.apiKeys.recognise(secret)
    return key && { key, count, ground: await groundOf(key, deps) }
  }

  return async (secret: string, address: string): Promise<CheckedGround> => {
    if (!shape.test(secret)) return { refused: 'api-key-unknown' }
    const hash = sha256(secret)
    // Read before what it vouches for: a change in between makes the next request ask again.
    const count = await deps.count()
    const before = known.get(hash)
    const found = before?.count === count ? before : await look(secret, count)
    if (found === undefined) return { refused: 'api-key-unknown' }
    if (found !== before) remember(known, hash, found)
    const { key, ground } = found
    const shown = nameOf(key)
    if (typeof ground === 'string') return { refused: ground, shown }
    if (key.expires <= deps.clock()) return { refused: 'api-key-expired', shown }
    if (key.addresses.length > 0 && !liesInRanges(address, key.addresses))
      return { refused: 'api-key-address', shown }
    deps.apiKeys.noteUse(key)
    return { live: ground }
  }
}

function remember(known: Map<string, Known>, hash: string, found: Known): void {
  const oldest = known.size >= KEPT ? known.keys().next().value : undefined
  if (oldest !== undefined) known.delete(oldest)
  known.set(hash, found)
}

async function groundOf(key: ApiKey, deps: Deps): Promise<Ground | CredentialRefusal> {
  if (key.revoked !== undefined) return 'api-key-revoked'
  const { scopes } = parseScopes(key.scope, deps.vocabulary)
  if (key.owner.kind === 'user') {
    const user = await deps.users.find(key.owner.id)
    return user?.status === 'active' ? ofUser(key, user, scopes) : 'api-key-owner-ended'
  }
  const client = await deps.clients.find(key.owner.id)
  // A client that was registered anew under an old name is another one.
  if (client?.status !== 'active' || client.created !== key.owner.since) return 'api-key-owner-ended'
  return await ofClient(key, client, scopes, deps)
}

/** How the audit names a key; no token and no client is named so. */
function nameOf({ id }: ApiKey): string {
  return `api-key:${id}`
}

function ofUser(key: ApiKey, user: User, scopes: readonly Scope[]): Ground {
  const clientId = nameOf(key)
  const reach = reachOf(user, clientId)
  // Of the user's roles, as they are now, those of the key.
  const policy = reach.policy.filter(({ role }) => key.roles.includes(role))
  return {
    claims: { client_id: clientId, sub: user.id, jti: clientId },
    authority: {
      scopes: scopes.filter(isForUserKeys),
      patient: undefined,
      user: { ...reach, policy },
      policy: undefined,
    },
  }
}

/** What the client may no longer do, its keys may not either. */
async function ofClient(key: ApiKey, client: Client, scopes: readonly Scope[], deps: Deps): Promise<Ground> {
  const ceiling = parseScopes(client.metadata.scope, deps.vocabulary).scopes
  const { granted } = narrow(scopes.filter(isForServices), ceiling)
  const names = rolesThatCount(key.roles, client.metadata.roles)
  const policy = names && withApp(await deps.roles.policyOf(names), client.id)
  return {
    claims: { client_id: client.id, sub: `client:${client.id}`, jti: nameOf(key) },
    authority: { scopes: granted, patient: undefined, user: undefined, policy },
  }
}

/** Roles narrow: those of the key as far as the client has them, and without a role of its own those of the client. */
function rolesThatCount(ofKey: readonly string[], ofClient: readonly string[] | undefined) {
  if (ofKey.length === 0) return ofClient
  return ofClient === undefined ? ofKey : ofKey.filter((role) => ofClient.includes(role))
}

/** A user's key acts within what the user may see: no launch, no service, no right of our own interfaces. */
export function isForUserKeys(scope: Scope): boolean {
  return scope.kind === 'resource'
    ? scope.level === 'user'
    : scope.kind === 'identity' && scope.name === 'fhirUser'
}
