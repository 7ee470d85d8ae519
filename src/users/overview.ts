import { type ExpressionBuilder, sql } from 'kysely'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { accountOf } from './rows.ts'
import type { Account } from './user.ts'

/** Which of them: whose name holds a text, in one state, with one role. */
export type AccountsWanted = {
  text?: string | undefined
  status?: Account['status'] | undefined
  role?: string | undefined
}

export type UserOverview = ReturnType<typeof createUserOverview>

/** True for accounts that have a role, whose name has no character that a pattern or JSON minds (smart/policy.ts). */
export function holding(role: string) {
  return ({ eb }: ExpressionBuilder<Tables, 'account'>) => eb('account.roles', 'like', `%"${role}"%`)
}

/** The users as one looks through them: by username, a page at a time. */
export function createUserOverview(db: Database) {
  return {
    /** @param behind the last username of the page before; @param most users of this page */
    async page(
      { text = '', status, role }: AccountsWanted,
      behind: string,
      most: number,
    ): Promise<Account[]> {
      let names = db.kysely
        .selectFrom('account')
        .select('username')
        .where('username', '>', behind)
        .orderBy('username')
        .limit(most)
      if (status !== undefined) names = names.where('status', '=', status)
      if (role !== undefined) names = names.where(holding(role))
      if (text !== '') {
        const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
        names = names.where(
          sql<boolean>`(username like ${pattern} escape '\\' or lower(display_name) like ${pattern} escape '\\')`,
        )
      }
      // The names alone stand in an index, which is looked through faster than the rows.
      const query = db.kysely
        .selectFrom('account')
        .selectAll()
        .where('username', 'in', names)
        .orderBy('username')
      return (await db.read(query.compile())).map(accountOf)
    },
    async count(): Promise<number> {
      const row = await db.kysely
        .selectFrom('account')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    /** When some users last signed in, in milliseconds, by their ids; nothing of those who never did. */
    async lastSignIns(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
      if (ids.length === 0) return new Map()
      const query = db.kysely
        .selectFrom('signed_in')
        .select(['user_id', 'at'])
        .where('user_id', 'in', [...ids])
      return new Map((await db.read(query.compile())).map(({ user_id, at }) => [user_id, Number(at)]))
    },
    /** How many users have each role; nothing of one that nobody has. */
    async countsByRole(): Promise<ReadonlyMap<string, number>> {
      const query = db.kysely
        .selectFrom('account')
        .select(({ fn }) => ['roles', fn.countAll<number>().as('count')])
        .groupBy('roles')
      const counts = new Map<string, number>()
      for (const { roles, count } of await db.read(query.compile()))
        for (const role of new Set(JSON.parse(roles) as string[]))
          counts.set(role, (counts.get(role) ?? 0) + Number(count))
      return counts
    },
  }
}
