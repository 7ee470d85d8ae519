import { LanyardError } from '../../lib/errors.ts'
import type { UserReach } from '../../smart/permit.ts'
import type { SharedResources } from '../access/shared.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { type Element, isElement } from '../extract/values.ts'
import { type QueryOptions, readQuery } from '../search/query.ts'
import type { FhirStore } from '../store/store.ts'
import { asUser } from './sight.ts'
import type { Pairs } from './typed.ts'

export type ReaderDeps = {
  store: FhirStore
  definitions: Definitions
  /** The server's FHIR base: references that begin with it are local. */
  fhirBase: string
  shared: SharedResources
}
/** A resource of this server by its name. */
export type Named = { type: string; id: string }

/** Resources on a page, and the most that can be asked for. */
const PAGE = 20
const MOST = 100

/** Reads and finds resources as a user may see them. */
export type Reader = ReturnType<typeof createReader>

export function createReader({ store, definitions, fhirBase, shared }: ReaderDeps) {
  const options: QueryOptions = {
    definitions,
    fhirBase,
    systems: {},
    strict: true,
    pageSize: PAGE,
    maxPageSize: MOST,
  }

  /** One page of a search; `more` tells whether another would follow. */
  async function find(
    who: UserReach,
    type: string,
    pairs: Pairs,
    most = PAGE,
  ): Promise<{ resources: Element[]; more: boolean }> {
    const shape: Pairs = [
      ['_count', String(most)],
      ['_total', 'none'],
    ]
    const query = readQuery([type], [...pairs, ...shape], options)
    const { page } = await store.as(asUser(who, shared)).search(query, {})
    return { resources: page.hits.map(({ body }) => parsed(body)), more: page.hasNext }
  }

  /** One resource; undefined if it is not there, not any more, or not for this user. */
  async function read(who: UserReach, named: Named | undefined): Promise<Element | undefined> {
    if (named === undefined) return undefined
    try {
      const { body } = await store.as(asUser(who, shared)).read(named.type, named.id)
      return parsed(body)
    } catch (error) {
      if (error instanceof LanyardError && (error.code === 'not-found' || error.code === 'gone'))
        return undefined
      throw error
    }
  }

  /** Reads `Type/id`; undefined for anything else. */
  function nameIn(text: string): Named | undefined {
    const [, type = '', id = ''] = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(text) ?? []
    return definitions.isResourceType(type) ? { type, id } : undefined
  }

  /** What a Reference names on this server, however it is written. */
  function targetOf(reference: unknown): Named | undefined {
    if (!isElement(reference) || typeof reference.reference !== 'string') return undefined
    const own = `${fhirBase}/`
    const text = reference.reference
    return nameIn((text.startsWith(own) ? text.slice(own.length) : text).replace(/\/_history\/.*$/, ''))
  }

  return { find, read, nameIn, targetOf }
}

function parsed(body: string): Element {
  return JSON.parse(body) as Element
}
