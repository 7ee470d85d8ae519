import { LanyardError } from '../../lib/errors.ts'
import type { SharedResources } from '../access/shared.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { type Element, isElement } from '../extract/values.ts'
import { type QueryOptions, readQuery } from '../search/query.ts'
import type { FhirStore } from '../store/store.ts'
import { asUser, type Looking } from './sight.ts'
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
    who: Looking,
    type: string,
    pairs: Pairs,
    most = PAGE,
  ): Promise<{ resources: Element[]; more: boolean }> {
    const shape: Pairs = [
      ['_count', String(most)],
      ['_total', 'none'],
    ]
    const query = readQuery([type], [...pairs, ...shape], options)
    try {
      const { page } = await store.as(asUser(who, shared)).search(query, {})
      return { resources: page.hits.map(({ body }) => parsed(body)), more: page.hasNext }
    } catch (error) {
      // No role of the user opens the type, or lets it be searched in this way.
      if (isOneOf(error, 'forbidden')) return { resources: [], more: false }
      throw error
    }
  }

  /** One resource; undefined if it is not there, not any more, or not for this user. */
  async function read(who: Looking, named: Named | undefined): Promise<Element | undefined> {
    if (named === undefined) return undefined
    try {
      const { body } = await store.as(asUser(who, shared)).read(named.type, named.id)
      return parsed(body)
    } catch (error) {
      if (isOneOf(error, 'not-found', 'gone', 'forbidden')) return undefined
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

function isOneOf(error: unknown, ...codes: LanyardError['code'][]): boolean {
  return error instanceof LanyardError && codes.includes(error.code)
}

function parsed(body: string): Element {
  return JSON.parse(body) as Element
}
