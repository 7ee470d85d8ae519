import type { Kysely } from 'kysely'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { type Clock, instant } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { changingClients, type OnClientChange } from './changing.ts'
import type { Client } from './client.ts'
import { endingsOf } from './ending.ts'

/** That an admin asks the owner of an app to renew a credential. */
export type Reminder = {
  clientId: string
  /** The `kid` of a key, the thumbprint of a certificate. */
  credential: string
  /** When the credential ends, and when the owner was asked (milliseconds). */
  ends: number
  at: number
}

export type Reminders = ReturnType<typeof createReminders>

/**
 * What admins ask the owners of apps to renew: it stands on the pages of the owner until the credential is renewed or
 * they put it aside.
 */
export function createReminders(db: Database, clock: Clock, onChange: OnClientChange) {
  const { known } = changingClients(db, clock, onChange)
  const all = () => db.kysely.selectFrom('renewal_reminder').selectAll('renewal_reminder').orderBy('ends')

  async function tell(
    trx: Kysely<Tables>,
    event: 'client.remind' | 'client.dismiss',
    { id, origin, version }: Client,
    { credential, ends }: Pick<Reminder, 'credential' | 'ends'>,
    act: Act,
  ): Promise<void> {
    const said = `${credential}, ${instant(ends)}`
    const changed = { reminder: event === 'client.remind' ? { after: said } : { before: said } }
    await onChange(trx, { event, clientId: id, origin, version, act, changed })
  }

  /**
   * Asks the owner; once more, where they were asked before.
   * @throws LanyardError `not-found` for another credential, `conflict` for an app that no account owns
   */
  async function remind(id: string, credential: string, act: Act): Promise<Reminder> {
    return await db.kysely.transaction().execute(async (trx) => {
      const client = await known(trx, id)
      const ending = endingsOf(client).find(({ name }) => name === credential)
      if (ending === undefined)
        throw new LanyardError(
          'not-found',
          `The app "${id}" has no credential "${credential}" that says when it ends.`,
        )
      if (client.ownerUser === undefined)
        throw new LanyardError(
          'conflict',
          `No account owns the app "${id}", so nobody would see it. Write to its contacts.`,
          { reason: 'no-owner' },
        )
      const row = { client_id: id, credential, ends: ending.end, at: clock() }
      await trx
        .insertInto('renewal_reminder')
        .values(row)
        .onConflict((conflict) => conflict.columns(['client_id', 'credential']).doUpdateSet(row))
        .execute()
      await tell(trx, 'client.remind', client, row, act)
      return reminderOf(row)
    })
  }

  /**
   * Puts a reminder aside; nothing happens where there is none.
   * @param userId the owner: of apps of others there is nothing to put aside
   */
  async function dismiss(
    { userId, ...act }: Act & { userId: string },
    id: string,
    credential: string,
  ): Promise<void> {
    await db.kysely.transaction().execute(async (trx) => {
      const client = await known(trx, id)
      if (client.ownerUser !== userId) return
      const row = await trx
        .deleteFrom('renewal_reminder')
        .where('client_id', '=', id)
        .where('credential', '=', credential)
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) await tell(trx, 'client.dismiss', client, row, { ...act, userId })
    })
  }

  return {
    remind,
    dismiss,
    /** What the owner of an app was asked, the most urgent first. */
    async ofClient(id: string): Promise<Reminder[]> {
      return (await all().where('client_id', '=', id).execute()).map(reminderOf)
    },
    /** What somebody was asked about all of their apps, the most urgent first. */
    async ofOwner(userId: string): Promise<Reminder[]> {
      const rows = all()
        .innerJoin('client', 'client.client_id', 'renewal_reminder.client_id')
        .where('client.owner_user', '=', userId)
      return (await rows.execute()).map(reminderOf)
    },
  }
}

/** Of a client that has changed: what it was reminded of and has no more is renewed. */
export async function forgetRenewed(trx: Kysely<Tables>, client: Client): Promise<void> {
  const endings = endingsOf(client)
  const rows = await trx
    .selectFrom('renewal_reminder')
    .selectAll()
    .where('client_id', '=', client.id)
    .execute()
  for (const { credential, ends } of rows) {
    if (endings.some(({ name, end }) => name === credential && end === ends)) continue
    await trx
      .deleteFrom('renewal_reminder')
      .where('client_id', '=', client.id)
      .where('credential', '=', credential)
      .execute()
  }
}

function reminderOf({ client_id, ...row }: Tables['renewal_reminder']): Reminder {
  return { clientId: client_id, ...row }
}
