import { isDeepStrictEqual } from 'node:util'
import type { Kysely, Selectable } from 'kysely'
import { LanyardError } from '../lib/errors.ts'
import { equalInConstantTime, randomId, sha256 } from '../lib/id.ts'
import { mistakesIn } from '../lib/mistakes.ts'
import type { Clock } from '../lib/time.ts'
import { noteChange } from '../store/changes.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type ClientMetadata, clientId, metadataSchema } from './metadata.ts'

export type ClientOrigin = Tables['client']['origin']

/** A registered client. */
export type Client = {
  id: string
  metadata: ClientMetadata
  status: 'active' | 'disabled'
  origin: ClientOrigin
  hasSecret: boolean
  /** SHA-256 of the secret; the secret itself is known to the client only. */
  secretHash: string | undefined
  /** The standing permission that tokens of a backend service carry; a new one ends them all. */
  grantId: string
  created: number
  updated: number
}
/** What a registration returns once and never again. */
export type Registered = { client: Client; secret?: string }

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnClientChange = (
  kysely: Kysely<Tables>,
  change: {
    event: `client.${'add' | 'update' | 'secret' | 'disable' | 'enable' | 'remove'}`
    clientId: string
    origin: ClientOrigin
  },
) => Promise<void>

/** Members on which the launches of a client rest. */
const limits = [
  'scope',
  'grant_types',
  'redirect_uris',
  'token_endpoint_auth_method',
  'jwks',
  'jwks_uri',
  'x509',
] as const

export type ClientRegistry = ReturnType<typeof createClientRegistry>

/**
 * The register of clients.
 * @param scopeProblems sentences about a `scope` member that this server cannot grant
 */
