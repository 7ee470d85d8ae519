import { sql } from 'kysely'
import type { Database } from '../store/database.ts'
import { accountOf } from './rows.ts'
import type { Account } from './user.ts'

/** Which of them: whose name holds a text, in one state, with one role. */
export type AccountsWanted = {
  text?: string | undefined
  status?: Account['status'] | undefined
}

export type UserOverview = ReturnType<typeof createUserOverview>

/** The users as one looks through them: by username, a page at a time. */
export function createUserOverview(db: Database) {
  return {
    /** @param behind the last username of the page before; @param most users of this page */
    async page({ text = '', status }: AccountsWanted, behind: string, most: number): Promise<Account[]> {
      let query = db.kysely
        .selectFrom('account')
        .selectAll()
        .where('username', '>', behind)
        .orderBy('username')
        .limit(most)
      if (status !== undefined) query = query.where('status', '=', status)
      if (text !== '') {
        const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
        query = query.where(
          sql<boolean>`(username like ${pattern} escape '\\' or lower(display_name) like ${pattern} escape '\\')`,
        )
      }
      return (await db.search(query.compile())).map(accountOf)
    },
    async count(): Promise<number> {
      const row = await db.kysely
        .selectFrom('account')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
  }
}
