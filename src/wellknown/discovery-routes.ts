import Router from '@koa/router'
import type { Context } from 'koa'
import type { KeyRing } from '../keys/signing-keys.ts'
import {
  type Abilities,
  authorizationServerMetadata,
  type Endpoints,
  protectedResourceMetadata,
  smartConfiguration,
} from '../smart/discovery.ts'
import type { Style } from '../smart/style.ts'

type Deps = { endpoints: Endpoints; abilities: Abilities; ring: () => KeyRing; style: Style }

/** Documents that anybody may read from any origin (CORS-01, ENF-32). */
export function discoveryRoutes({ endpoints, abilities, ring, style }: Deps): Router {
  const router = new Router()
  const metadata = authorizationServerMetadata(endpoints, abilities)
  const documents: [path: string, document: () => unknown][] = [
    ['/fhir/.well-known/smart-configuration', constant(smartConfiguration(endpoints, abilities))],
    ['/.well-known/openid-configuration', constant(metadata)],
    ['/.well-known/oauth-authorization-server', constant(metadata)],
    ['/.well-known/oauth-protected-resource/fhir', constant(protectedResourceMetadata(endpoints, abilities))],
    ['/oauth2/jwks', () => ring().jwks],
    [style.path, constant(style.document)],
  ]
  for (const [path, document] of documents) {
    router.get(path, (ctx) => answer(ctx, document()))
    router.options(path, preflight)
  }
  return router
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
