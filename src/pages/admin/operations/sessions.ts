import { z } from 'zod'
import type { BehindSession, ListedSession } from '../../../launches/sign-in-step.ts'
import { instant } from '../../../lib/time.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { pageOf, readCursor } from './cursor.ts'
import { operation, paging } from './operation.ts'

export type SessionOperationDeps = {
  users: Pick<UserRegistry, 'find'>
  sessions: {
    page: (behind: BehindSession | undefined, most: number) => Promise<(ListedSession & { userId: string })[]>
  }
}

const session = z.object({
  id: z.string(),
  username: z.string().optional().describe('Left out where the user is gone.'),
  display_name: z.string().optional(),
  since: z.iso.datetime(),
  address: z.string(),
  agent: z.string(),
})
const place = z.object({ at: z.number(), uid: z.string() })

/** Who is signed in at the moment; a session is ended among those of its user. */
export function sessionOperations({ users, sessions }: SessionOperationDeps) {
  return {
    list: operation({
      name: 'listSessions',
      method: 'get',
      path: '/sessions',
      summary: 'Look through the sessions of all users, newest first.',
      needs: 'see',
      input: z.object(paging),
      output: z.object({ items: z.array(session), next: z.string().optional() }),
      async run({ after, limit }) {
        const found = await sessions.page(readCursor(after, place), limit + 1)
        const { items, ...next } = pageOf(found, limit, ({ at, uid }) => ({ at, uid }))
        const shown = items.map(async ({ uid, userId, at, address, agent }) => {
          const user = await users.find(userId)
          const who = user === undefined ? {} : { username: user.username, display_name: user.displayName }
          return { id: uid, ...who, since: instant(at), address, agent }
        })
        return { ...next, items: await Promise.all(shown) }
      },
    }),
  }
}
