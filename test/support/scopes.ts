import fc from 'fast-check'
import {
  type Criterion,
  identityNames,
  parseScopes,
  type ResourceScope,
  type Scope,
  type Vocabulary,
} from '../../src/smart/scope.ts'

const types = ['Patient', 'Observation', 'ImagingStudy', 'Practitioner']

/** As little of FHIR as the grammar of scopes needs. */
export const vocabulary: Vocabulary = {
  isResourceType: (name) => types.includes(name),
  isLowerCaseType: (name) => types.some((type) => type.toLowerCase() === name),
  isExtension: (name) => name === '__introspect' || name === 'https://example.org/scopes/photo',
  criterionProblem: (_type, { name }) => (name === 'hopeless' ? '"hopeless" cannot be evaluated' : undefined),
}

export const scopes = (text: string): readonly Scope[] => parseScopes(text, vocabulary).scopes

const letterSets = fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }).map((chosen) => chosen.join(''))

const criterion: fc.Arbitrary<Criterion> = fc.record({
  name: fc.constantFrom('p', 'q'),
  value: fc.subarray(['1', '2', '3'], { minLength: 1 }).map((values) => values.join(',')),
})

const uriPrefix = 'http://smarthealthit.org/fhir/scopes/'
const v1Letters = ['rs', 'cud', 'cruds']

/** Any resource scope over two types, two parameters and three values. */
export const resourceScopes: fc.Arbitrary<ResourceScope> = fc
  .record({
    kind: fc.constant('resource' as const),
    level: fc.constantFrom('patient' as const, 'user' as const, 'system' as const),
    type: fc.constantFrom('*', 'Patient', 'Observation'),
    letters: letterSets,
    where: fc.array(criterion, { maxLength: 2 }),
    v1: fc.boolean(),
    prefix: fc.constantFrom('', '', '', uriPrefix),
  })
  .map((scope) => ({
    ...scope,
    v1: scope.v1 && scope.where.length === 0 && v1Letters.includes(scope.letters),
  }))

/** Any scope at all. */
export const anyScopes: fc.Arbitrary<Scope> = fc.oneof(
  { weight: 4, arbitrary: resourceScopes },
  fc.record({
    kind: fc.constant('identity' as const),
    name: fc.constantFrom(...identityNames),
    prefix: fc.constantFrom('', uriPrefix, 'http://openid.net/specs/openid-connect-core-1_0#'),
  }),
  fc.constantFrom(
    { kind: 'context' as const, type: '', role: undefined, prefix: '' },
    { kind: 'context' as const, type: 'patient', role: undefined, prefix: uriPrefix },
    { kind: 'context' as const, type: 'imagingstudy', role: 'https://example.org/role', prefix: '' },
  ),
  fc.constantFrom(
    { kind: 'extension' as const, name: '__introspect' },
    { kind: 'extension' as const, name: 'https://example.org/scopes/photo' },
  ),
)

/** A resource of a little world: its type, and what it says for each parameter. */
export type Thing = { type: string; p: readonly string[]; q: readonly string[] }

const values = fc.subarray(['1', '2', '3'])
export const things: fc.Arbitrary<Thing> = fc.record({
  type: fc.constantFrom('Patient', 'Observation'),
  p: values,
  q: values,
})

/** FHIR search on a little world: one of the values is there. */
export function satisfies(thing: Thing, where: readonly Criterion[]): boolean {
  return where.every(({ name, value }) =>
    value.split(',').some((one) => (name === 'p' ? thing.p : thing.q).includes(one)),
  )
}

/** What a scope opens, said as plainly as can be: the measure for the algebra. */
export function opens(scope: Scope, level: string, letter: string, thing: Thing): boolean {
  return (
    scope.kind === 'resource' &&
    scope.level === level &&
    scope.letters.includes(letter) &&
    (scope.type === '*' || scope.type === thing.type) &&
    satisfies(thing, scope.where)
  )
}
