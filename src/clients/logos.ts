import type { Edit } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { sha256 } from '../lib/id.ts'
import type { Clock } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import { changingClients, type OnClientChange } from './changing.ts'
import type { Client } from './client.ts'

/** Bytes. */
const MOST = 64 * 1024

/**
 * What a picture is by its first bytes, whatever its name says. No SVG: it is a document, which may do more than show.
 */
const kinds = [
  { type: 'image/png', starts: /^89504e470d0a1a0a/ },
  { type: 'image/jpeg', starts: /^ffd8ff/ },
  { type: 'image/webp', starts: /^52494646.{8}57454250/ },
] as const

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
    const row = content && { ...read(content), client_id: id }
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

function read(content: Buffer): { type: string; content: string; hash: string } {
  const start = content.subarray(0, 16).toString('hex')
  const kind = kinds.find(({ starts }) => starts.test(start))
  if (kind === undefined) throw refused('must be a PNG, JPEG or WebP picture')
  if (content.length > MOST) throw refused(`must be at most ${MOST / 1024} kB`)
  return { type: kind.type, content: content.toString('base64'), hash: sha256(content) }
}

function refused(message: string): LanyardError {
  return new LanyardError('invalid-request', `The logo ${message}.`, {
    problems: [{ path: 'logo', message }],
  })
}
