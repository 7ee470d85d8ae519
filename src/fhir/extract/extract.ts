import type { Definitions } from '../definitions/definitions.ts'
import type { Resource, SearchParameter } from '../definitions/types.ts'
import { addBinaryLinks } from './binary-links.ts'
import { createPairEmitter } from './composite.ts'
import { distinct } from './distinct.ts'
import { emitterOf } from './emitters.ts'
import { addPath, createPlan, type Plan, run } from './plan.ts'
import type { Home } from './reference.ts'
import type { IndexRow } from './rows.ts'
import { isElement } from './values.ts'

/** Everything a search can find a resource by; nothing for a type that R4 does not know. */
export type Extract = (resource: Resource) => IndexRow[]

/**
 * Makes the function that turns a resource into index rows. It is pure and never throws: what is malformed is
 * not indexed. Aliases have no rows of their own, neither have `special` parameters (Location.near).
 * `base` is the server's own FHIR base URL, without a slash at its end: references that start with it are
 * local.
 */
export function createExtract(definitions: Definitions, { base }: { base: string }): Extract {
  const home: Home = { base, isResourceType: definitions.isResourceType }
  const plans = new Map<string, Plan<IndexRow>>()
  const planOf = (type: string): Plan<IndexRow> => {
    const known = plans.get(type)
    if (known) return known
    const plan = compile(definitions.searchParameters(type), home)
    addBinaryLinks(plan, type, home)
    plans.set(type, plan)
    return plan
  }
  return (resource) =>
    definitions.isResourceType(resource.resourceType)
      ? distinct(run(planOf(resource.resourceType), resource))
      : []
}

function compile(parameters: readonly SearchParameter[], home: Home): Plan<IndexRow> {
  const plan: Plan<IndexRow> = createPlan()
  for (const parameter of parameters) {
    if (parameter.of) continue
    if (parameter.truth) addTruth(plan, parameter)
    else if (parameter.components.length === 2) addPairs(plan, parameter, parameter.components, home)
    else addValues(plan, parameter, home)
  }
  return plan
}

function addValues(plan: Plan<IndexRow>, { code, type, paths }: SearchParameter, home: Home): void {
  for (const path of paths) {
    const emit = emitterOf(type, path, home)
    if (emit) addPath(plan, path, (value, rows) => emit(value, code, rows))
  }
}

function addPairs(
  plan: Plan<IndexRow>,
  { code, roots }: SearchParameter,
  components: Parameters<typeof createPairEmitter>[0],
  home: Home,
): void {
  const emit = createPairEmitter(components, home)
  for (const root of roots) addPath(plan, root, (element, rows) => emit(element, code, rows))
}

/** `Patient.deceased.exists() and Patient.deceased != false`: every Patient has a row, true or false. */
function addTruth(plan: Plan<IndexRow>, { code, paths }: SearchParameter): void {
  const signs: Plan<true> = createPlan()
  for (const path of paths) {
    addPath(signs, path, (value, found) => {
      if (value !== false) found.push(true)
    })
  }
  plan.visitors.push((resource, rows) => {
    const holds = isElement(resource) && run(signs, resource).length > 0
    rows.push({ kind: 'token', param: code, system: undefined, code: `${holds}` })
  })
}
