import { type Clock, SECOND } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import { createFailureHash, type Secrets } from './failure-hash.ts'
import { createLockout, type Who } from './lockout.ts'
import { networkOf } from './network.ts'
import type { UserRegistry } from './registry.ts'
import type { User } from './user.ts'

export type SignIn = ReturnType<typeof createSignIn>

export type SignInResult =
  | { user: User }
  | {
      /**
       * For log and audit. The person is told the same for `mismatch` and `disabled`; `blocked` means that the
       * password was not looked at.
       */
      refused: 'mismatch' | 'disabled' | 'blocked'
      /** Whose account it was, if there is one: for the audit only. */
      userId?: string
      /** Seconds until the next try can succeed, if not at once. */
      retryAfter?: number
      /** Tries before a delay begins, counted by name and address, or device, alike for names that do not exist. */
      triesLeft?: number
    }

/** Lets people in by name and password, and holds up those who guess. */
export function createSignIn({
  db,
  users,
  clock,
  seal,
}: {
  db: Database
  users: Pick<UserRegistry, 'verify'>
  clock: Clock
  seal: Secrets
}) {
  const lockout = createLockout(db, clock, createFailureHash(seal))
  const secondsUntil = (time: number) => Math.ceil((time - clock()) / SECOND)

  /**
   * One try.
   * @throws LanyardError `too-many` when too many wait, of this network or in all; the try does not count then
   */
  return async function signIn({ password, ...who }: Who & { password: string }): Promise<SignInResult> {
    const begun = await lockout.begin(who)
    if ('blockedUntil' in begun) return { refused: 'blocked', retryAfter: secondsUntil(begun.blockedUntil) }

    const { attempt } = begun
    const { user, matches } = await users
      .verify(who.username, password, networkOf(who.address))
      .catch(async (error: unknown) => {
        await lockout.undone(attempt)
        throw error
      })
    if (user?.status === 'active' && matches) {
      await lockout.succeeded(attempt)
      return { user }
    }
    const { triesLeft, blockedUntil } = lockout.after(attempt)
    const retryAfter = secondsUntil(blockedUntil)
    return {
      refused: matches ? 'disabled' : 'mismatch',
      ...(user === undefined ? {} : { userId: user.id }),
      triesLeft,
      ...(retryAfter > 0 ? { retryAfter } : {}),
    }
  }
}
