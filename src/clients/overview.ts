import { sql } from 'kysely'
import type { Database } from '../store/database.ts'
import { type Client, type ClientKind, type ClientStatus, clientOf } from './client.ts'

/** A client in the list, with when it last got a token or an answer (milliseconds). */
export type ListedClient = Client & { kind: ClientKind; used: number | undefined }

/** Which of them: what their name, id or owner contains, of one kind, in one state. */
export type ClientsWanted = {
  text?: string | undefined
  kind?: ClientKind | undefined
  status?: ClientStatus | undefined
}

/** Where a page of the list begins: behind the client of this name (in lower case) and id. */
export type Behind = { name: string; id: string }

export type ClientOverview = ReturnType<typeof createClientOverview>

/** The clients as one looks through them: by name, a page at a time. */
export function createClientOverview(db: Database) {
  const byName = () =>
    db.kysely
      .selectFrom('client')
      .leftJoin('client_used', 'client_used.client_id', 'client.client_id')
      .selectAll('client')
      .select('client_used.at as used')
      .orderBy('name')
      .orderBy('client.client_id')

  async function listed(query: ReturnType<typeof byName>): Promise<ListedClient[]> {
    const rows = await db.read(query.compile())
    return rows.map(({ used, ...row }) => ({ ...clientOf(row), kind: row.kind, used: used ?? undefined }))
  }

  /** @param most clients: one more than fit on a page tells whether there is another */
  async function page(
    wanted: ClientsWanted,
    behind: Behind | undefined,
    most: number,
  ): Promise<ListedClient[]> {
    const { text = '', kind, status } = wanted
    let query = byName().limit(most)
    if (text !== '') query = query.where(contains(text))
    if (kind !== undefined) query = query.where('kind', '=', kind)
    if (status === 'active') query = query.where('status', '=', 'active')
    if (status === 'disabled') query = query.where('status', '=', 'disabled').where('review', 'is', null)
    if (status === 'waiting' || status === 'refused')
      query = query.where('status', '=', 'disabled').where('review', '=', status)
    if (behind !== undefined)
      query = query.where(sql<boolean>`(name, client.client_id) > (${behind.name}, ${behind.id})`)
    return await listed(query)
  }

  /** The apps of a developer, by name. */
  const ofOwner = (userId: string): Promise<ListedClient[]> =>
    listed(byName().where('owner_user', '=', userId))

  /** The ids of those whose name holds a text. @param most ids */
  async function idsNamed(text: string, most: number): Promise<string[]> {
    const query = db.kysely
      .selectFrom('client')
      .select('client_id')
      .where(sql<boolean>`name like ${partOf(text)} escape '\\'`)
      .orderBy('name')
      .limit(most)
    return (await db.read(query.compile())).map((row) => row.client_id)
  }

  /** The active apps that people launch, by name. @param most apps */
  async function launched(most: number): Promise<Client[]> {
    const query = db.kysely
      .selectFrom('client')
      .selectAll()
      .where('status', '=', 'active')
      .where('kind', '!=', 'service')
      .orderBy('name')
      .orderBy('client_id')
      .limit(most)
    return (await db.read(query.compile())).map(clientOf)
  }

  /** How many there are in each state. */
  async function counts(): Promise<Record<ClientStatus, number>> {
    const rows = await db.kysely
      .selectFrom('client')
      .select(['status', 'review', ({ fn }) => fn.countAll<number>().as('count')])
      .groupBy(['status', 'review'])
      .execute()
    const found = { active: 0, waiting: 0, refused: 0, disabled: 0 }
    for (const { status, review, count } of rows)
      found[status === 'active' ? 'active' : (review ?? 'disabled')] += Number(count)
    return found
  }

  /** When a client last got a token or an answer (milliseconds). */
  async function lastUse(id: string): Promise<number | undefined> {
    const query = db.kysely.selectFrom('client_used').select('at').where('client_id', '=', id)
    return (await db.read(query.compile()))[0]?.at
  }

  return { page, ofOwner, idsNamed, launched, counts, lastUse }
}

/** In any case, also of the id; a wildcard of SQL is a letter like others. */
function contains(text: string) {
  const part = partOf(text)
  return sql<boolean>`(name like ${part} escape '\\' or owner like ${part} escape '\\'
    or lower(client.client_id) like ${part} escape '\\')`
}

function partOf(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}
