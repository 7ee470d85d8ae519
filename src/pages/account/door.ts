import type { BrowserSession } from '../../launches/sign-in-step.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import type { User } from '../../users/user.ts'
import type { Csrf } from '../csrf.ts'
import { postedForm } from '../form.ts'
import type { Words } from '../words/en.ts'
import type { AccountModel, AccountTab } from './account-page.ts'

export type DoorDeps = {
  sessions: { current: (ctx: RequestContext) => Promise<BrowserSession | undefined> }
  users: { find: (id: string) => Promise<User | undefined> }
  csrf: Csrf
  wordsFor: (ctx: RequestContext) => Words
  /** The address to sign in at; `state` comes back to `/account`. */
  accountSignIn: (state: string) => string
}

/** Who looks at their own pages. */
export type Visitor = {
  user: User
  /** Names the session of the browser. */
  uid: string
  words: Words
  /** What each of the pages shows of them. */
  account: AccountModel
  /** What the forms of the pages post. */
  csrf: string
}

export type Door = ReturnType<typeof accountDoor>

/** Lets people in to their own pages; whoever is not signed in does that first. */
export function accountDoor(deps: DoorDeps) {
  const { csrf, accountSignIn } = deps

  /** @param visit returns where to go on; nothing when a page was shown */
  function get(
    tab: AccountTab,
    visit: (ctx: RequestContext, visitor: Visitor) => Promise<string | undefined>,
  ) {
    return async (ctx: RequestContext): Promise<void> => {
      ctx.state.route = 'account'
      const visitor = await visitorOf(ctx, deps)
      const address = visitor === undefined ? accountSignIn(tab) : await visit(ctx, visitor)
      if (address === undefined) return
      // 303, so that nothing that was posted here is posted on (AUTHZ-17).
      ctx.status = 303
      ctx.redirect(address)
    }
  }

  function post(
    tab: AccountTab,
    answer: (ctx: RequestContext, visitor: Visitor, form: URLSearchParams) => Promise<string | undefined>,
  ) {
    return get(tab, async (ctx, visitor) => {
      const form = await postedForm(ctx)
      csrf.check(form.get('csrf'), boundTo(visitor.uid, visitor.user))
      return await answer(ctx, visitor, form)
    })
  }

  return { get, post }
}

async function visitorOf(
  ctx: RequestContext,
  { sessions, users, csrf, wordsFor }: DoorDeps,
): Promise<Visitor | undefined> {
  const session = await sessions.current(ctx)
  const user = session && (await users.find(session.userId))
  if (session === undefined || user?.status !== 'active') return undefined
  const { uid } = session
  return {
    user,
    uid,
    words: wordsFor(ctx),
    account: { user: { name: user.displayName } },
    csrf: csrf.tokenFor(boundTo(uid, user)),
  }
}

function boundTo(uid: string, user: User): string {
  return `account ${uid} ${user.id}`
}