export function createClientRegistry(
  db: Database,
  clock: Clock,
  scopeProblems: (scope: string) => string[],
  onChange: OnClientChange,
) {
  const byId = db.kysely.selectFrom('client').selectAll().where('client_id', '=', '').compile()

  /** The client, or nothing; disabled ones too. Reads the database each time: a change counts at once. */
  async function find(id: string): Promise<Client | undefined> {
    if (!clientId.test(id)) return undefined
    const [row] = await db.read(bind(byId, id))
    return row === undefined ? undefined : fromRow(row)
  }

  async function list(): Promise<Client[]> {
    return (await db.kysely.selectFrom('client').selectAll().orderBy('client_id').execute()).map(fromRow)
  }

  /**
   * Adds a client; makes an id if the metadata names none, and a secret if it needs one (but none for a client
   * from the configuration folder, as nobody would see it: `newSecret`).
   * @throws LanyardError `invalid-request` with every mistake, `conflict` if the id is taken
   */
  async function add(input: unknown, origin: ClientOrigin): Promise<Registered> {
    const metadata = check(input)
    const id = metadata.client_id ?? randomId()
    const secret = origin !== 'config' && usesSecret(metadata) ? randomId(256) : undefined
    const now = clock()
    const row = {
      client_id: id,
      metadata: JSON.stringify({ ...metadata, client_id: id }),
      secret_hash: secret === undefined ? null : sha256(secret),
      status: 'active' as const,
      origin,
      grant_id: randomId(),
      created: now,
      updated: now,
    }
    return await db.kysely.transaction().execute(async (trx) => {
      const result = await trx
        .insertInto('client')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (Number(result.numInsertedOrUpdatedRows) === 0) {
        throw new LanyardError(
          'conflict',
          `A client with the id "${id}" exists already. Change it with \`client update\`, or choose another id.`,
        )
      }
      await noteChange(trx, 'client')
      await onChange(trx, { event: 'client.add', clientId: id, origin })
      return { client: fromRow(row), ...(secret === undefined ? {} : { secret }) }
    })
  }

  /**
   * Replaces a client's metadata; omitted members go back to their defaults (RFC 7592 §2.2). Its tokens as a
   * service end at once, and so do its launches where what it may do or how it proves itself has changed. A client that changes to a secret gets one.
   * @throws LanyardError `not-found`, `invalid-request`
   */
  async function update(id: string, input: unknown, origin?: ClientOrigin): Promise<Registered> {
    const metadata = check(input)
    if (metadata.client_id !== undefined && metadata.client_id !== id) {
      throw new LanyardError(
        'invalid-request',
        `client_id says "${metadata.client_id}", but the client is "${id}". An id cannot be changed.`,
      )
    }
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, id)
      const needsSecret = usesSecret(metadata)
      const secret = needsSecret && !before.hasSecret && origin !== 'config' ? randomId(256) : undefined
      const row = await trx
        .updateTable('client')
        .set({
          metadata: JSON.stringify({ ...metadata, client_id: id }),
          updated: clock(),
          grant_id: randomId(),
          ...(origin === undefined ? {} : { origin }),
          ...(secret === undefined
            ? needsSecret
              ? {}
              : { secret_hash: null }
            : { secret_hash: sha256(secret) }),
        })
        .where('client_id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      if (limits.some((member) => !isDeepStrictEqual(metadata[member], before.metadata[member])))
        await endLaunches(trx, id)
      await noteChange(trx, 'client')
      await onChange(trx, { event: 'client.update', clientId: id, origin: row.origin })
      return { client: fromRow(row), ...(secret === undefined ? {} : { secret }) }
    })
  }

  /** Makes a new secret; the old one ends at once. */
  async function newSecret(id: string): Promise<Registered & { secret: string }> {
    const secret = randomId(256)
    return await db.kysely.transaction().execute(async (trx) => {
      const client = await known(trx, id)
      if (!usesSecret(client.metadata)) {
        throw new LanyardError(
          'invalid-request',
          `The client "${id}" authenticates by ${client.metadata.token_endpoint_auth_method} and has no secret.`,
        )
      }
      await trx
        .updateTable('client')
        .set({ secret_hash: sha256(secret), updated: clock() })
        .where('client_id', '=', id)
        .execute()
      await noteChange(trx, 'client')
      await onChange(trx, { event: 'client.secret', clientId: id, origin: client.origin })
      return { client: { ...client, hasSecret: true, secretHash: sha256(secret) }, secret }
    })
  }

  /**
   * Disables or enables a client; its tokens end at once, and for good. Nothing happens if it is so already.
   * @param origin who owns it from now on, if that changes
   * @throws LanyardError `not-found`
   */
  async function setStatus(id: string, status: Client['status'], origin?: ClientOrigin): Promise<Client> {
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('client')
        .set({ status, updated: clock(), grant_id: randomId(), ...(origin === undefined ? {} : { origin }) })
        .where('client_id', '=', id)
        .where('status', '!=', status)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) return await known(trx, id)
      // Enabled again, it gets no launch back.
      await endLaunches(trx, id)
      await noteChange(trx, 'client')
      const event = status === 'active' ? 'client.enable' : 'client.disable'
      await onChange(trx, { event, clientId: id, origin: row.origin })
      return fromRow(row)
    })
  }

  async function endLaunches(trx: Kysely<Tables>, id: string): Promise<void> {
    await trx
      .updateTable('launch_grant')
      .set({ revoked: clock() })
      .where('client_id', '=', id)
      .where('revoked', 'is', null)
      .execute()
  }

  /** Removes a client with its grants; its tokens are dead at the next request. */
  async function remove(id: string): Promise<void> {
    await db.kysely.transaction().execute(async (trx) => {
      const client = await known(trx, id)
      await trx.deleteFrom('client').where('client_id', '=', id).execute()
      // Whoever is registered under this id next begins anew.
      for (const table of ['launch_grant', 'launch_handle', 'consent'] as const)
        await trx.deleteFrom(table).where('client_id', '=', id).execute()
      await noteChange(trx, 'client')
      await onChange(trx, { event: 'client.remove', clientId: id, origin: client.origin })
    })
  }

  /**
   * What would be registered.
   * @throws LanyardError `invalid-request` with every mistake
   */
  function check(input: unknown): ClientMetadata {
    const parsed = metadataSchema.safeParse(input)
    const mistakes = parsed.success
      ? [...scopeProblems(parsed.data.scope), ...scopeProblems(parsed.data.default_scope ?? '')]
      : mistakesIn(parsed.error)
    if (!parsed.success || mistakes.length > 0) {
      throw new LanyardError(
        'invalid-request',
        `The client's metadata cannot be accepted: ${mistakes.join('; ')}.`,
        {
          word: mistakes.some((mistake) => mistake.startsWith('redirect_uris'))
            ? 'invalid_redirect_uri'
            : 'invalid_client_metadata',
        },
      )
    }
    return parsed.data
  }

  /** True if some active client registered this browser origin (CORS-02). */
  async function allowsOrigin(origin: string): Promise<boolean> {
    return (await origins()).has(origin)
  }

  let cachedOrigins: { version: number; origins: Set<string> } | undefined
  const changes = db.kysely.selectFrom('change').select('version').where('name', '=', 'client').compile()
  async function origins(): Promise<Set<string>> {
    const version = (await db.read(changes))[0]?.version ?? 0
    if (cachedOrigins?.version !== version) {
      const active = (await list()).filter((client) => client.status === 'active')
      cachedOrigins = {
        version,
        origins: new Set(active.flatMap(({ metadata }) => metadata.allowed_origins ?? [])),
      }
    }
    return cachedOrigins.origins
  }

  return { find, list, check, add, update, newSecret, setStatus, remove, allowsOrigin }
}

/** True for a client that authenticates by a secret, and so needs to have one. */
export function usesSecret(metadata: ClientMetadata): boolean {
  return metadata.token_endpoint_auth_method === 'client_secret_basic'
}

/** Compares a secret with a client's; false for a client that has none. */
export function secretMatches(client: Client, secret: string): boolean {
  return client.secretHash !== undefined && equalInConstantTime(sha256(secret), client.secretHash)
}

async function known(kysely: Kysely<Tables>, id: string): Promise<Client> {
  const row = await kysely.selectFrom('client').selectAll().where('client_id', '=', id).executeTakeFirst()
  if (row === undefined)
    throw new LanyardError('not-found', `There is no client "${id}". \`lanyard client list\` shows all.`)
  return fromRow(row)
}

function fromRow(row: Selectable<Tables['client']>): Client {
  return {
    id: row.client_id,
    metadata: JSON.parse(row.metadata) as ClientMetadata,
    status: row.status,
    origin: row.origin,
    hasSecret: row.secret_hash !== null,
    secretHash: row.secret_hash ?? undefined,
    grantId: row.grant_id,
    created: row.created,
    updated: row.updated,
  }
}
