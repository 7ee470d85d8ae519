import { LanyardError } from '../../lib/errors.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { type OperationName, operationAt } from './operations.ts'
import type { SearchTarget } from './search-handler.ts'

/** What a request asks for, from its method and path. */
export type Route =
  | { interaction: 'read'; type: string; id: string }
  | { interaction: 'vread'; type: string; id: string; version: number }
  | { interaction: 'search-type'; target: SearchTarget; isForm: boolean }
  | { interaction: `history-${'instance' | 'type' | 'system'}`; of: { type?: string; id?: string } }
  | { interaction: 'create'; type: string }
  | { interaction: 'bundle' }
  | { interaction: 'update' | 'patch' | 'delete'; type: string; id: string | undefined }
  | OperationRoute

/** `$name` on the server, a type or a resource; of a POST the parameters are in the body. */
export type OperationRoute = {
  interaction: 'operation'
  name: OperationName
  type: string | undefined
  id: string | undefined
  isPost: boolean
}

/** What can also be an entry of a Bundle. */
export type SingleRoute = Exclude<Route, { interaction: 'bundle' }>

const idPattern = /^[A-Za-z0-9.-]{1,64}$/
/** The compartments of R4. */
export const compartments: ReadonlySet<string> = new Set([
  'Patient',
  'Encounter',
  'Practitioner',
  'RelatedPerson',
  'Device',
])

/**
 * The table of FHIR paths.
 *
 * | path                                               | GET, HEAD | POST   | PUT, PATCH, DELETE |
 * | -------------------------------------------------- | --------- | ------ | ------------------ |
 * | (nothing)                                          | search    | Bundle |                    |
 * | `/_search`                                         |           | search |                    |
 * | `/Type`                                            | search    | create | on condition       |
 * | `/Type/_search`                                    |           | search |                    |
 * | `/Type/id`                                         | read      |        | yes                |
 * | `/Type/id/_history/version`                        | vread     |        |                    |
 * | `/Type/id/_history`, `/Type/_history`, `/_history` | history   |        |                    |
 * | `/Compartment/id/Type` (or `*`)                    | search    |        |                    |
 * | `/Compartment/id/Type/_search`                     |           | search |                    |
 * | `/$name`, `/Type/$name`, `/Type/id/$name`          | as operations.ts says |    |              |
 *
 * @param path what follows the FHIR base, e.g. `/Patient/123`
 * @throws LanyardError `not-found` for a path that means nothing, `method-not-allowed`
 */
