import { createHmac, randomBytes } from 'node:crypto'
import { bind, type Database } from '../store/database.ts'
import { networkOf } from './network.ts'
import type { UserRegistry } from './registry.ts'
import type { SignIn, SignInResult } from './sign-in.ts'
import type { User } from './user.ts'
import { usernameOf } from './user-file.ts'

/** `remembered`: nobody signed in just now; the same name and password were right before. */
export type RememberedResult = SignInResult & { remembered?: true }

type Deps = {
  db: Database
  users: Pick<UserRegistry, 'find'>
  signIn: SignIn
  /** How often anything changed that may end a user's access. */
  count: () => Promise<number>
}
type Entry = { user: User; hash: string; count: number }
type Try = { username: string; password: string; address: string }

const KEPT = 1000

/**
 * Sign-in for those who show name and password with every request: a pair that was right is not hashed again, as
 * that is made to cost much, but only as long as the account has that very password and is active. What is kept is an
 * HMAC under a key of this process, so that no copy of the memory without it can be tried against passwords.
 */
export function rememberedSignIn({ db, users, signIn, count }: Deps) {
  const secret = randomBytes(32)
  const known = new Map<string, Entry>()
  const underWay = new Map<string, Promise<SignInResult>>()
  const hashById = db.kysely.selectFrom('account').select('password_hash').where('user_id', '=', '').compile()
  const hashByName = db.kysely
    .selectFrom('account')
    .select(['user_id', 'password_hash'])
    .where('username', '=', '')
    .compile()

  /** The account, if it still is as it was when the pair was right. */
  async function confirmed(entry: Entry, now: number): Promise<Entry | undefined> {
    if (entry.count === now) return entry
    const user = await users.find(entry.user.id)
    const [row] = await db.read(bind(hashById, entry.user.id))
    return user?.status === 'active' && row?.password_hash === entry.hash
      ? { user, hash: entry.hash, count: now }
      : undefined
  }

  async function attempt(
    key: string,
    { username, password, address }: Try,
    now: number,
  ): Promise<SignInResult> {
    // The hash that the password is compared with: one that is set meanwhile must not be taken for it.
    const [before] = await db.read(bind(hashByName, usernameOf(username)))
    const result = await signIn({ username, password, address, device: undefined })
    if ('user' in result && before?.user_id === result.user.id && before.password_hash !== null) {
      const entry = { user: result.user, hash: before.password_hash, count: now }
      const [after] = await db.read(bind(hashById, result.user.id))
      if (after?.password_hash === entry.hash) keep(key, entry)
    }
    return result
  }

  function keep(key: string, entry: Entry): void {
    const oldest = known.size >= KEPT ? known.keys().next().value : undefined
    if (oldest !== undefined && !known.has(key)) known.delete(oldest)
    known.set(key, entry)
  }

  /** @throws LanyardError `too-many` when too many wait to be signed in */
  return async (tried: Try): Promise<RememberedResult> => {
    const key = createHmac('sha256', secret)
      .update(JSON.stringify([usernameOf(tried.username), tried.password]))
      .digest('base64url')
    const now = await count()
    const entry = known.get(key)
    const still = entry && (await confirmed(entry, now))
    if (still !== undefined) {
      if (still !== entry) keep(key, still)
      return { user: still.user, remembered: true }
    }
    known.delete(key)
    // Requests at the same time are one try: they would otherwise lock each other out.
    const where = `${key} ${networkOf(tried.address)}`
    const mine = underWay.get(where)
    if (mine !== undefined) return { ...(await mine), remembered: true }
    const first = attempt(key, tried, now).finally(() => underWay.delete(where))
    underWay.set(where, first)
    return await first
  }
}
