import { LanyardError } from '../../lib/errors.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import type { User } from '../../users/user.ts'
import type { Page } from '../render.ts'
import { type FormWithFiles, postedFormWithFiles } from '../upload.ts'
import { boundTo, type Visitor, type VisitorDeps, visitorOf } from '../visitor.ts'
import type { AdminFrame } from './admin-page.ts'
import { type Actor, mayDo, type Role } from './operations/operation.ts'

export type AdminDoorDeps = VisitorDeps & {
  /** The address to sign in at; the page `state` is come back to. */
  accountSignIn: (state: string) => string
  send: (ctx: RequestContext, page: Page) => void
  /** How many things wait in which part of the console. */
  waiting: () => Promise<AdminFrame['waiting']>
}

/** Who works in the console, and what each of its pages shows of that. */
export type Admin = Visitor & {
  actor: Actor
  /** Whether they may change anything; else no page offers it. */
  mayChange: boolean
  frame: AdminFrame
}

/** A page to show, or an address to go on to. */
export type Answer = Page | string

export type AdminDoor = ReturnType<typeof adminDoor>

/** Which part somebody has in the console; nobody else comes in. */
export function roleOf({ roles }: Pick<User, 'roles'>): Role | undefined {
  return (['admin', 'auditor'] as const).find((role) => roles.includes(role))
}

/**
 * Lets admins and auditors in to the console; whoever is not signed in does that first, and comes back to the page
 * they asked for. The address of a form is that of a page too, so that there is one to come back to.
 */
export function adminDoor(deps: AdminDoorDeps) {
  const { csrf, accountSignIn, send, waiting } = deps

  /** For a page. */
  function get(visit: (ctx: RequestContext, admin: Admin) => Promise<Answer | undefined>) {
    return async (ctx: RequestContext): Promise<void> => {
      const visitor = await visitorOf(ctx, deps)
      const answer =
        visitor === undefined
          ? accountSignIn(ctx.method === 'GET' ? ctx.url : ctx.path)
          : await visit(ctx, await admitted(ctx, visitor))
      // It has answered by itself: with a file.
      if (answer === undefined) return
      if (typeof answer !== 'string') return send(ctx, answer)
      // 303, so that nothing that was posted here is posted on (AUTHZ-17).
      ctx.status = 303
      ctx.redirect(answer)
    }
  }

  /** For the question that comes before a change: not for auditors. */
  function ask(visit: (ctx: RequestContext, admin: Admin) => Promise<Answer>) {
    return get(async (ctx, admin) => {
      if (!admin.mayChange) throw readOnly()
      return await visit(ctx, admin)
    })
  }

  /** For what a form of such a page posts. */
  function post(answer: (ctx: RequestContext, admin: Admin, sent: FormWithFiles) => Promise<Answer>) {
    return get(async (ctx, admin) => {
      const sent = await postedFormWithFiles(ctx)
      csrf.check(sent.form.get('csrf'), boundTo(admin))
      if (!admin.mayChange) throw readOnly()
      return await answer(ctx, admin, sent)
    })
  }

  /** For what a form posts that changes nothing but the audit: for auditors too. */
  function look(answer: (ctx: RequestContext, admin: Admin) => Promise<Answer>) {
    return get(async (ctx, admin) => {
      csrf.check((await postedFormWithFiles(ctx)).form.get('csrf'), boundTo(admin))
      return await answer(ctx, admin)
    })
  }

  async function admitted(ctx: RequestContext, visitor: Visitor): Promise<Admin> {
    const { user } = visitor
    const role = roleOf(user)
    if (role === undefined) {
      throw new LanyardError('forbidden', 'The console is for admins and auditors of this server.', {
        reason: 'no-admin',
        detail: `user ${user.id}`,
      })
    }
    return {
      ...visitor,
      actor: { role, userId: user.id, requestId: ctx.state.requestId },
      mayChange: mayDo(role, 'change'),
      frame: { user: { name: user.displayName }, role, waiting: await waiting() },
    }
  }

  return { get, ask, post, look }
}

function readOnly(): LanyardError {
  return new LanyardError('forbidden', 'An auditor sees everything and changes nothing.', {
    reason: 'read-only',
  })
}
