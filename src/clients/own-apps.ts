import { isDeepStrictEqual } from 'node:util'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { HOUR } from '../lib/time.ts'
import { isResourceScope, parseScopes, type Vocabulary } from '../smart/scope.ts'
import { stale } from './changing.ts'
import { asInput, type Client } from './client.ts'
import type { ClientMetadata } from './metadata.ts'
import type { ClientOverview, ListedClient } from './overview.ts'
import type { ClientRegistry, Registered } from './registry.ts'

/** Apps that one developer may have. */
const MOST = 20

/** Members that only those who run the server give: trust, and what is meant to limit an app. */
const trust = ['verified', 'skip_consent', 'introspects_all'] as const
const bounds = [
  'roles',
  'responsible_user',
  'default_scope',
  'access_token_lifetime',
  'max_consent_duration',
] as const
/** Members that a developer changes without anybody looking at it again: with a JWKS URL nobody would. */
const free: ReadonlySet<string> = new Set(['contacts', 'jwks', 'jwks_uri', 'x509', 'client_id'])

/** Who acts: a developer who is signed in. */
export type Developer = Act & { userId: string }

export type OwnApps = ReturnType<typeof createOwnApps>

/**
 * What developers do with apps of their own (DCR-05). An app waits for an admin, as does one that changes in what an
 * admin has looked at; in the demo it starts at once, unless it wants data without a person. Nobody gives their own app
 * trust or a right over this server. An app of somebody else is not there.
 */
export function createOwnApps({
  clients,
  overview,
  vocabulary,
  demo,
}: {
  clients: ClientRegistry
  overview: Pick<ClientOverview, 'ofOwner'>
  vocabulary: Vocabulary
  demo: boolean
}) {
  async function find(userId: string, id: string): Promise<Client> {
    const client = await clients.find(id)
    if (client?.ownerUser === userId) return client
    throw new LanyardError('not-found', 'There is no such app of yours.', { reason: 'no-own-app' })
  }

  /** The same, if it is still as whoever changes it has seen it. */
  async function seen({ userId }: Developer, id: string, version: number): Promise<Client> {
    const client = await find(userId, id)
    if (client.version !== version) throw stale(id)
    return client
  }

  /** What a developer may say of what was sent, as it is handed on and as it is read. @param kept members that stay */
  function checked(input: Readonly<Record<string, unknown>>, kept: Readonly<Record<string, unknown>> = {}) {
    const { client_id: _id, ...sent } = input
    const members = Object.entries(sent).filter(([name]) => !isReserved(name))
    const given: Record<string, unknown> = { ...Object.fromEntries(members), ...kept }
    const metadata = clients.check(given)
    const rights = parseScopes(metadata.scope, vocabulary).scopes.filter(({ kind }) => kind === 'extension')
    if (rights.length === 0) return { given, metadata }
    const message = 'Scopes that are rights over this server are given by its admins only'
    throw new LanyardError('invalid-request', `${message}.`, { problems: [{ path: 'scope', message }] })
  }

  /** Whether an admin has to look at it first. */
  function mustWait({ scope }: ClientMetadata): boolean {
    const { scopes } = parseScopes(scope, vocabulary)
    return !demo || scopes.some((one) => isResourceScope(one) && one.level === 'system')
  }

  /** @throws LanyardError `invalid-request` with every mistake, `conflict` if there are too many */
  async function register(
    developer: Developer,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Registered> {
    const { given, metadata } = checked(input)
    const owner = { userId: developer.userId, most: MOST }
    return await clients.add(given, 'developer', { ...developer, owner, waiting: mustWait(metadata) })
  }

  /**
   * Replaces the metadata.
   * @param version that was seen
   * @throws LanyardError `not-found`, `invalid-request`, `conflict` if it is of another version by now
   */
  async function update(
    developer: Developer,
    { id, version }: { id: string; version: number },
    input: Readonly<Record<string, unknown>>,
  ): Promise<Registered> {
    const before = await seen(developer, id, version)
    const present = asInput(before.metadata)
    const { given, metadata } = checked(input, pick(present, bounds))
    const isFree = isHarmless(before.metadata, metadata)
    // A disabled one too: whoever enables it again would let in what nobody has looked at.
    const waiting = !isFree && (before.status !== 'active' || mustWait(metadata))
    // Trust was in what an admin saw.
    const trusted = isFree ? pick(present, trust) : {}
    return await clients.update(id, { ...given, ...trusted }, { ...developer, version, waiting })
  }

  /** @param hours for which the old secret is good too */
  async function newSecret(
    developer: Developer,
    { id, version }: { id: string; version: number },
    hours: number,
  ) {
    await seen(developer, id, version)
    return await clients.newSecret(id, { ...developer, version, overlap: hours * HOUR })
  }

  async function remove(developer: Developer, { id, version }: { id: string; version: number }) {
    await seen(developer, id, version)
    await clients.remove(id, { ...developer, version })
  }

  const list = (userId: string): Promise<ListedClient[]> => overview.ofOwner(userId)
  return { find, list, register, update, newSecret, remove }
}

function isReserved(name: string): boolean {
  return [...trust, ...bounds].some((reserved) => reserved === name)
}

function pick(metadata: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(names.filter((name) => name in metadata).map((name) => [name, metadata[name]]))
}

/** Whether nothing has changed that an admin has looked at, or only that it asks for less. */
function isHarmless(before: ClientMetadata, after: ClientMetadata): boolean {
  const [one, other]: Readonly<Record<string, unknown>>[] = [before, after]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const had = new Set(before.scope.split(' '))
  return [...names].every((name) => {
    if (free.has(name) || trust.some((given) => given === name)) return true
    if (name === 'scope') return after.scope.split(' ').every((scope) => scope === '' || had.has(scope))
    return isDeepStrictEqual(one?.[name], other?.[name])
  })
}
