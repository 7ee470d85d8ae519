import type { Kysely, UpdateObject } from 'kysely'
import type { Act, Edit } from '../lib/act.ts'
import { type Changed, changedMembers } from '../lib/changed.ts'
import { LanyardError } from '../lib/errors.ts'
import type { Clock } from '../lib/time.ts'
import { noteChange } from '../store/changes.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type Client, type ClientOrigin, clientOf, toldOf } from './client.ts'

type ClientEvent =
  `client.${'add' | 'update' | 'logo' | 'secret' | 'disable' | 'enable' | 'refuse' | 'end' | 'remove' | 'remind' | 'dismiss'}`

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnClientChange = (
  kysely: Kysely<Tables>,
  change: {
    event: ClientEvent
    clientId: string
    origin: ClientOrigin
    version: number
    act: Act
    changed: Changed
  },
) => Promise<void>

/** What every change of a client is made of; each to be called in its transaction. */
export function changingClients(db: Database, clock: Clock, onChange: OnClientChange) {
  /** As it is; nobody else changes it before this transaction ends. */
  async function known(trx: Kysely<Tables>, id: string): Promise<Client> {
    const query = trx.selectFrom('client').selectAll().where('client_id', '=', id)
    const row = await (db.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    if (row === undefined)
      throw new LanyardError('not-found', `There is no client "${id}". \`lanyard client list\` shows all.`)
    return clientOf(row)
  }

  /** One statement that changes the state that was seen, or nothing. */
  async function change(
    trx: Kysely<Tables>,
    { id, version }: Client,
    edit: Edit,
    values: UpdateObject<Tables, 'client'>,
  ): Promise<Client> {
    const row = await trx
      .updateTable('client')
      .set({ ...values, updated: clock(), version: version + 1 })
      .where('client_id', '=', id)
      .where('version', '=', edit.version ?? version)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw stale(id)
    return clientOf(row)
  }

  async function told<Some extends Client | undefined>(
    trx: Kysely<Tables>,
    event: ClientEvent,
    before: Client | undefined,
    after: Some,
    { version: _seen, ...act }: Edit,
  ): Promise<Some> {
    await noteChange(trx, 'client')
    const one = after ?? before
    if (one === undefined) return after
    const changed = changedMembers(before ? toldOf(before) : {}, after ? toldOf(after) : {})
    await onChange(trx, { event, clientId: one.id, origin: one.origin, version: one.version, act, changed })
    return after
  }

  async function endLaunches(trx: Kysely<Tables>, id: string): Promise<void> {
    await trx
      .updateTable('launch_grant')
      .set({ revoked: clock() })
      .where('client_id', '=', id)
      .where('revoked', 'is', null)
      .execute()
  }

  return { known, change, told, endLaunches }
}

export function stale(id: string): LanyardError {
  return new LanyardError(
    'conflict',
    `The client "${id}" was changed by somebody else meanwhile. Look at it again before you change it.`,
    { reason: 'stale' },
  )
}