export function routeOf(method: string, path: string, definitions: Definitions): Route {
  const segments = path.split('/').slice(1)
  const isSearchForm = segments.at(-1) === '_search'
  const [type = '', id, third, fourth, ...rest] = isSearchForm ? segments.slice(0, -1) : segments
  const pick = chooser(method)
  const last = segments.at(-1) ?? ''
  if (last.startsWith('$')) return operationOf(last.slice(1), segments.slice(0, -1), pick, definitions)
  if (path === '' || path === '/') {
    return pick({
      GET: () => ({ interaction: 'search-type', target: everyType(definitions), isForm: false }),
      POST: () => ({ interaction: 'bundle' }),
    })
  }
  if (path === '/_search') {
    return pick({
      POST: () => ({ interaction: 'search-type', target: everyType(definitions), isForm: true }),
    })
  }
  if (path === '/_history') return pick({ GET: () => ({ interaction: 'history-system', of: {} }) })
  if (!definitions.isResourceType(type))
    throw unknownPath(`There is no resource type "${type.slice(0, 64)}" here.`)
  if (rest.length > 0) throw unknownPath('This path means nothing here.')

  if (isSearchForm) {
    if (third !== undefined && fourth === undefined) {
      const target = compartmentTarget(type, idOf(id), third, definitions)
      return pick({ POST: () => ({ interaction: 'search-type', target, isForm: true }) })
    }
    if (id !== undefined) throw unknownPath('This path means nothing here.')
    return pick({ POST: () => ({ interaction: 'search-type', target: targetOf(type), isForm: true }) })
  }
  if (id === undefined) {
    return pick({
      GET: () => ({ interaction: 'search-type', target: targetOf(type), isForm: false }),
      POST: () => ({ interaction: 'create', type }),
      PUT: () => ({ interaction: 'update', type, id }),
      PATCH: () => ({ interaction: 'patch', type, id }),
      DELETE: () => ({ interaction: 'delete', type, id }),
    })
  }
  if (id === '_history' && third === undefined)
    return pick({ GET: () => ({ interaction: 'history-type', of: { type } }) })
  idOf(id)
  if (third === undefined) {
    return pick({
      GET: () => ({ interaction: 'read', type, id }),
      PUT: () => ({ interaction: 'update', type, id }),
      PATCH: () => ({ interaction: 'patch', type, id }),
      DELETE: () => ({ interaction: 'delete', type, id }),
    })
  }
  if (third === '_history' && fourth !== undefined) {
    return pick({ GET: () => ({ interaction: 'vread', type, id, version: versionOf(fourth) }) })
  }
  if (third === '_history')
    return pick({ GET: () => ({ interaction: 'history-instance', of: { type, id } }) })
  if (fourth !== undefined) throw unknownPath('This path means nothing here.')
  const target = compartmentTarget(type, id, third, definitions)
  return pick({ GET: () => ({ interaction: 'search-type', target, isForm: false }) })
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Chooses by the method; HEAD is GET. @throws LanyardError `method-not-allowed`, which lists the others */
function chooser(method: string) {
  return (of: Partial<Record<Method, () => Route>>): Route => {
    const chosen = of[(method === 'HEAD' ? 'GET' : method) as Method]
    if (chosen !== undefined) return chosen()
    throw methodNotAllowed(Object.keys(of).join(', ').replace('GET', 'GET, HEAD'))
  }
}

/** @throws LanyardError `not-found` for any operation that is not in the table (ENF-23), `method-not-allowed` */
function operationOf(
  name: string,
  place: readonly string[],
  pick: ReturnType<typeof chooser>,
  definitions: Definitions,
): Route {
  const [type, id, ...rest] = place
  if (type !== undefined && !definitions.isResourceType(type))
    throw unknownPath(`There is no resource type "${type.slice(0, 64)}" here.`)
  if (id !== undefined) idOf(id)
  const operation = rest.length > 0 ? undefined : operationAt(name, type, id)
  if (operation === undefined) throw unknownPath(`There is no operation "$${name.slice(0, 64)}" here.`)
  const route = (isPost: boolean) => (): Route => {
    return { interaction: 'operation', name: operation.name, type, id, isPost }
  }
  return pick(Object.fromEntries(operation.methods.map((method) => [method, route(method === 'POST')])))
}

/** The search of the whole server; `_type` says of what. */
function everyType({ resourceTypes }: Definitions): SearchTarget {
  return { types: resourceTypes, within: undefined, path: '' }
}

function targetOf(type: string): SearchTarget {
  return { types: [type], within: undefined, path: type }
}

function idOf(id: string | undefined): string {
  if (id !== undefined && idPattern.test(id)) return id
  throw unknownPath('This is not the id of a resource.')
}

function compartmentTarget(
  compartment: string,
  id: string,
  type: string,
  definitions: Definitions,
): SearchTarget {
  // A Device belongs to its own compartment, though R4's list does not say so.
  const members = definitions.resourceTypes.filter(
    (member) => member === compartment || definitions.compartment(compartment, member) !== undefined,
  )
  if (!compartments.has(compartment)) throw unknownPath(`There is no compartment ${compartment}.`)
  const types = type === '*' ? members : members.filter((member) => member === type)
  if (types.length === 0)
    throw unknownPath(`${type.slice(0, 64)} is not part of the ${compartment} compartment.`)
  return { types, within: { compartment, id }, path: `${compartment}/${id}/${type}` }
}

function versionOf(text: string): number {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
}

function unknownPath(sentence: string): LanyardError {
  return new LanyardError('not-found', sentence, { word: 'not-found', reason: 'path-unknown' })
}

function methodNotAllowed(allow: string): LanyardError {
  return new LanyardError('method-not-allowed', `This address takes ${allow} only.`, {
    word: 'not-supported',
    reason: 'method',
    headers: { allow },
  })
}
