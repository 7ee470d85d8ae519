import type Router from '@koa/router'
import { LanyardError } from '../lib/errors.ts'
import type { RequestContext, RequestState } from '../observe/request-context.ts'
import type { PasswordLinks } from '../users/password-links.ts'
import { byLinkPage } from './by-link-page.ts'
import { postedForm } from './form.ts'
import type { Page } from './render.ts'
import type { Words } from './words/en.ts'

export const SET_PASSWORD = '/set-password'

type Deps = {
  passwordLinks: Pick<PasswordLinks, 'check' | 'use'>
  wordsFor: (ctx: RequestContext) => Words
  send: (ctx: RequestContext, page: Page) => void
}

/** By a link that an admin made: somebody chooses their password. */
export function setPasswordRoutes(
  router: Router<RequestState>,
  { passwordLinks, wordsFor, send }: Deps,
): void {
  router.get(SET_PASSWORD, async (ctx: RequestContext) => {
    const token = String(ctx.query.token ?? '')
    const { displayName, username } = await passwordLinks.check(token)
    send(ctx, setPasswordPage({ token, name: displayName, username }, wordsFor(ctx)))
  })
  // The link itself shows that the form was opened by who has it: it is posted along, and no other site knows it.
  router.post(SET_PASSWORD, async (ctx: RequestContext) => {
    const form = await postedForm(ctx)
    const token = form.get('token') ?? ''
    const { displayName, username } = await passwordLinks.check(token)
    try {
      await passwordLinks.use(token, form.get('password') ?? '', { requestId: ctx.state.requestId })
    } catch (error) {
      if (!(error instanceof LanyardError) || error.code !== 'invalid-request') throw error
      ctx.status = 400
      const problem = error.message
      return send(ctx, setPasswordPage({ token, name: displayName, username, problem }, wordsFor(ctx)))
    }
    ctx.status = 303
    ctx.redirect('/account')
  })
}

type Model = { token: string; name: string; username: string; problem?: string }

function setPasswordPage({ token, name, username, problem }: Model, words: Words): Page {
  const { setPassword } = words
  const account = {
    name: 'username',
    label: setPassword.username,
    value: username,
    autocomplete: 'username',
    readonly: true,
  }
  const model = {
    action: SET_PASSWORD,
    token,
    said: { ...setPassword, lead: setPassword.lead(name) },
    fields: [account],
    problem: problem === undefined ? undefined : { of: 'password', text: problem },
  }
  return byLinkPage(model, words)
}
