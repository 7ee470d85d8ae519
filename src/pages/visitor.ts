import type { BrowserSession } from '../launches/sign-in-step.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { User } from '../users/user.ts'
import type { Csrf } from './csrf.ts'
import type { Words } from './words/en.ts'

export type VisitorDeps = {
  sessions: { current: (ctx: RequestContext) => Promise<BrowserSession | undefined> }
  users: { find: (id: string) => Promise<User | undefined> }
  csrf: Csrf
  wordsFor: (ctx: RequestContext) => Words
}

/** Who looks at pages for which one must be signed in. */
export type Visitor = {
  user: User
  /** Names the session of the browser. */
  uid: string
  words: Words
  /** What the forms of the pages post. */
  csrf: string
}

/** Who is signed in with the browser that asks; nobody, if their account is not active any more (REVO-06). */
export async function visitorOf(
  ctx: RequestContext,
  { sessions, users, csrf, wordsFor }: VisitorDeps,
): Promise<Visitor | undefined> {
  const session = await sessions.current(ctx)
  const user = session && (await users.find(session.userId))
  if (session === undefined || user?.status !== 'active') return undefined
  const { uid } = session
  return { user, uid, words: wordsFor(ctx), csrf: csrf.tokenFor(boundTo({ uid, user })) }
}

/** What the token of a visitor's forms is bound to (csrf.ts). */
export function boundTo({ uid, user }: Pick<Visitor, 'uid' | 'user'>): string {
  return `account ${uid} ${user.id}`
}
