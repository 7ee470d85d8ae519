import { LanyardError } from '../../lib/errors.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { SearchTarget } from './search-handler.ts'

/** What a request asks for, from its method and path. */
export type Route =
  | { interaction: 'read'; type: string; id: string }
  | { interaction: 'vread'; type: string; id: string; version: number }
  | { interaction: 'search-type'; target: SearchTarget }

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
 * | path                             | GET, HEAD | POST      |
 * | -------------------------------- | --------- | --------- |
 * | `/Type`                          | search    |           |
 * | `/Type/_search`                  |           | search    |
 * | `/Type/id`                       | read      |           |
 * | `/Type/id/_history/version`      | vread     |           |
 * | `/Compartment/id/Type` (or `*`)  | search    |           |
 * | `/Compartment/id/Type/_search`   |           | search    |
 *
 * @param path what follows the FHIR base, e.g. `/Patient/123`
 * @throws LanyardError `not-found` for a path that means nothing, `method-not-allowed`
 */
export function routeOf(method: string, path: string, definitions: Definitions): Route {
  const segments = path.split('/').slice(1)
  const isSearchForm = segments.at(-1) === '_search'
  const [type = '', id, third, fourth, ...rest] = isSearchForm ? segments.slice(0, -1) : segments
  if (!definitions.isResourceType(type))
    throw unknownPath(`There is no resource type "${type.slice(0, 64)}" here.`)
  const reads = method === 'GET' || method === 'HEAD'
  if (isSearchForm ? method !== 'POST' : !reads) throw methodNotAllowed(isSearchForm ? 'POST' : 'GET, HEAD')
  if (rest.length > 0) throw unknownPath('This path means nothing here.')

  if (id === undefined)
    return { interaction: 'search-type', target: { types: [type], within: undefined, path: type } }
  if (!idPattern.test(id)) throw unknownPath('This is not the id of a resource.')
  if (third === undefined && !isSearchForm) return { interaction: 'read', type, id }
  if (third === '_history' && fourth !== undefined && !isSearchForm) {
    return { interaction: 'vread', type, id, version: versionOf(fourth) }
  }
  if (third !== undefined && fourth === undefined) return compartmentRoute(type, id, third, definitions)
  throw unknownPath('This path means nothing here.')
}

function compartmentRoute(compartment: string, id: string, type: string, definitions: Definitions): Route {
  // A Device belongs to its own compartment, though R4's list does not say so.
  const members = definitions.resourceTypes.filter(
    (member) => member === compartment || definitions.compartment(compartment, member) !== undefined,
  )
  if (!compartments.has(compartment)) throw unknownPath(`There is no compartment ${compartment}.`)
  const types = type === '*' ? members : members.filter((member) => member === type)
  if (types.length === 0)
    throw unknownPath(`${type.slice(0, 64)} is not part of the ${compartment} compartment.`)
  return {
    interaction: 'search-type',
    target: { types, within: { compartment, id }, path: `${compartment}/${id}/${type}` },
  }
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
