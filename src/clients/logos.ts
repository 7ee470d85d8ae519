import type { Edit } from '../lib/act.ts'
import { pictureOf } from '../lib/picture.ts'
import type { Clock } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import { changingClients, type OnClientChange } from './changing.ts'
import type { Client } from './client.ts'

export type Logo = { type: string; content: Buffer }
export type Logos = ReturnType<typeof createLogos>

/** Our own copies of the logos of apps: nothing that people see is loaded from elsewhere. */
export function createLogos(db: Database, clock: Clock, onChange: OnClientChange) {
  const { known, change, told } = changingClients(db, clock, onChange)

  /** The logo of this hash. */
  async function find(hash: string): Promise<Logo | undefined> {
    const query = db.kysely
      .selectFrom('client_logo')
      .select(['type', 'content'])
      .where('hash', '=', hash)
      .limit(1)
    const [row] = await db.read(query.compile())
    return row && { type: row.type, content: Buffer.from(row.content, 'base64') }
  }

  /**
   * Keeps a copy of an app's logo, or none.
   * @throws LanyardError `invalid-request` for what is no such picture, `not-found`, `conflict`
   */
  async function set(id: string, content: Buffer | undefined, edit: Edit): Promise<Client> {
    // No drawings: they are documents, and whoever registers an app is not known well enough for that.
    const row = content && { ...pictureOf(content), client_id: id }
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, id)
      const after = await change(trx, before, edit, { logo: row?.hash ?? null })
      await trx.deleteFrom('client_logo').where('client_id', '=', id).execute()
      if (row !== undefined) await trx.insertInto('client_logo').values(row).execute()
      return await told(trx, 'client.logo', before, after, edit)
    })
  }

  return { find, set }
}
