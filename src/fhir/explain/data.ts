import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import type { Pairs } from '../http/parameters.ts'
import type { SingleRoute } from '../http/route.ts'
import { readQuery } from '../search/query.ts'
import type { FhirStore } from '../store/store.ts'
import type { ExplainDeps } from './deps.ts'
import { openOf, optionsOf } from './parameters.ts'
import type { Step } from './step.ts'

/** What the data say: how many a search finds, whether a resource is seen. Nothing is changed, and no body is shown. */
export async function dataStep(
  route: SingleRoute,
  pairs: Pairs,
  access: Access,
  store: FhirStore,
  deps: ExplainDeps,
): Promise<Step> {
  const base = { name: 'data', title: 'Data' } as const
  try {
    return { ...base, outcome: 'ok', lines: [await answerOf(route, pairs, access, store, deps)] }
  } catch (error) {
    if (error instanceof LanyardError) return { ...base, outcome: 'refused', lines: [error.message] }
    throw error
  }
}

async function answerOf(
  route: SingleRoute,
  pairs: Pairs,
  access: Access,
  store: FhirStore,
  deps: ExplainDeps,
): Promise<string> {
  const session = store.as(access)
  switch (route.interaction) {
    case 'search-type': {
      const types = openOf(route.target.types, access)
      const query = readQuery(types, pairs, optionsOf(deps), route.target.within)
      const { page } = await session.search({ ...query, count: 0, total: 'accurate' }, {})
      return `The search finds ${page.total ?? 0} now.`
    }
    case 'read':
      await session.read(route.type, route.id)
      return `${route.type}/${route.id} is there and is seen.`
    case 'vread':
      await session.vread(route.type, route.id, route.version)
      return `Version ${route.version} of ${route.type}/${route.id} is there and is seen.`
    case 'create':
      session.mustReach('create', route.type)
      return 'Whether a new resource lies within the limits is judged when it is there.'
    case 'update':
    case 'patch':
    case 'delete':
      session.mustReach(route.interaction, route.type)
      return 'The stored state and the new one must both lie within the limits; what cannot be seen is as good as not there.'
    default:
      return 'Each version is judged by itself.'
  }
}
