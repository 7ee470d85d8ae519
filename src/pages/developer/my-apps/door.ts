import type { Developer } from '../../../clients/own-apps.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestContext } from '../../../observe/request-context.ts'
import type { User } from '../../../users/user.ts'
import { headOf } from '../../head-of.ts'
import type { Page } from '../../render.ts'
import { type FormWithFiles, postedFormWithFiles } from '../../upload.ts'
import { boundTo, type Visitor, type VisitorDeps, visitorOf } from '../../visitor.ts'

export type DeveloperDoorDeps = VisitorDeps & {
  /** In the demo everybody who signs in may try what developers do. */
  demo: boolean
  /** The address to sign in at; the page `state` is come back to. */
  accountSignIn: (state: string) => string
  send: (ctx: RequestContext, page: Page) => void
}

/** Who looks after apps of their own. */
export type DeveloperVisitor = Visitor & {
  developer: Developer
  /** For the head of each page. */
  head: NonNullable<Page['user']>
}

/** A page to show, or an address to go on to. */
export type Answer = Page | string

export type DeveloperDoor = ReturnType<typeof developerDoor>

/** Lets developers in to their apps; whoever is not signed in does that first, and comes back. */
export function developerDoor({ demo, accountSignIn, send, ...deps }: DeveloperDoorDeps) {
  function get(visit: (ctx: RequestContext, visitor: DeveloperVisitor) => Promise<Answer>) {
    return async (ctx: RequestContext): Promise<void> => {
      const visitor = await visitorOf(ctx, deps)
      const answer =
        visitor === undefined
          ? accountSignIn(ctx.method === 'GET' ? ctx.url : ctx.path)
          : await visit(ctx, admitted(ctx, visitor))
      if (typeof answer !== 'string') return send(ctx, answer)
      // 303, so that nothing that was posted here is posted on (AUTHZ-17).
      ctx.status = 303
      ctx.redirect(answer)
    }
  }

  function post(
    answer: (ctx: RequestContext, visitor: DeveloperVisitor, sent: FormWithFiles) => Promise<Answer>,
  ) {
    return get(async (ctx, visitor) => {
      const sent = await postedFormWithFiles(ctx)
      deps.csrf.check(sent.form.get('csrf'), boundTo(visitor))
      return await answer(ctx, visitor, sent)
    })
  }

  function admitted(ctx: RequestContext, visitor: Visitor): DeveloperVisitor {
    const { user } = visitor
    if (!demo && !isDeveloper(user)) {
      throw new LanyardError('forbidden', 'These pages are for the developers of apps.', {
        reason: 'no-developer',
        detail: `user ${user.id}`,
      })
    }
    return {
      ...visitor,
      developer: { userId: user.id, requestId: ctx.state.requestId },
      head: headOf(user),
    }
  }

  return { get, post }
}

function isDeveloper({ roles }: Pick<User, 'roles'>): boolean {
  return roles.includes('developer') || roles.includes('admin')
}
