import { isPresent, matches } from './matching.ts'
import {
  knows,
  otherCompartments,
  type Parameter,
  parameterOf,
  patientCompartment,
  targetsOf,
  types,
} from './parameters.ts'
import type { Filter, Include, Question, Search } from './question.ts'
import { keyOf, type Resource } from './resource.ts'
import type { Sight } from './sight.ts'
import type { World } from './world.ts'

/** What a server that enforces the grant must answer. */
export type Expected = {
  status: number
  /** Of a search: the matches, as `Type/id`. */
  matches?: ReadonlySet<string>
  /** Of a search: what a page with these matches must bring along. */
  included?(page: readonly string[]): Set<string>
}

export function expected(question: Question, sight: Sight, world: World): Expected {
  return question.kind === 'search'
    ? createSearch(sight, world).answer(question)
    : { status: readStatus(question, sight, world) }
}

function readStatus(question: Exclude<Question, Search>, sight: Sight, world: World): number {
  const { kind, type, id } = question
  const key = `${type}/${id}`
  if (!sight.may(kind, type)) return 403
  const all = sight.seesAll(kind, type)
  if (world.deleted.has(key)) {
    const knowsPast = kind === 'vread' && question.version === 1
    return all ? (knowsPast ? 200 : kind === 'vread' && question.version !== 2 ? 404 : 410) : 404
  }
  const resource = world.byKey.get(key)
  if (resource === undefined || !sight.sees(kind, resource)) return 404
  if (kind === 'read') return 200
  const version = (world.versions.get(key) ?? [resource])[question.version - 1]
  return version !== undefined && sight.sees(kind, version) ? 200 : 404
}

/** Rounds that `:iterate` goes, as documented. */
const ROUNDS = 4

function createSearch(sight: Sight, world: World) {
  const { base, current, byKey } = world

  function answer(search: Search): Expected {
    const { within, filters, includes } = search
    const members = search.type === undefined ? membersOf(within?.compartment ?? '') : [search.type]
    // `Patient/ann/*` is a search over those of its types that may be searched.
    const open = members.filter((type) => sight.may('search', type))
    const searched = search.type === undefined && open.length > 0 ? open : members
    if (!searched.every((type) => sight.may('search', type))) return { status: 403 }
    if (searched.some((type) => filters.some((filter) => isRefused(filter, type)))) return { status: 403 }
    if (
      sight.patient !== undefined &&
      searched.every(sight.isBound) &&
      namesOther(search, searched, sight.patient)
    )
      return { status: 403 }
    if (searched.some((type) => filters.some((filter) => isAmbiguous(filter, type)))) return { status: 400 }
    const found = current.filter(
      (resource) =>
        searched.includes(resource.resourceType) &&
        sight.sees('search', resource) &&
        (within === undefined || isWithin(resource, within.compartment, within.id)) &&
        filters.every((filter) => holds(filter, resource)),
    )
    return {
      status: 200,
      matches: new Set(found.map(keyOf)),
      included: (page) => includedWith(page, includes),
    }
  }

  /** A chain or `_has` through a type that the grant may not search. */
  function isRefused(filter: Filter, type: string): boolean {
    if (filter.kind === 'has')
      return !sight.may('search', filter.source) || isRefused(filter.inner, filter.source)
    if (filter.kind !== 'chain') return false
    const open = endsOf(filter, type).filter((end) => sight.may('search', end))
    return open.length === 0 || open.some((end) => isRefused(filter.inner, end))
  }

  /** A bare id that names resources of several types which the grant sees: it must say which is meant. */
  function isAmbiguous(filter: Filter, type: string): boolean {
    if (filter.kind === 'has') return isAmbiguous(filter.inner, filter.source)
    if (filter.kind === 'chain') return endsOf(filter, type).some((end) => isAmbiguous(filter.inner, end))
    if (filter.kind !== 'value' || filter.modifier !== '') return false
    const parameter = parameterOf(type, filter.code)
    if (parameter.kind !== 'reference') return false
    return filter.values.some((text) => {
      const named = parameter.targets.filter((target) => {
        const resource = byKey.get(`${target}/${text}`)
        return resource !== undefined && (sight.sees('read', resource) || sight.sees('search', resource))
      })
      return named.length > 1
    })
  }

  function holds(filter: Filter, resource: Resource): boolean {
    const type = resource.resourceType
    switch (filter.kind) {
      case 'id':
        return filter.ids.includes(resource.id)
      case 'missing':
        return isPresent(resource, parameterOf(type, filter.code)) !== filter.missing
      case 'value': {
        const parameter = parameterOf(type, filter.code)
        const any = filter.values.some((text) =>
          parameter.kind === 'reference'
            ? refersTo(resource, parameter, filter.modifier, text)
            : matches(resource, parameter, filter.modifier, text),
        )
        return filter.modifier === 'not' ? !any : any
      }
      case 'chain': {
        const ends = endsOf(filter, type)
        return targetsOf(resource, parameterOf(type, filter.code), base).some((key) => {
          const end = byKey.get(key)
          return (
            end !== undefined &&
            ends.includes(end.resourceType) &&
            sight.sees('search', end) &&
            holds(filter.inner, end)
          )
        })
      }
      case 'has':
        return referredBy(filter).has(keyOf(resource))
    }
  }

  const referred = new Map<Filter, Set<string>>()
  /** What the sources of a `_has` refer to, as far as the grant finds them. */
  function referredBy(filter: Filter & { kind: 'has' }): Set<string> {
    const known = referred.get(filter)
    if (known !== undefined) return known
    const parameter = parameterOf(filter.source, filter.code)
    const sources = current.filter(
      (source) =>
        source.resourceType === filter.source && sight.sees('search', source) && holds(filter.inner, source),
    )
    const keys = new Set(sources.flatMap((source) => targetsOf(source, parameter, base)))
    referred.set(filter, keys)
    return keys
  }

  function refersTo(resource: Resource, parameter: Parameter, modifier: string, text: string): boolean {
    const local = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text
    const wanted = modifier === '' || local.includes('/') ? local : `${modifier}/${local}`
    return targetsOf(resource, parameter, base).some((key) =>
      wanted.includes('/') ? key === wanted : key.split('/')[1] === wanted,
    )
  }

  function isWithin(resource: Resource, compartment: string, id: string): boolean {
    const key = `${compartment}/${id}`
    if (keyOf(resource) === key) return true
    const codes = codesOf(compartment, resource.resourceType)
    return codes.some((code) =>
      targetsOf(resource, parameterOf(resource.resourceType, code), base).includes(key),
    )
  }

  function includedWith(page: readonly string[], includes: readonly Include[]): Set<string> {
    const seen = new Set(page)
    const added = new Set<string>()
    let newest = page.flatMap((key) => byKey.get(key) ?? [])
    for (let round = 0; round < ROUNDS && newest.length > 0; round++) {
      const steps = includes.filter((include) => round === 0 || include.iterate)
      const reached = new Set(steps.flatMap((include) => stepTo(include, newest)))
      newest = [...reached].flatMap((key) => {
        const resource = byKey.get(key)
        if (resource === undefined || seen.has(key)) return []
        return sight.sees('read', resource) || sight.sees('search', resource) ? [resource] : []
      })
      for (const key of newest.map(keyOf)) {
        seen.add(key)
        added.add(key)
      }
    }
    return added
  }

  /** Where one include leads from some resources, seen or not. */
  function stepTo({ backwards, source, code, target }: Include, from: readonly Resource[]): string[] {
    const parameter = parameterOf(source, code)
    const isWanted = (key: string) => target === undefined || key.startsWith(`${target}/`)
    const heads = (tail: Resource) =>
      tail.resourceType === source ? targetsOf(tail, parameter, base).filter(isWanted) : []
    if (!backwards) return from.flatMap(heads)
    const keys = new Set(from.map(keyOf))
    return current.filter((tail) => heads(tail).some((key) => keys.has(key))).map(keyOf)
  }

  return { answer }
}

