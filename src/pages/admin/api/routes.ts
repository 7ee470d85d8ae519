import Router from '@koa/router'
import { LanyardError } from '../../../lib/errors.ts'
import { readBody } from '../../../lib/form.ts'
import { parseJson } from '../../../lib/json.ts'
import { lazy } from '../../../lib/lazy.ts'
import type { Log } from '../../../observe/log.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { asLanyardError } from '../../error-page.ts'
import { packed } from '../../packed.ts'
import { type Actor, fileTypesOf, type Operation, perform, type SentFile } from '../operations/operation.ts'
import { type AdminOperations, allOperations } from '../operations/table.ts'
import { refuseHead, sendFile } from '../send-file.ts'
import { asQuery, openApiOf } from './openapi.ts'
import { problemOf, statusOf } from './problem.ts'

const PREFIX = '/admin/api'
/** Bytes of a body: metadata with 50 keys. */
const LIMIT = 512 * 1024

type Deps = {
  operations: AdminOperations
  /** Who calls. @throws LanyardError `unauthenticated`, `forbidden` */
  callerOf: (ctx: RequestContext) => Promise<Actor>
  issuer: string
  log: Log
}

/** The admin API: each operation of the table at its path, JSON in and out, problems as RFC 9457. */
export function adminApi({ operations, callerOf, issuer, log }: Deps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: PREFIX })
  const all = allOperations(operations)
  const document = lazy(() => packed(Buffer.from(JSON.stringify(openApiOf(all, `${issuer}${PREFIX}`)))))
  router.use(async (ctx: RequestContext, next) => {
    ctx.set('cache-control', 'no-store')
    ctx.set('x-content-type-options', 'nosniff')
    try {
      await next()
    } catch (thrown) {
      refuse(ctx, thrown, log)
    }
  })
  // For everybody: tools read it before they have a token, and it tells nothing of this server but its address.
  router.get('/openapi.json', async (ctx: RequestContext) => {
    ctx.type = 'application/json'
    await document()(ctx)
  })
  for (const { operation } of all) {
    router[operation.method](operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (ctx: RequestContext) => {
      const actor = await callerOf(ctx)
      if (fileTypesOf(operation.output) !== undefined) refuseHead(ctx)
      answer(ctx, operation, await perform(operation, await inputOf(ctx, operation), actor))
    })
  }
  router.all('/{*rest}', () => {
    throw new LanyardError('not-found', `The admin API has no such address: see ${PREFIX}/openapi.json.`)
  })
  return router
}

/** All that an operation is told: by the path, by `If-Match`, by the query or the body. */
async function inputOf(ctx: RequestContext, { method, input }: Operation): Promise<object> {
  const rest = asQuery(method) ? ctx.query : await jsonBody(ctx)
  const version = 'version' in input.shape ? { version: seenVersion(ctx) } : {}
  return { ...rest, ...ctx.params, ...version }
}

async function jsonBody(ctx: RequestContext): Promise<object> {
  if (!/^application\/json(?:\s*;|$)/i.test(ctx.get('content-type')))
    throw new LanyardError('unsupported-media', 'Send the body as application/json.')
  const read = parseJson((await readBody(ctx.req, LIMIT)).toString('utf8'))
  if ('problem' in read) throw new LanyardError('invalid-request', `The body ${read.problem}.`)
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    throw new LanyardError('invalid-request', 'The body must be a JSON object.')
  return read.value
}

/** RFC 6585 §3: who changes something says which version they saw. */
function seenVersion(ctx: RequestContext): string {
  const [, version] = /^(?:W\/)?"(\d{1,15})"$/.exec(ctx.get('if-match')) ?? []
  if (version !== undefined) return version
  throw new LanyardError('precondition-failed', 'Send If-Match with the ETag of what you saw.', {
    status: 428,
    reason: 'version-missing',
  })
}

function answer(ctx: RequestContext, { output, status = 200 }: Operation, body: unknown): void {
  ctx.status = status
  if (status === 204) return
  if (fileTypesOf(output) !== undefined) {
    sendFile(ctx, body as SentFile)
    return
  }
  const { version, next } = body as { version?: number; next?: string }
  if (version !== undefined) ctx.set('etag', `"${version}"`)
  if (next !== undefined) {
    // RFC 8288.
    const query = new URLSearchParams({ ...(ctx.query as Record<string, string>), after: next })
    ctx.set('link', `<${ctx.path}?${query}>; rel="next"`)
  }
  ctx.body = body
}

function refuse(ctx: RequestContext, thrown: unknown, log: Log): void {
  const error = asLanyardError(thrown)
  const { requestId } = ctx.state
  if (error.status >= 500) log.error({ err: thrown, requestId }, 'unexpected error')
  ctx.status = statusOf(error)
  ctx.set(error.headers)
  ctx.type = 'application/problem+json'
  ctx.body = JSON.stringify(problemOf(error, requestId))
}
