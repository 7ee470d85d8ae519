import { LanyardError } from '../../lib/errors.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { isJson, type Json, type Parsed } from './body.ts'
import type { Pairs } from './parameters.ts'
import { routeOf, type SingleRoute } from './route.ts'

/** One entry of a batch or transaction: a request of its own. */
export type Entry = {
  index: number
  fullUrl: string | undefined
  route: SingleRoute
  parameters: Pairs
  /** The request headers that an entry can have. */
  headers: ReadonlyMap<string, string>
  resource: Parsed | undefined
}

/** What an entry says in place of a header. */
const headerOf = {
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  ifNoneExist: 'if-none-exist',
  ifModifiedSince: 'if-modified-since',
} as const

/** @throws LanyardError `invalid-request`, `not-found`, `method-not-allowed` */
export function readEntry(
  index: number,
  value: unknown,
  exact: unknown,
  { definitions, fhirBase }: { definitions: Definitions; fhirBase: string },
): Entry {
  const { fullUrl, resource, request } = isJson(value) ? value : {}
  const { method, url, ...rest } = isJson(request) ? request : {}
  if (typeof method !== 'string' || typeof url !== 'string')
    throw unreadable('needs a request with a method and a url')
  const address = url.startsWith(`${fhirBase}/`) ? url.slice(fhirBase.length + 1) : url.replace(/^\//, '')
  const [path = '', ...query] = address.split('?')
  const route = routeOf(method, `/${path}`, definitions)
  if (route.interaction === 'bundle') throw unreadable('cannot be a Bundle of requests itself')
  const headers = Object.entries(headerOf).flatMap(([name, header]): [string, string][] => {
    const given = (rest as Json)[name]
    return typeof given === 'string' ? [[header, given]] : []
  })
  const exactResource = isJson(exact) && isJson(exact.resource) ? exact.resource : undefined
  return {
    index,
    fullUrl: typeof fullUrl === 'string' ? fullUrl : undefined,
    route,
    parameters: [...new URLSearchParams(query.join('?'))],
    headers: new Map(headers),
    resource: isJson(resource) ? { value: resource, exact: exactResource } : undefined,
  }
}

export function unreadable(what: string): LanyardError {
  return new LanyardError('invalid-request', `An entry ${what}.`, { word: 'invalid', reason: 'bundle-entry' })
}
