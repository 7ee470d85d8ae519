import { resolve } from 'node:path'
import Router from '@koa/router'
import type { Next } from 'koa'
import { LanyardError } from '../lib/errors.ts'
import type { Clock } from '../lib/time.ts'
import type { Log } from '../observe/log.ts'
import type { RequestContext, RequestState } from '../observe/request-context.ts'
import type { Endpoints } from '../smart/discovery.ts'
import { loadAssets } from './assets.ts'
import { errorPages } from './error-page.ts'
import type { DemoBackend } from './first-token.ts'
import { helpPage } from './help.ts'
import { landingPage } from './landing.ts'
import { createRender, sendPage } from './render.ts'
import { en } from './words/en.ts'

type Deps = {
  endpoints: Endpoints
  demo: boolean
  clock: Clock
  log: Log
  /** The backend service of the demo, if there is one now. */
  demoBackend: () => Promise<DemoBackend | undefined>
}

const views = resolve(import.meta.dirname, '../../views')

/**
 * The HTML side of the server, in the order of use: `errors` around everything, `assets` before the host is
 * looked at (the page that refuses a foreign host needs them), `routes` where the other routers are.
 */
export function pages({ endpoints, demo, clock, log, demoBackend }: Deps) {
  const words = en
  const site = demo ? words.demo.site : new URL(endpoints.issuer).host
  const assets = loadAssets(resolve(views, 'assets'))
  const render = createRender({ folder: views, words, site, demo, asset: assets.address })
  const help = render(helpPage(words))

  const router = new Router<RequestState>()
  router.all('/', only('GET', 'HEAD'), async (ctx) => {
    const backend = demo ? await demoBackend() : undefined
    sendPage(ctx, render(landingPage({ words, endpoints, site, demo, backend })))
  })
  router.all('/help', only('GET', 'HEAD'), (ctx) => sendPage(ctx, help))
  // Discovery must name this address although no app can be launched yet (DISC-04).
  router.all('/oauth2/authorize', only('GET', 'HEAD', 'POST'), () => {
    throw new LanyardError('invalid-request', words.launchLater.sentence, { reason: 'launch-not-offered' })
  })

  return {
    errors: errorPages({ render, words, endpoints, clock, log }),
    assets: assets.serve,
    routes: router.routes(),
  }
}

/** Refuses other methods, and says which there are. */
function only(...methods: string[]) {
  const allow = methods.join(', ')
  return (ctx: RequestContext, next: Next): Promise<void> => {
    if (methods.includes(ctx.method)) return next()
    throw new LanyardError('method-not-allowed', en.error.plain.methodNotAllowed(allow), {
      reason: 'method',
      headers: { allow },
    })
  }
}
