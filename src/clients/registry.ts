import { isDeepStrictEqual } from 'node:util'
import type { Act, Edit } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId, sha256 } from '../lib/id.ts'
import type { Clock } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'
import { changingClients, type OnClientChange, stale } from './changing.ts'
import { checkMetadata, type ServerLimits } from './check-metadata.ts'
import { type Client, type ClientOrigin, clientOf, columnsOf, usesSecret } from './client.ts'
import { type ClientMetadata, clientId } from './metadata.ts'
import { registeredOrigins } from './origins.ts'
import { refuseBeyond } from './own-apps-limit.ts'
import { forgetRenewed } from './reminders.ts'

export type { OnClientChange } from './changing.ts'
export { type Client, type ClientOrigin, secretMatches, usesSecret } from './client.ts'

/** What a registration returns once and never again. */
export type Registered = { client: Client; secret?: string }

/** Members on which the launches of a client rest. */
const rests = [
  'scope',
  'grant_types',
  'redirect_uris',
  'token_endpoint_auth_method',
  'jwks',
  'jwks_uri',
  'x509',
] as const

export type ClientRegistry = ReturnType<typeof createClientRegistry>

/** The register of clients. */
export function createClientRegistry(
  db: Database,
  clock: Clock,
  limits: ServerLimits,
  onChange: OnClientChange,
) {
  const { known, change, told, endLaunches } = changingClients(db, clock, onChange)
  const byId = db.kysely.selectFrom('client').selectAll().where('client_id', '=', '').compile()

  /** The client, or nothing; those that are not active too. Reads the database each time: a change counts at once. */
  async function find(id: string): Promise<Client | undefined> {
    if (!clientId.test(id)) return undefined
    const [row] = await db.read(bind(byId, id))
    return row === undefined ? undefined : clientOf(row)
  }

  async function list(): Promise<Client[]> {
    return (await db.kysely.selectFrom('client').selectAll().orderBy('client_id').execute()).map(clientOf)
  }

  /**
   * Adds a client; makes an id if the metadata names none, and a secret if it needs one (but none for a client
   * from the configuration folder, as nobody would see it: `newSecret`).
   * @param how.waiting it gets nothing before an admin has let it in
   * @param how.owner the developer whose app it is, and how many such apps they may have
   * @throws LanyardError `invalid-request` with every mistake, `conflict` if the id is taken or there are too many
   */
  async function add(
    input: unknown,
    origin: ClientOrigin,
    {
      waiting = false,
      owner,
      ...act
    }: Act & { waiting?: boolean; owner?: { userId: string; most: number } | undefined } = {},
  ): Promise<Registered> {
    const metadata = check(input)
    const id = metadata.client_id ?? randomId()
    const secret = origin !== 'config' && usesSecret(metadata) ? randomId(256) : undefined
    const now = clock()
    const row = {
      client_id: id,
      ...columnsOf(id, metadata),
      secret_hash: secret === undefined ? null : sha256(secret),
      status: waiting ? ('disabled' as const) : ('active' as const),
      review: waiting ? ('waiting' as const) : null,
      origin,
      owner_user: owner?.userId ?? null,
      grant_id: randomId(),
      created: now,
      updated: now,
    }
    return await db.kysely.transaction().execute(async (trx) => {
      const added = await trx
        .insertInto('client')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
      if (added === undefined) {
        throw new LanyardError(
          'conflict',
          `A client with the id "${id}" exists already. Change it with \`client update\`, or choose another id.`,
          { reason: 'client-id-taken' },
        )
      }
      if (owner !== undefined) await refuseBeyond(trx, db.dialect, owner)
      const client = await told(trx, 'client.add', undefined, clientOf(added), act)
      return { client, ...(secret === undefined ? {} : { secret }) }
    })
  }

  /**
   * Replaces a client's metadata; omitted members go back to their defaults (RFC 7592 §2.2). Its tokens as a
   * service end at once, and so do its launches where what it may do or how it proves itself has changed. A client
   * that changes to a secret gets one.
   * @param how.waiting it gets nothing more before an admin has looked at what has changed
   * @throws LanyardError `not-found`, `invalid-request`, `conflict` if it is of another version by now
   */
  async function update(
    id: string,
    input: unknown,
    { origin, waiting = false, ...edit }: Edit & { origin?: ClientOrigin; waiting?: boolean } = {},
  ): Promise<Registered> {
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
      const after = await change(trx, before, edit, {
        ...columnsOf(id, metadata),
        grant_id: randomId(),
        ...(waiting ? { status: 'disabled' as const, review: 'waiting' as const } : {}),
        ...(origin === undefined ? {} : { origin }),
        ...(secret === undefined ? {} : { secret_hash: sha256(secret) }),
        ...(needsSecret
          ? {}
          : { secret_hash: null, previous_secret_hash: null, previous_secret_until: null }),
      })
      if (waiting || rests.some((member) => !isDeepStrictEqual(metadata[member], before.metadata[member])))
        await endLaunches(trx, id)
      await forgetRenewed(trx, after)
      const client = await told(trx, 'client.update', before, after, edit)
      return { client, ...(secret === undefined ? {} : { secret }) }
    })
  }

  /**
   * Makes a new secret.
   * @param how.overlap milliseconds for which the old one is good too; without, it ends at once
   * @throws LanyardError `not-found`, `invalid-request` for a client without secret, `conflict`
   */
  async function newSecret(
    id: string,
    { overlap = 0, ...edit }: Edit & { overlap?: number } = {},
  ): Promise<Registered & { secret: string }> {
    const secret = randomId(256)
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, id)
      if (!usesSecret(before.metadata)) {
        throw new LanyardError(
          'invalid-request',
          `The client "${id}" authenticates by ${before.metadata.token_endpoint_auth_method} and has no secret.`,
        )
      }
      const kept = overlap > 0 && before.secretHash !== undefined
      const after = await change(trx, before, edit, {
        secret_hash: sha256(secret),
        previous_secret_hash: kept ? before.secretHash : null,
        previous_secret_until: kept ? clock() + overlap : null,
      })
      return { client: await told(trx, 'client.secret', before, after, edit), secret }
    })
  }

  /**
   * Disables or enables a client, or lets in or refuses one that waits; its tokens end at once, and for good.
   * Nothing happens if it is so already.
   * @param how.origin who owns it from now on, if that changes
   * @throws LanyardError `not-found`, `conflict`
   */
  async function setStatus(
    id: string,
    status: 'active' | 'disabled' | 'refused',
    { origin, ...edit }: Edit & { origin?: ClientOrigin | undefined } = {},
  ): Promise<Client> {
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, id)
      if (before.status === status) return before
      if (status === 'refused' && before.status !== 'waiting')
        throw new LanyardError(
          'conflict',
          `The client "${id}" does not wait to be let in: disable it instead.`,
        )
      const after = await change(trx, before, edit, {
        status: status === 'active' ? 'active' : 'disabled',
        review: status === 'refused' ? 'refused' : null,
        grant_id: randomId(),
        ...(origin === undefined ? {} : { origin }),
      })
      // Enabled again, it gets no launch back.
      await endLaunches(trx, id)
      const event = { active: 'enable', disabled: 'disable', refused: 'refuse' } as const
      return await told(trx, `client.${event[status]}`, before, after, edit)
    })
  }

  /**
   * Ends everything that a client was allowed, by whoever it was: its tokens, its launches, and what users are
   * remembered to have agreed to.
   * @throws LanyardError `not-found`, `conflict`
   */
  async function endAll(id: string, edit: Edit = {}): Promise<Client> {
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, id)
      // First, as whoever begins a launch by what is remembered waits for it (launches/grants.ts).
      await trx.deleteFrom('consent').where('client_id', '=', id).execute()
      await endLaunches(trx, id)
      const after = await change(trx, before, edit, { grant_id: randomId() })
      return await told(trx, 'client.end', before, after, edit)
    })
  }

  /** Removes a client with its grants; its tokens are dead at the next request. */
  async function remove(id: string, edit: Edit = {}): Promise<void> {
    await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, id)
      const version = edit.version ?? before.version
      const { numDeletedRows } = await trx
        .deleteFrom('client')
        .where('client_id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw stale(id)
      // Whoever is registered under this id next begins anew.
      for (const table of [
        'launch_grant',
        'launch_handle',
        'consent',
        'client_logo',
        'client_used',
        'failed_assertion',
        'renewal_reminder',
      ] as const)
        await trx.deleteFrom(table).where('client_id', '=', id).execute()
      await told(trx, 'client.remove', before, undefined, edit)
    })
  }

  /**
   * What would be registered.
   * @throws LanyardError `invalid-request` with every mistake
   */
  const check = (input: unknown): ClientMetadata => checkMetadata(input, limits)

  const allowsOrigin = registeredOrigins(db, list)
  return { find, list, check, add, update, newSecret, setStatus, endAll, remove, allowsOrigin }
}
