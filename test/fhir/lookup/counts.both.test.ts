import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserReach } from '../../../src/smart/permit.ts'
import { parseScopes, type Scope } from '../../../src/smart/scope.ts'
import { type Launcher, launcher } from '../../support/launched-token.ts'
import { reaching } from '../../support/roles.ts'
import { everything, laboratory } from '../enforcement/ward.ts'
import { clinician, type Household, nobody, openHousehold } from './household.ts'

let house: Household
let app: Launcher
beforeAll(async () => {
  house = await openHousehold(...everything)
  app = await launcher(house)
})
afterAll(async () => await house?.close())

const scopes = (text: string): readonly Scope[] => parseScopes(text, house.house.vocabulary).scopes
const count = async (lines: readonly string[], user: UserReach = clinician, patient = 'ann') =>
  await house.lookup.count(lines.map(scopes), { patient, user }, 10_000)

/** What an app with a token of this scope is told when it searches. */
async function told(scope: string, type: string, patient: string): Promise<number> {
  const token = await app.token({ scope, patient, user: clinician })
  const about = type === 'Patient' ? '_id' : 'patient'
  const named = house.house.definitions.searchParameter(type, about) !== undefined
  const response = await fetch(`${house.fhir}/${type}?_summary=count${named ? `&${about}=${patient}` : ''}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(response.status, `${scope} ${type}`).toBe(200)
  return ((await response.json()) as { total: number }).total
}

const lines: readonly [line: string, types: readonly string[]][] = [
  ['patient/Patient.rs', ['Patient']],
  ['patient/Observation.rs', ['Observation']],
  [`patient/Observation.rs?${laboratory}`, ['Observation']],
  ['patient/Observation.rs?category=laboratory', ['Observation']],
  ['patient/Observation.rs?category=laboratory patient/Observation.rs?category=survey', ['Observation']],
  ['patient/Observation.rs?category=laboratory patient/Observation.rs', ['Observation']],
  ['patient/Encounter.read', ['Encounter']],
  ['patient/Condition.rs patient/AllergyIntolerance.rs', ['Condition', 'AllergyIntolerance']],
  ['patient/Condition.rs patient/Practitioner.rs', ['Condition']],
  ['patient/Device.rs', ['Device']],
  ['patient/Appointment.rs', ['Appointment']],
  ['user/Observation.rs', ['Observation']],
  ['user/Observation.rs?category=laboratory patient/Condition.rs', ['Observation', 'Condition']],
]

test.for(lines)('AUTHZ-13 %s counts what a token with it finds', async ([line, types]) => {
  for (const patient of ['ann', 'bob', 'ana', 'not-there']) {
    const totals = await Promise.all(types.map((type) => told(line, type, patient)))
    const sum = totals.reduce((all, one) => all + one, 0)
    expect(await count([line], clinician, patient), patient).toEqual([sum])
  }
})

test('SCOPE-06 a wildcard counts the whole record, each thing once', async () => {
  const { definitions } = house.house
  const about = (type: string) =>
    type === 'Patient' || ['patient', 'subject'].some((code) => definitions.searchParameter(type, code))
  // What is seen through something else only is no part of a record.
  const types = definitions.resourceTypes.filter((type) => about(type) && type !== 'Provenance')
  const totals = await Promise.all(types.map((type) => told('patient/*.rs', type, 'ann')))
  const sum = totals.reduce((all, one) => all + one, 0)
  expect(sum).toBeGreaterThan(10)
  expect(await count(['patient/*.rs', 'patient/*.rs patient/Observation.rs'])).toEqual([sum, sum])
  // A clinician sees also the list that names two patients.
  expect(await count(['user/*.rs'])).toEqual([sum + 1])
})

test('AUTHZ-13 a line to change or delete counts what it reaches, one to add nothing', async () => {
  expect(
    await count([
      'patient/Observation.d?category=laboratory',
      'patient/Observation.cu',
      'patient/Observation.c',
      'patient/Observation.write',
    ]),
  ).toEqual([2, 4, undefined, 4])
})

test('AUTHZ-13 a line about what is in no record has no number', async () => {
  const others = [
    'patient/Practitioner.rs',
    'patient/Provenance.rs',
    'user/Group.rs',
    'openid fhirUser',
    'launch',
  ]
  expect(await count([...others, ''])).toEqual([...others, ''].map(() => undefined))
})

test('AUTHZ-13 without a patient, or one this user may not see, there are no numbers', async () => {
  expect(await house.lookup.count([scopes('patient/*.rs'), scopes('user/*.rs')], {}, 10_000)).toEqual([
    undefined,
    undefined,
  ])
  expect(await count(['patient/*.rs'], nobody)).toEqual([undefined])
  expect(await count(['patient/*.rs'], reaching({ fhirUser: undefined, patients: ['bob'] }))).toEqual([
    undefined,
  ])
  expect(
    await count(['patient/Observation.rs'], reaching({ fhirUser: undefined, patients: ['ann'] })),
  ).toEqual([4])
  const known = await house.lookup.count([scopes('patient/Observation.rs')], { patient: 'ann' }, 10_000)
  expect(known).toEqual([4])
})

test('AUTHZ-13 when the time is up, what was not counted stays without a number', async () => {
  const many = Array.from({ length: 30 }, () => scopes('patient/*.rs'))
  expect(await house.lookup.count(many, { patient: 'ann', user: clinician }, 0)).toEqual(
    many.map(() => undefined),
  )
  expect(await house.lookup.count(many, { patient: 'ann', user: clinician }, -5)).toHaveLength(30)
  const counted = await house.lookup.count(many, { patient: 'ann', user: clinician }, 10_000)
  expect(new Set(counted).size).toBe(1)
  expect(counted[0]).toBeGreaterThan(10)
})
