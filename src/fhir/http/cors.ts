import type { Context } from 'koa'

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const requestHeaders =
  'Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, If-Modified-Since, If-None-Exist, X-Request-Id, X-API-Key, X-Security-Context, DPoP'
const exposed =
  'ETag, Location, Content-Location, Content-Disposition, Last-Modified, WWW-Authenticate, X-Progress, X-Export-Status, Expires, Retry-After, Preference-Applied, X-Request-Id'

/**
 * CORS-01 to CORS-04: public documents for every origin, everything else for origins that a client registered;
 * set before anything else, so that errors carry it too. Never with credentials.
 * @returns true if the request was a preflight and is answered
 */
export async function cors(
  ctx: Context,
  isPublic: boolean,
  allowsOrigin: (origin: string) => Promise<boolean>,
): Promise<boolean> {
  const { origin } = ctx.req.headers
  if (isPublic) ctx.set('access-control-allow-origin', '*')
  else if (origin !== undefined) ctx.set('vary', 'Origin')
  const allowed = isPublic || (origin !== undefined && origin !== 'null' && (await allowsOrigin(origin)))
  if (allowed && origin !== undefined) {
    if (!isPublic) ctx.set('access-control-allow-origin', origin)
    ctx.set('access-control-expose-headers', exposed)
  }
  if (ctx.method !== 'OPTIONS') return false
  if (allowed) {
    ctx.set('access-control-allow-methods', methods)
    ctx.set('access-control-allow-headers', requestHeaders)
    ctx.set('access-control-max-age', '600')
  }
  ctx.status = 204
  return true
}
