import Router from '@koa/router'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import type { Csrf } from '../csrf.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'

export type AccountRouteDeps = {
  csrf: Csrf
  wordsFor: (ctx: RequestContext) => Words
  send: (ctx: RequestContext, page: Page) => void
}

/** A person's own pages. */
export function accountRoutes(_deps: AccountRouteDeps): Router<RequestState> {
  return new Router<RequestState>()
}
