import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import type { Pairs } from '../http/parameters.ts'
import type { SingleRoute } from '../http/route.ts'
import { refuseOtherPatient } from '../http/search-handler.ts'
import { type QueryOptions, readQuery, type SearchQuery } from '../search/query.ts'
import { refuseHidden, refuseHiddenShape } from '../store/refuse-hidden.ts'
import type { ExplainDeps } from './deps.ts'
import type { Step } from './step.ts'

/** The page of a search that nobody sees. */
const PAGE = 50

export function optionsOf({ definitions, fhirBase, systems }: ExplainDeps): QueryOptions {
  return { definitions, fhirBase, systems, pageSize: PAGE, maxPageSize: 1000, strict: false }
}

/** The parameters of a search, or the criteria of a change: each as it counts, or why it is refused. */
export function parametersStep(
  route: SingleRoute,
  pairs: Pairs,
  access: Access,
  deps: ExplainDeps,
): Step | undefined {
  const target = targetOf(route)
  if (target === undefined) return undefined
  const { within } = target
  const types = openOf(target.types, access)
  const base = { name: 'parameters', title: 'Parameters' } as const
  // The compartment of the path is a criterion too.
  const all = within === undefined ? pairs : [['', ''] as const, ...pairs]
  if (all.length === 0) return undefined
  const verdicts = all.map(([name, value]) => {
    const shown = name === '' ? `${within?.compartment}/${within?.id}` : `${name}=${value}`
    try {
      const query = readQuery(types, name === '' ? [] : [[name, value]], optionsOf(deps), within)
      judge(query, access, deps)
      const counts = name === '' || query.used.length > 0
      const { parameter } = deps.words
      return { ok: true, line: counts ? parameter.counts(shown) : parameter.unknown(shown) }
    } catch (error) {
      if (error instanceof LanyardError)
        return { ok: false, line: deps.words.parameter.refused(shown, error.message) }
      throw error
    }
  })
  const outcome = verdicts.every(({ ok }) => ok) ? 'ok' : 'refused'
  const lines = verdicts.toSorted((a, b) => Number(b.ok) - Number(a.ok)).map(({ line }) => line)
  return { ...base, outcome, lines }
}

/** What is searched, or what the condition of a change looks for. */
function targetOf(route: SingleRoute): Pick<SearchQuery, 'types' | 'within'> | undefined {
  if (route.interaction === 'search-type') return route.target
  switch (route.interaction) {
    case 'update':
    case 'patch':
    case 'delete':
      return route.id === undefined ? { types: [route.type], within: undefined } : undefined
    default:
      return undefined
  }
}

export function openOf(types: readonly string[], access: Access): readonly string[] {
  const open = types.filter((type) => access.decide('search-type', type).allowed)
  return open.length === 0 ? types : open
}

/** As a search judges its question, before it looks at any data. */
function judge(query: SearchQuery, access: Access, { definitions }: ExplainDeps): void {
  refuseOtherPatient(access, query)
  const engine = { access, definitions }
  refuseHiddenShape(engine, query)
  for (const type of query.types) {
    const compartment =
      query.within === undefined ? [] : [{ kind: 'compartment', type, ...query.within } as const]
    refuseHidden(engine, type, [...query.filters, ...compartment])
  }
}
