import { codesOf, isPresent, type Stretch, stretchOf } from './matching.ts'
import {
  completeCodes,
  otherCompartments,
  parameterOf,
  parameters,
  patientCompartment,
  singleTarget,
  valuesOf,
} from './parameters.ts'
import type { Filter, Include, Question, Search } from './question.ts'
import { localKey } from './resource.ts'
import type { Grant, ModelRule, ModelScope } from './sight.ts'
import type { World } from './world.ts'

/**
 * Makes random grants and questions that have something to do with a world: most values occur in it.
 * @param pageSizes values of `_count`
 */
export function generator(world: World, random: () => number, pageSizes = ['1', '2', '3', '7']) {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const some = (chance: number): boolean => random() < chance
  const times = (most: number): number => Math.floor(random() * (most + 1))

  const present = [...new Set(world.current.map((resource) => resource.resourceType))].sort()
  const idsOf = new Map(
    present.map((type) => [
      type,
      world.current.filter((one) => one.resourceType === type).map((one) => one.id),
    ]),
  )
  const patients = idsOf.get('Patient') ?? []
  const used = new Map<string, readonly string[]>()

  /** What a search could ask of a parameter, as text. */
  function textsOf(type: string, code: string): readonly string[] {
    const name = `${type}.${code}`
    const known = used.get(name)
    if (known !== undefined) return known
    const parameter = parameterOf(type, code)
    const values = world.current
      .filter((resource) => resource.resourceType === type)
      .flatMap((resource) => valuesOf(resource, parameter))
    const texts = [...new Set(values.flatMap((value) => textOf(value, parameter.kind)))].slice(0, 60)
    used.set(name, texts)
    return texts
  }

  function textOf(value: unknown, kind: string): string[] {
    switch (kind) {
      case 'token':
        return codesOf(value).flatMap(({ system, code, implied }) =>
          implied
            ? [code]
            : system === undefined
              ? [code, `|${code}`]
              : [code, `${system}|${code}`, `${system}|`],
        )
      case 'string':
        return [String(value).slice(0, 4), String(value)].filter((text) => !text.includes(','))
      case 'date':
        return stretchOf(value).flatMap(({ lo, hi }: Stretch) =>
          [lo, hi].filter(Number.isFinite).flatMap((time) => {
            const text = new Date(time).toISOString()
            return [text.slice(0, 4), text.slice(0, 7), text.slice(0, 10)].flatMap((date) =>
              ['', 'ge', 'lt', 'gt', 'le', 'sa', 'eb', 'ne'].map((prefix) => prefix + date),
            )
          }),
        )
      case 'quantity':
        return ['', 'gt', 'le', 'ne'].map((prefix) => `${prefix}${(value as { value: number }).value}`)
      default: {
        const key = localKey(value, world.base)
        return key === undefined ? [] : [key, key, key.split('/')[1] ?? '', `${world.base}/${key}`]
      }
    }
  }

  function grant(): Grant {
    const patient = some(0.75) ? pick([...patients.slice(0, 3), ...patients.slice(0, 3), 'ghost']) : undefined
    const reach = pick([undefined, 'all', 'few', 'few'] as const)
    const user =
      reach === undefined
        ? undefined
        : {
            fhirUser: pick([
              undefined,
              `Practitioner/${pick(idsOf.get('Practitioner') ?? [])}`,
              `Patient/${pick(patients)}`,
            ]),
            // Whoever launched the app acts for the patient in context.
            patients:
              reach === 'all'
                ? ('all' as const)
                : [...patients, 'ghost'].filter((id) => id === patient || some(0.3)),
            ...(some(0.4) ? { rules: Array.from({ length: 1 + times(3) }, rule) } : {}),
          }
    const scopes = Array.from({ length: 1 + times(7) }, () =>
      scope(patient !== undefined, user !== undefined),
    )
    return { scopes, identity: some(0.3), patient, user }
  }

  function rule(): ModelRule {
    const type = some(0.4) ? '*' : pick(present)
    const one = some(0.5) ? criterion(type) : undefined
    return {
      type,
      letters: pick(['rs', 'rs', 'rs', 'r', 's', 'cruds', 'cud']),
      where: one === undefined ? [] : [one],
    }
  }

  function scope(hasPatient: boolean, hasUser: boolean): ModelScope {
    const levels = [
      ...(hasPatient ? (['patient', 'patient', 'patient'] as const) : []),
      ...(hasUser ? (['user', 'user'] as const) : []),
    ]
    const level =
      some(0.15) || levels.length === 0
        ? pick(['patient', 'user', 'system', 'system'] as const)
        : pick(levels)
    const type = some(0.25)
      ? '*'
      : pick(some(0.4) ? ['Observation', 'Patient', 'Practitioner', 'Encounter', 'Condition'] : present)
    const where = some(0.35)
      ? Array.from({ length: some(0.8) ? 1 : 2 }, () => criterion(type)).filter((one) => one !== undefined)
      : []
    const letters = pick([
      'r',
      's',
      'rs',
      'rs',
      'rs',
      'rs',
      'rs',
      'cruds',
      'cud',
      ...(where.length === 0 ? ['read', '*', 'write'] : []),
    ])
    return { level, type, letters, where }
  }

  /** A limit that a scope can have: by token, string or date, by one value or several. */
  function criterion(type: string): readonly [string, string] | undefined {
    if (type === '*' || some(0.1)) return ['_tag', pick(['urn:tags|red', 'blue', 'red,blue'])]
    const codes = Object.entries(parameters[type] ?? {})
      .filter(([, { kind }]) => kind === 'token' || (kind !== 'reference' && some(0.2)))
      .map(([code]) => code)
    const code = codes.includes('category') && some(0.6) ? 'category' : pick(codes)
    if (code === undefined) return undefined
    const texts = textsOf(type, code).filter((text) => !/[\s,"\\%]|[^\x20-\x7e]/.test(text))
    if (texts.length === 0) return undefined
    return [code, some(0.8) ? pick(texts) : `${pick(texts)},${pick(texts)}`]
  }

  /** A filter on a type. @param hops how many more it may make */
  function filter(type: string, hops = 2): Filter | undefined {
    const entries = Object.entries(parameters[type] ?? {})
    const references = entries.filter(([, { kind }]) => kind === 'reference')
    if (hops > 0 && references.length > 0 && some(0.3)) return chain(type, pick(references)[0], hops)
    if (hops > 0 && some(0.2)) return has(type, hops)
    if (some(0.12))
      return {
        kind: 'id',
        ids: Array.from({ length: 1 + times(2) }, () => pick([...(idsOf.get(type) ?? []), 'nowhere'])),
      }
    const [code, parameter] = some(0.08)
      ? (['_tag', parameterOf(type, '_tag')] as const)
      : (pick(entries) ?? [])
    if (code === undefined || parameter === undefined) return undefined
    if (
      some(0.12) &&
      world.current.some((one) => one.resourceType === type && isPresent(one, parameter)) &&
      !isElsewhere(type, code)
    )
      return { kind: 'missing', code, missing: some(0.5) }
    const texts = textsOf(type, code)
    const values = Array.from({ length: some(0.75) ? 1 : 2 }, () =>
      texts.length === 0 || some(0.04) ? unheardOf(parameter.kind) : pick(texts),
    )
    return { kind: 'value', code, modifier: modifierOf(parameter.kind), values }
  }

  /** References to other servers count as present or not by the parameter; that is not what is tested here. */
  function isElsewhere(type: string, code: string): boolean {
    const parameter = parameterOf(type, code)
    return (
      parameter.kind === 'reference' &&
      world.current.some(
        (one) =>
          one.resourceType === type &&
          valuesOf(one, parameter).some((value) => {
            const key = localKey(value, world.base)
            return key === undefined || !parameter.targets.includes(key.split('/')[0] ?? '')
          }),
      )
    )
  }

  const unheardOf = (kind: string): string =>
    kind === 'date' ? '1850' : kind === 'quantity' ? '-1' : 'unheard-of'
  const modifierOf = (kind: string): string =>
    kind === 'token' && some(0.15) ? 'not' : kind === 'string' && some(0.3) ? pick(['exact', 'contains']) : ''

  function chain(type: string, code: string, hops: number): Filter | undefined {
    const parameter = parameterOf(type, code)
    if (parameter.kind !== 'reference') return undefined
    const ends = parameter.targets.filter((end) => present.includes(end))
    if (ends.length === 0) return undefined
    const end = pick(ends)
    const inner = filter(end, hops - 1)
    if (inner === undefined) return undefined
    const mayBeOpen =
      (singleTarget.has(code) && parameter.targets.length === 1) ||
      (inner.kind === 'value' && completeCodes.has(inner.code))
    return { kind: 'chain', code, target: mayBeOpen && some(0.6) ? undefined : end, inner }
  }

  const referrers = present.flatMap((source) =>
    Object.entries(parameters[source] ?? {}).flatMap(([code, parameter]) =>
      parameter.kind === 'reference' ? parameter.targets.map((target) => ({ source, code, target })) : [],
    ),
  )

  function has(type: string, hops: number): Filter | undefined {
    const candidates = referrers.filter(({ target }) => target === type)
    if (candidates.length === 0) return undefined
    const { source, code } = pick(candidates)
    const inner = filter(source, hops - 1)
    return inner === undefined ? undefined : { kind: 'has', source, code, inner }
  }

  function include(type: string): Include {
    const backwards = some(0.5)
    const iterate = some(0.25)
    const candidates = referrers.filter((one) => (backwards ? one.target === type : one.source === type))
    const { source, code, target } = pick(candidates.length > 0 && some(0.8) ? candidates : referrers)
    return { backwards, iterate, source, code, target: some(0.4) ? target : undefined }
  }

  function search(type: string): Search {
    const within = some(0.15) ? compartment() : undefined
    const searched = within === undefined ? type : within.type
    const filters =
      searched === undefined
        ? []
        : Array.from({ length: pick([0, 0, 1, 1, 2]) }, () => filter(searched) ?? [])
    return {
      kind: 'search',
      type: searched,
      within: within === undefined ? undefined : { compartment: within.name, id: within.id },
      filters: filters.flat(),
      includes: some(0.3) ? Array.from({ length: 1 + times(2) }, () => include(searched ?? 'Patient')) : [],
      shape: shape(searched),
      posted: some(0.15),
    }
  }

  function compartment() {
    const name = some(0.7) ? 'Patient' : pick(Object.keys(otherCompartments))
    const members = Object.keys(name === 'Patient' ? patientCompartment : (otherCompartments[name] ?? {}))
    const id = pick(idsOf.get(name) ?? ['nobody'])
    return { name, id, type: name === 'Patient' && some(0.2) ? undefined : pick(members) }
  }

  function shape(type: string | undefined): Record<string, string> {
    const sortable = Object.entries(parameters[type ?? ''] ?? {}).filter(
      ([, { kind }]) => kind !== 'reference',
    )
    const sort = sortable.length > 0 && some(0.8) ? pick(sortable)[0] : pick(['_id', '_lastUpdated'])
    return {
      ...(some(0.3) && type !== undefined ? { _sort: `${pick(['', '-'])}${sort}` } : {}),
      ...(some(0.3) ? { _count: pick(pageSizes) } : {}),
      ...(some(0.3) ? { _total: pick(['accurate', 'none', 'estimate']) } : {}),
      ...(some(0.1) ? { _summary: 'count' } : some(0.05) ? { _elements: 'status' } : {}),
    }
  }

  /** A question, mostly about what a grant speaks of. */
  function question({ scopes }: Grant): Question {
    const named = scopes.map((one) => one.type).filter((type) => type !== '*')
    const type = named.length > 0 && some(0.85) ? pick(named) : pick(present)
    if (some(0.55)) return search(type)
    const past = [...world.versions.keys(), ...world.deleted.keys()].filter((key) =>
      key.startsWith(`${type}/`),
    )
    const known = some(0.25) && past.length > 0 ? pick(past).split('/')[1] : pick(idsOf.get(type) ?? [])
    const id = some(0.08) || known === undefined ? pick(['nowhere', 'ghost', 'gone', 'deleted']) : known
    return some(0.3) ? { kind: 'vread', type, id, version: pick([1, 1, 2, 3]) } : { kind: 'read', type, id }
  }

  return { grant, question }
}
