import type Router from '@koa/router'
import { LanyardError } from '../lib/errors.ts'
import type { RequestContext, RequestState } from '../observe/request-context.ts'
import type { FirstAdmin } from '../users/first-admin.ts'
import { byLinkPage } from './by-link-page.ts'
import { postedForm } from './form.ts'
import type { Page } from './render.ts'
import type { Words } from './words/en.ts'

export const SET_UP = '/set-up'

type Deps = {
  firstAdmin: Pick<FirstAdmin, 'check' | 'create'>
  wordsFor: (ctx: RequestContext) => Words
  send: (ctx: RequestContext, page: Page) => void
}

/** By the link that the first start prints: somebody becomes the first admin. */
export function setUpRoutes(router: Router<RequestState>, { firstAdmin, wordsFor, send }: Deps): void {
  router.get(SET_UP, async (ctx: RequestContext) => {
    const token = String(ctx.query.token ?? '')
    await firstAdmin.check(token)
    send(ctx, setUpPage({ token, username: '', name: '' }, wordsFor(ctx)))
  })
  // The link itself shows that the form was opened by who has it: it is posted along, and no other site knows it.
  router.post(SET_UP, async (ctx: RequestContext) => {
    const form = await postedForm(ctx)
    const [token, username, name, password] = ['token', 'username', 'display_name', 'password'].map(
      (field) => form.get(field) ?? '',
    ) as [string, string, string, string]
    try {
      const person = { username, display_name: name, password }
      await firstAdmin.create(token, person, { requestId: ctx.state.requestId })
    } catch (error) {
      if (!(error instanceof LanyardError) || error.code !== 'invalid-request') throw error
      ctx.status = 400
      return send(ctx, setUpPage({ token, username, name, problem: error.message }, wordsFor(ctx)))
    }
    ctx.status = 303
    ctx.redirect('/admin')
  })
}

type Model = { token: string; username: string; name: string; problem?: string }

function setUpPage({ token, username, name, problem }: Model, words: Words): Page {
  const { setUp } = words
  const fields = [
    { name: 'username', label: setUp.username, value: username, required: true, autocomplete: 'username' },
    { name: 'display_name', label: setUp.name, value: name, required: true, autocomplete: 'name' },
  ]
  const wrong = problem === undefined ? undefined : { of: 'username', text: problem }
  return byLinkPage({ action: SET_UP, token, said: setUp, fields, problem: wrong }, words)
}
