import type { RequestContext } from '../../observe/request-context.ts'
import { postedForm } from '../form.ts'
import { headOf } from '../head-of.ts'
import { boundTo, type Visitor as Signed, type VisitorDeps, visitorOf } from '../visitor.ts'
import type { AccountModel, AccountTab } from './account-page.ts'

export type DoorDeps = VisitorDeps & {
  /** The address to sign in at; `state` comes back to `/account`. */
  accountSignIn: (state: string) => string
}

/** Who looks at their own pages, and what each of the pages shows of them. */
export type Visitor = Signed & { account: AccountModel }

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
      const signed = await visitorOf(ctx, deps)
      const address =
        signed === undefined
          ? accountSignIn(tab)
          : await visit(ctx, { ...signed, account: { user: headOf(signed.user) } })
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
      csrf.check(form.get('csrf'), boundTo(visitor))
      return await answer(ctx, visitor, form)
    })
  }

  return { get, post }
}
