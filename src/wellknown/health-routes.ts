import Router from '@koa/router'
import type { Metrics } from '../observe/metrics.ts'

type Deps = {
  metrics: Pick<Metrics, 'text' | 'contentType'>
  /** Resolves when the database answers and keys are there; rejects otherwise. */
  ready: () => Promise<unknown>
}

/** For whoever keeps the server running: is it alive, may it get traffic, what does it count. */
export function healthRoutes({ metrics, ready }: Deps): Router {
  const router = new Router()
  router.use(async (ctx, next) => {
    ctx.set('cache-control', 'no-store')
    await next()
  })
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  router.get('/health/ready', async (ctx) => {
    try {
      await ready()
      ctx.body = { status: 'ok' }
    } catch {
      ctx.status = 503
      ctx.set('retry-after', '5')
      ctx.body = { status: 'not ready' }
    }
  })
  router.get('/metrics', async (ctx) => {
    ctx.type = metrics.contentType
    ctx.body = await metrics.text()
  })
  return router
}
