import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Interaction } from '../../src/smart/letters.ts'
import { letterOf } from '../../src/smart/letters.ts'
import { type Authority, type Decision, permit, type Range } from '../../src/smart/permit.ts'
import { reaching } from '../support/roles.ts'
import { anyScopes, satisfies, scopes, things } from '../support/scopes.ts'

type Who = Partial<Omit<Authority, 'scopes'>>
const authority = (text: string, who: Who = {}): Authority => ({
  scopes: scopes(text),
  patient: undefined,
  user: undefined,
  policy: undefined,
  ...who,
})
const doctor: Who = { user: reaching({ fhirUser: 'Practitioner/7', patients: 'all' }) }
const mother: Who = { user: reaching({ fhirUser: 'Patient/m', patients: ['m', 'child'] }) }
const launch: Who = { patient: 'p1' }

/** A decision in few words: the ranges, or the reason. */
const said = (decision: Decision): string =>
  decision.allowed ? decision.ranges.map(shown).join(' + ') : decision.reason
const shown = ({ scope, patients, only }: Range): string =>
  `${scope}@${only ?? (patients === 'all' ? 'all' : patients.join(','))}`

describe('permit', () => {
  test.each<[string, Who, string, Interaction, string, string]>([
    ['system opens all', {}, 'system/Patient.rs', 'read', 'Patient', 'system/Patient.rs@all'],
    [
      'patient opens one record',
      launch,
      'patient/Observation.rs',
      'search-type',
      'Observation',
      'patient/Observation.rs@p1',
    ],
    ['user opens what the user may see', mother, 'user/*.rs', 'read', 'Observation', 'user/*.rs@m,child'],
    ['user of a doctor', doctor, 'user/*.rs', 'read', 'Observation', 'user/*.rs@all'],
    ['v1 words', launch, 'patient/*.read', 'history-instance', 'Patient', 'patient/*.read@p1'],
    ['nothing granted', {}, '', 'read', 'Patient', 'type-not-granted'],
    ['another type', {}, 'system/Observation.cruds', 'read', 'Patient', 'type-not-granted'],
    ['no letter', {}, 'system/Patient.cuds', 'read', 'Patient', 'letter-not-granted'],
    ['vread needs r', {}, 'system/Patient.s', 'vread', 'Patient', 'letter-not-granted'],
    ['search needs s', {}, 'system/Patient.r', 'search-type', 'Patient', 'letter-not-granted'],
    ['type history needs s', {}, 'system/Patient.r', 'history-type', 'Patient', 'letter-not-granted'],
    ['create needs c', {}, 'system/Patient.rud', 'create', 'Patient', 'letter-not-granted'],
    ['update needs u', {}, 'system/Patient.crds', 'update', 'Patient', 'letter-not-granted'],
    ['patch needs u', {}, 'system/Patient.u', 'patch', 'Patient', 'system/Patient.u@all'],
    ['delete needs d', {}, 'system/Patient.crus', 'delete', 'Patient', 'letter-not-granted'],
    [
      'STAND-02 patient scope without patient',
      {},
      'patient/*.rs',
      'read',
      'Patient',
      'no-patient-in-context',
    ],
    ['user scope without user', {}, 'user/*.rs', 'read', 'Patient', 'no-user'],
    [
      'ENF-26 the context patient does not limit user scopes',
      { ...launch, ...doctor },
      'user/Observation.rs',
      'read',
      'Observation',
      'user/Observation.rs@all',
    ],
    [
      'ENF-27 patient and user side by side',
      { ...launch, ...mother },
      'patient/*.rs user/*.rs',
      'read',
      'Observation',
      'patient/*.rs@p1 + user/*.rs@m,child',
    ],
    [
      'ENF-27 patient scope lost, user scope stays',
      mother,
      'patient/*.rs user/*.rs',
      'read',
      'Observation',
      'user/*.rs@m,child',
    ],
    [
      'ENF-13 no patient scope creates a Patient',
      launch,
      'patient/Patient.cruds',
      'create',
      'Patient',
      'patient-create',
    ],
    ['ENF-13 nor does a wildcard', launch, 'patient/*.cruds', 'create', 'Patient', 'patient-create'],
    [
      'ENF-13 it creates other things',
      launch,
      'patient/*.cruds',
      'create',
      'Observation',
      'patient/*.cruds@p1',
    ],
    ['ENF-13 and changes the Patient', launch, 'patient/*.cruds', 'update', 'Patient', 'patient/*.cruds@p1'],
    [
      'ENF-13 a user scope creates a Patient',
      { ...launch, ...doctor },
      'patient/*.cruds user/Patient.c',
      'create',
      'Patient',
      'user/Patient.c@all',
    ],
    [
      'OIDC-05 who the user is may be read',
      doctor,
      'openid fhirUser',
      'read',
      'Practitioner',
      'fhirUser@Practitioner/7',
    ],
    [
      'OIDC-05 nobody else of that type by search',
      doctor,
      'openid fhirUser',
      'search-type',
      'Practitioner',
      'type-not-granted',
    ],
    ['OIDC-05 no other type', doctor, 'openid fhirUser', 'read', 'Patient', 'type-not-granted'],
    [
      'OIDC-05 no type that begins like it',
      doctor,
      'openid fhirUser',
      'read',
      'Practition',
      'type-not-granted',
    ],
    ['OIDC-05 not to be changed', doctor, 'openid fhirUser', 'update', 'Practitioner', 'type-not-granted'],
    ['OIDC-05 not without the scope', doctor, 'openid profile', 'read', 'Practitioner', 'type-not-granted'],
    [
      'OIDC-06 not without a resource',
      { user: reaching({ fhirUser: undefined, patients: 'all' }) },
      'fhirUser',
      'read',
      'Practitioner',
      'type-not-granted',
    ],
    ['OIDC-06 not without a user', {}, 'fhirUser', 'read', 'Practitioner', 'type-not-granted'],
    [
      'OIDC-05 beside a patient scope',
      { ...launch, ...doctor },
      'fhirUser patient/Practitioner.r',
      'read',
      'Practitioner',
      'patient/Practitioner.r@p1 + fhirUser@Practitioner/7',
    ],
    [
      'ENF-11 moot beside a scope for all',
      doctor,
      'fhirUser user/Practitioner.r',
      'read',
      'Practitioner',
      'user/Practitioner.r@all',
    ],
    [
      'ENF-11 all beside some',
      {},
      'system/Observation.rs?p=1 system/Observation.rs system/Observation.rs?q=1',
      'read',
      'Observation',
      'system/Observation.rs@all',
    ],
    [
      'ENF-11 one record, all beside some',
      launch,
      'patient/Observation.rs?p=1 patient/*.rs',
      'read',
      'Observation',
      'patient/*.rs@p1',
    ],
    [
      'ENF-11 fewer criteria beside more',
      launch,
      'patient/Observation.rs?p=1&q=1 patient/Observation.rs?q=1',
      'read',
      'Observation',
      'patient/Observation.rs?q=1@p1',
    ],
    [
      'ENF-11 of two alike the first',
      launch,
      'patient/Observation.rs patient/Observation.read',
      'read',
      'Observation',
      'patient/Observation.rs@p1',
    ],
    [
      'SCOPE-05 some beside others: a union',
      launch,
      'patient/Observation.rs?p=1 patient/Observation.rs?p=2',
      'read',
      'Observation',
      'patient/Observation.rs?p=1@p1 + patient/Observation.rs?p=2@p1',
    ],
    [
      'ENF-11 between levels only what has no limit counts',
      { patient: 'm', ...mother },
      'patient/*.rs user/*.rs',
      'read',
      'Observation',
      'patient/*.rs@m + user/*.rs@m,child',
    ],
    [
      'ENF-11 a doctor opens it all',
      { ...launch, ...doctor },
      'patient/*.rs user/*.rs',
      'read',
      'Observation',
      'user/*.rs@all',
    ],
    [
      'ENF-02 the letter of one never goes with the range of another',
      launch,
      'patient/Observation.r?p=1 patient/Observation.s',
      'read',
      'Observation',
      'patient/Observation.r?p=1@p1',
    ],
    [
      'ENF-02 the other way round',
      launch,
      'patient/Observation.r?p=1 patient/Observation.s',
      'search-type',
      'Observation',
      'patient/Observation.s@p1',
    ],
    ['ENF-02 nor the type', {}, 'system/Observation.r system/*.s', 'read', 'Patient', 'letter-not-granted'],
    [
      'ENF-02 nor the level',
      launch,
      'patient/Observation.r system/Observation.s',
      'search-type',
      'Observation',
      'system/Observation.s@all',
    ],
    [
      'identity and context scopes open nothing',
      { ...launch, ...doctor },
      'openid launch launch/patient offline_access __introspect',
      'read',
      'Patient',
      'type-not-granted',
    ],
  ])('%s', (_what, who, granted, interaction, type, expected) => {
    expect(said(permit(authority(granted, who), interaction, type))).toBe(expected)
  })

  test.each<[string, Who, string, Interaction, string, RegExp]>([
    [
      'type',
      launch,
      'patient/Observation.rs',
      'read',
      'Patient',
      /opens nothing of type Patient.*"patient\/Patient\.r"/,
    ],
    ['type, nothing held', {}, '', 'search-type', 'Patient', /"system\/Patient\.s"/],
    [
      'letter',
      launch,
      'patient/*.r',
      'search-type',
      'Patient',
      /holds "patient\/\*\.r", which has no "s" for search-type/,
    ],
    ['patient', {}, 'patient/*.r', 'read', 'Patient', /no patient in its launch context/],
    ['user', {}, 'user/*.r', 'read', 'Patient', /no user stands behind it/],
    ['create', launch, 'patient/*.c', 'create', 'Patient', /cannot create a Patient/],
  ])('a refusal for want of %s says what would help', (_what, who, granted, interaction, type, sentence) => {
    const decision = permit(authority(granted, who), interaction, type)
    expect(!decision.allowed && decision.sentence).toMatch(sentence)
  })

  test('ENF-02, ENF-11 in every world it opens what some one scope opens, and nothing else', () => {
    const interactions = Object.keys(letterOf) as Interaction[]
    const someone = fc.record({
      scopes: fc.array(anyScopes, { maxLength: 6 }),
      patient: fc.constantFrom(undefined, 'p1', 'p2'),
      user: fc.constantFrom(
        undefined,
        reaching({ fhirUser: 'Patient/p1', patients: ['p1', 'p3'] }),
        reaching({ fhirUser: undefined, patients: 'all' }),
        reaching({ fhirUser: 'Patient/p9', patients: 'all' }),
      ),
      policy: fc.constant(undefined),
    })
    const world = fc.array(fc.tuple(things, fc.constantFrom('p1', 'p2', 'p3', 'p9', undefined)), {
      maxLength: 10,
    })

    fc.assert(
      fc.property(
        someone,
        fc.constantFrom(...interactions),
        fc.constantFrom('Patient', 'Observation'),
        world,
        (who, interaction, type, there) => {
          const decision = permit(who, interaction, type)
          for (const [thing, owner] of there.filter(([each]) => each.type === type)) {
            const reached = decision.allowed && decision.ranges.some((range) => inRange(range, thing, owner))
            expect(reached).toBe(mayPlainly(who, interaction, thing, owner))
          }
          if (decision.allowed) expect(decision.ranges.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

type Thing = Parameters<typeof satisfies>[0]

function inRange(range: Range, thing: Thing, owner: string | undefined): boolean {
  if (range.only !== undefined) return range.only === `${thing.type}/${owner}`
  const records = range.patients === 'all' || (owner !== undefined && range.patients.includes(owner))
  return records && satisfies(thing, range.where)
}

/** The rule without any cleverness: is there one scope that alone allows it. */
function mayPlainly(
  who: Authority,
  interaction: Interaction,
  thing: Thing,
  owner: string | undefined,
): boolean {
  return who.scopes.some((scope) => {
    if (scope.kind === 'identity' && scope.name === 'fhirUser') {
      return interaction === 'read' && who.user?.fhirUser === `${thing.type}/${owner}`
    }
    if (scope.kind !== 'resource' || !scope.letters.includes(letterOf[interaction])) return false
    if (scope.type !== '*' && scope.type !== thing.type) return false
    if (!satisfies(thing, scope.where)) return false
    if (scope.level === 'system') return true
    if (scope.level === 'user') {
      return (
        who.user?.patients === 'all' || (owner !== undefined && who.user?.patients.includes(owner) === true)
      )
    }
    if (interaction === 'create' && thing.type === 'Patient') return false
    return who.patient !== undefined && who.patient === owner
  })
}
