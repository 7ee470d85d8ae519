import Router from '@koa/router'
import type { Context } from 'koa'
import type { KeyRing } from '../keys/signing-keys.ts'
import type { DiscoveryTrail } from '../launches/discovery-trail.ts'
import { LanyardError } from '../lib/errors.ts'
import {
  type Abilities,
  authorizationServerMetadata,
  type Endpoints,
  protectedResourceMetadata,
  smartConfiguration,
} from '../smart/discovery.ts'
import { styleAt } from '../smart/style.ts'

type Deps = {
  endpoints: Endpoints
  abilities: Abilities
  ring: () => KeyRing
  /** Remembers who read what apps read before a launch. */
  trail: Pick<DiscoveryTrail, 'note'>
}

const SMART = '/fhir/.well-known/smart-configuration'

/** Documents that anybody may read from any origin (CORS-01, ENF-32). */
export function discoveryRoutes({ endpoints, abilities, ring, trail }: Deps): Router {
  const router = new Router()
  const metadata = authorizationServerMetadata(endpoints, abilities)
  const documents: [path: string, document: () => unknown][] = [
    [SMART, constant(smartConfiguration(endpoints, abilities))],
    ['/.well-known/openid-configuration', constant(metadata)],
    ['/.well-known/oauth-authorization-server', constant(metadata)],
    ['/.well-known/oauth-protected-resource/fhir', constant(protectedResourceMetadata(endpoints, abilities))],
    ['/oauth2/jwks', () => ring().jwks],
  ]
  for (const [path, document] of documents) {
    router.get(path, (ctx) => {
      if (path === SMART) trail.note('smart-configuration', ctx)
      answer(ctx, document())
    })
    router.options(path, preflight)
  }
  router.get('/style/:name', look)
  router.options('/style/:name', preflight)
  return router
}

/** CTX-07: how the server looks, for apps and for our own pages. An address names its content. */
function look(ctx: Context): void {
  const found = styleAt(ctx.path)
  if (found === undefined) throw new LanyardError('not-found', 'There is no such style.')
  const isSheet = ctx.path.endsWith('.css')
  ctx.set('access-control-allow-origin', '*')
  ctx.set('cache-control', 'public, max-age=31536000, immutable')
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('content-type', isSheet ? 'text/css; charset=utf-8' : 'application/json')
  ctx.body = found.content
}

/** DISC-02: application/json whatever `Accept` says. */
function answer(ctx: Context, document: unknown): void {
  ctx.set('access-control-allow-origin', '*')
  ctx.set('cache-control', 'public, max-age=60')
  ctx.type = 'application/json'
  ctx.body = JSON.stringify(document)
}

function preflight(ctx: Context): void {
  ctx.set('access-control-allow-origin', '*')
  ctx.set('access-control-allow-methods', 'GET, HEAD')
  ctx.set('access-control-allow-headers', 'Accept, Content-Type, X-Request-Id')
  ctx.status = 204
}

function constant<T>(value: T): () => T {
  return () => value
}
