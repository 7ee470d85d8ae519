import type { Audit } from '../audit/audit.ts'
import type { House } from '../house.ts'
import type { Act } from '../lib/act.ts'
import { instant } from '../lib/time.ts'
import { createLocks, type Locks } from '../users/locks.ts'
import { createUserOverview, type UserOverview } from '../users/overview.ts'
import { createPasswordLinks, type PasswordLinks } from '../users/password-links.ts'

export type People = { userOverview: UserOverview; locks: Locks; passwordLinks: PasswordLinks }

/** What admins do for people who sign in, beside the register of them: in the console, its API and the commands. */
export function peopleOf({ db, clock, seal, users, audit }: House): People {
  const told = (
    kysely: Parameters<Audit['inTransaction']>[0],
    event: 'user.unlock' | 'user.link',
    { id, username }: { id: string; username: string },
    { userId, by, reason, requestId }: Act,
    more: Readonly<Record<string, unknown>> = {},
  ) =>
    audit.inTransaction(kysely, {
      event,
      outcome: 'success',
      // Who did it; whom it was done to, where nobody is named (house.ts).
      userId: userId ?? id,
      requestId,
      detail: { username, ...(userId === undefined ? {} : { user: id }), ...more, by, why: reason },
    })
  return {
    userOverview: createUserOverview(db),
    locks: createLocks({
      db,
      clock,
      seal,
      told: (kysely, user, act) => told(kysely, 'user.unlock', user, act),
    }),
    passwordLinks: createPasswordLinks({
      db,
      clock,
      users,
      told: (kysely, user, expires, act) =>
        told(kysely, 'user.link', user, act, { expires: instant(expires) }),
    }),
  }
}