const codesOf = (compartment: string, type: string): readonly string[] =>
  (compartment === 'Patient' ? patientCompartment : (otherCompartments[compartment] ?? {}))[type] ?? []

const membersOf = (compartment: string): string[] =>
  types.filter((type) => codesOf(compartment, type).length > 0 || type === compartment)

/** The types at the other end of a chain that know its next parameter. */
function endsOf({ code, target, inner }: Filter & { kind: 'chain' }, type: string): readonly string[] {
  const parameter = parameterOf(type, code)
  if (parameter.kind !== 'reference') return []
  if (target !== undefined) return [target]
  return parameter.targets.filter(
    (end) => inner.kind === 'id' || inner.kind === 'has' || knows(end, inner.code),
  )
}

/** Whether a search names a patient other than this one: by reference, by id, by compartment, through a chain. */
function namesOther({ within, filters }: Search, searched: readonly string[], patient: string): boolean {
  if (within?.compartment === 'Patient' && within.id !== patient) return true
  return filters.some((filter) => searched.every((type) => filterNamesOther(filter, type, patient)))
}

function filterNamesOther(filter: Filter, type: string, patient: string): boolean {
  switch (filter.kind) {
    case 'id':
      return type === 'Patient' && filter.ids.some((id) => id !== patient)
    case 'chain':
      return endsOf(filter, type).some((end) => filterNamesOther(filter.inner, end, patient))
    case 'has':
      return filterNamesOther(filter.inner, filter.source, patient)
    case 'missing':
      return false
    case 'value': {
      const parameter = parameterOf(type, filter.code)
      if (parameter.kind !== 'reference') return false
      const mayBePatient = parameter.targets.includes('Patient')
      return filter.values.some((text) => {
        const [id = '', named = filter.modifier] = text.split('/').reverse()
        return (named === 'Patient' || (named === '' && mayBePatient)) && id !== patient
      })
    }
  }
}
