import type Router from '@koa/router'
import type { RequestState } from '../observe/request-context.ts'

/** The addresses that these routers answer GET for, as their patterns: `/admin/apps/:id/settings`. */
export function addressesOf(routers: readonly Router<RequestState>[]): string[] {
  const layers = routers.flatMap((router) => router.stack)
  const read = layers.filter(({ methods }) => methods.includes('GET')).map(({ path }) => String(path))
  return [...new Set(read)]
}
