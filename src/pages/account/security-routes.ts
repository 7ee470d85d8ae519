import type Router from '@koa/router'
import type { Audit } from '../../audit/audit.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import { passwordLength, passwordMisfit } from '../../users/passwords.ts'
import type { UserRegistry } from '../../users/registry.ts'
import type { SignIn } from '../../users/sign-in.ts'
import type { Page } from '../render.ts'
import { devices } from '../sign-in/devices.ts'
import { done } from './done.ts'
import type { Door, Visitor } from './door.ts'
import { accountPaths } from './paths.ts'
import { type PasswordFailure, type SecurityModel, securityPage } from './security-page.ts'

export type SecurityDeps = {
  signIn: SignIn
  users: Pick<UserRegistry, 'setPassword'>
  audit: Pick<Audit, 'write'>
  send: (ctx: RequestContext, page: Page) => void
}

/** The password, which can be changed by whoever knows it. */
export function securityRoutes(router: Router<RequestState>, { get, post }: Door, deps: SecurityDeps): void {
  const show = (ctx: RequestContext, visitor: Visitor, more: Partial<SecurityModel>): undefined => {
    const { account, csrf, user, words } = visitor
    const about = { username: user.username, least: passwordLength.least }
    const model = { ...account, action: accountPaths.security, csrf, ...about, ...more }
    deps.send(ctx, securityPage(model, words))
    return undefined
  }
  router.get(
    accountPaths.security,
    get('security', async (ctx, visitor) =>
      show(ctx, visitor, { changed: done.hear(ctx)?.what === 'changed' }),
    ),
  )
  router.post(
    accountPaths.security,
    post('security', async (ctx, visitor, form) => {
      const password = textIn(form, 'password')
      const failures = unfit(form)
      if (failures.length === 0) failures.push(...(await notCurrent(ctx, visitor, form, deps)))
      if (failures.length === 0) {
        // It ends all sessions, this one too: the page that follows asks to sign in.
        const { id: userId, username } = visitor.user
        await deps.users.setPassword(username, password, { userId, requestId: ctx.state.requestId })
        done.say(ctx, 'changed')
        return accountPaths.security
      }
      show(ctx, visitor, { failures })
      const blocked = failures.find((failure) => failure.reason === 'blocked')
      if (blocked !== undefined) ctx.set('retry-after', String(blocked.retryAfter))
      ctx.status = blocked === undefined ? 400 : 429
      return undefined
    }),
  )
}

/** What is wrong with the new password, whatever the current one is. */
function unfit(form: URLSearchParams): PasswordFailure[] {
  const password = textIn(form, 'password')
  const reason = password === textIn(form, 'current') ? 'same' : passwordMisfit(password)
  return [
    ...(reason === undefined ? [] : [{ field: 'password', reason } as const]),
    ...(password === textIn(form, 'again') ? [] : [{ field: 'again', reason: 'different' } as const]),
  ]
}

/** Counted like a sign-in, so that nobody guesses at a password here. */
async function notCurrent(
  ctx: RequestContext,
  { user }: Visitor,
  form: URLSearchParams,
  { signIn, audit }: SecurityDeps,
): Promise<PasswordFailure[]> {
  const { username, id: userId } = user
  const result = await signIn({
    username,
    password: textIn(form, 'current'),
    address: ctx.ip,
    device: devices.idFor(ctx, username),
  })
  if ('user' in result) return []
  const { refused: reason, retryAfter = 1 } = result
  const { requestId } = ctx.state
  await audit.write({ event: 'user.password', outcome: 'refused', reason, userId, requestId })
  return [
    reason === 'blocked' ? { field: 'current', reason, retryAfter } : { field: 'current', reason: 'wrong' },
  ]
}

/** As long as the sign-in page takes it. */
function textIn(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').slice(0, 1000)
}
