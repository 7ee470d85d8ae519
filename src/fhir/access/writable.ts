import { isDeepStrictEqual } from 'node:util'
import type { Definitions } from '../definitions/definitions.ts'
import { isElement } from '../extract/values.ts'
import { type ElementPath, elementPath } from './element-path.ts'

type Json = Record<string, unknown>

/**
 * Whether two versions of a resource differ in anything but some elements. Version and time do not count.
 * @param writable paths as rules name them
 */
export function differsOutside(
  before: string,
  after: string,
  writable: readonly string[],
  definitions: Definitions,
): boolean {
  const [stored, next] = [before, after].map((text) => JSON.parse(text) as Json)
  const type = String(stored?.resourceType)
  const paths = writable.flatMap((text) => elementPath(definitions, type, text) ?? [])
  return !isDeepStrictEqual(fixedOf(stored ?? {}, paths), fixedOf(next ?? {}, paths))
}

/** What must stay as it is. */
function fixedOf({ meta, ...rest }: Json, paths: readonly ElementPath[]): Json {
  const { versionId: _v, lastUpdated: _l, ...kept } = isElement(meta) ? meta : {}
  return paths.reduce((left, path) => without(left, path.steps), { ...rest, meta: kept } as Json)
}

function without(element: Json, [step = [], ...more]: ElementPath['steps']): Json {
  return Object.fromEntries(
    Object.entries(element).flatMap(([name, value]): [string, unknown][] => {
      if (!step.includes(name.replace(/^_/, ''))) return [[name, value]]
      if (more.length === 0) return []
      const inner = (one: unknown) => (isElement(one) ? without(one, more) : one)
      return [[name, Array.isArray(value) ? value.map(inner) : inner(value)]]
    }),
  )
}
