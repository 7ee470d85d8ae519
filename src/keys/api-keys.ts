import { type Kysely, type Selectable, sql } from 'kysely'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId, sha256 } from '../lib/id.ts'
import { type Clock, DAY, MINUTE } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type ApiKey, KEY_PREFIX, type KeyOwner, type NewApiKey } from './api-key.ts'

type Row = Selectable<Tables['api_key']>

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnApiKeyChange = (
  kysely: Kysely<Tables>,
  change: { event: 'api-key.add' | 'api-key.revoke'; key: ApiKey; act: Act },
) => Promise<void>

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The register of API keys. A key itself is not stored, only its hash; a change counts at once, on every node. */
export function createApiKeys(db: Database, clock: Clock, onChange: OnApiKeyChange) {
  const byHash = db.kysely.selectFrom('api_key').selectAll().where('key_hash', '=', '').compile()
  /** Until when the use of a key need not be written down again, by its id. */
  const noted = new Map<string, number>()

  /**
   * Makes a key; whoever calls has seen to it that the owner may have it (oidc/ways-in/new-api-key.ts).
   * @returns it, with its secret, which is said this one time
   */
  async function add(
    { name, scope, addresses, expires_in_days }: NewApiKey,
    owner: KeyOwner,
    roles: readonly string[],
    act: Act = {},
  ): Promise<{ key: ApiKey; secret: string }> {
    const secret = `${KEY_PREFIX}${randomId(256)}`
    const now = clock()
    const row: Row = {
      key_id: randomId(64),
      key_hash: sha256(secret),
      name,
      user_id: owner.kind === 'user' ? owner.id : null,
      client_id: owner.kind === 'client' ? owner.id : null,
      client_since: owner.kind === 'client' ? owner.since : null,
      roles: JSON.stringify(roles),
      scope,
      addresses: JSON.stringify(addresses),
      created: now,
      expires: now + expires_in_days * DAY,
      revoked: null,
      used: null,
    }
    const key = fromRow(row)
    await db.kysely.transaction().execute(async (trx) => {
      await trx.insertInto('api_key').values(row).execute()
      await onChange(trx, { event: 'api-key.add', key, act })
    })
    return { key, secret }
  }

  const newestFirst = db.kysely
    .selectFrom('api_key')
    .selectAll()
    .orderBy('created', 'desc')
    .orderBy('key_id', 'desc')

  /** All keys, the newest first; those that were revoked or have expired too. */
  async function list(): Promise<ApiKey[]> {
    return (await newestFirst.execute()).map(fromRow)
  }

  /**
   * The same, a page at a time.
   * @param behind the last key of the page before
   * @param most keys: one more than fit on a page tells whether there is another
   */
  async function page(behind: Pick<ApiKey, 'created' | 'id'> | undefined, most: number): Promise<ApiKey[]> {
    const query =
      behind === undefined
        ? newestFirst
        : newestFirst.where(sql<boolean>`(created, key_id) < (${behind.created}, ${behind.id})`)
    return (await db.read(query.limit(most).compile())).map(fromRow)
  }

  async function find(id: string): Promise<ApiKey | undefined> {
    const [row] = await db.read(
      db.kysely.selectFrom('api_key').selectAll().where('key_id', '=', id).compile(),
    )
    return row && fromRow(row)
  }

  /**
   * Ends a key at once, and for good. Nothing happens if it has ended already.
   * @throws LanyardError `not-found`
   */
  async function revoke(id: string, act: Act = {}): Promise<ApiKey> {
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('api_key')
        .set({ revoked: clock() })
        .where('key_id', '=', id)
        .where('revoked', 'is', null)
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) {
        await onChange(trx, { event: 'api-key.revoke', key: fromRow(row), act })
        return fromRow(row)
      }
      const ended = await trx.selectFrom('api_key').selectAll().where('key_id', '=', id).executeTakeFirst()
      if (ended !== undefined) return fromRow(ended)
      throw new LanyardError('not-found', `There is no API key "${id}". \`lanyard api-key list\` shows all.`)
    })
  }

  /** The key that somebody shows, if there is one; one that has ended too. Found by its hash: no comparing, no timing. */
  async function recognise(secret: string): Promise<ApiKey | undefined> {
    const [row] = await db.read(bind(byHash, sha256(secret)))
    return row === undefined ? undefined : fromRow(row)
  }

  /** Notes that a key was used: at most once a minute, as it is a write. It is a help, and never holds a request up. */
  function noteUse({ id, used = 0 }: ApiKey): void {
    const now = clock()
    if (now < Math.max(noted.get(id) ?? 0, used + MINUTE)) return
    noted.set(id, now + MINUTE)
    db.kysely
      .updateTable('api_key')
      .set({ used: now })
      .where('key_id', '=', id)
      .where((where) => where.or([where('used', 'is', null), where('used', '<=', now - MINUTE)]))
      .execute()
      .catch(() => noted.delete(id))
  }

  return { add, list, page, find, revoke, recognise, noteUse }
}

function fromRow(row: Row): ApiKey {
  return {
    id: row.key_id,
    name: row.name,
    owner:
      row.user_id === null
        ? { kind: 'client', id: row.client_id ?? '', since: row.client_since ?? 0 }
        : { kind: 'user', id: row.user_id },
    roles: JSON.parse(row.roles) as string[],
    scope: row.scope,
    addresses: JSON.parse(row.addresses) as string[],
    created: row.created,
    expires: row.expires,
    revoked: row.revoked ?? undefined,
    used: row.used ?? undefined,
  }
}
