import { createLookup, type Lookup } from '../../../src/fhir/lookup/lookup.ts'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { reaching } from '../../support/roles.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'

/** A server with two families, and what its sign-in pages would know of them. */
export type Household = TestServer & { lookup: Lookup; write(...resources: object[]): Promise<void> }

/** A clinician sees all patients; Marta acts for herself and her daughter Ana; Lena is Ana's guardian. */
export const clinician = reaching({ fhirUser: 'Practitioner/sam', patients: 'all' })
export const marta = reaching({ fhirUser: 'Patient/marta', patients: ['marta', 'ana'] })
export const guardian = reaching({ fhirUser: 'RelatedPerson/ana-guardian', patients: ['ana'] })
export const nobody = reaching({ fhirUser: undefined, patients: [] })

export const ref = (reference: string, display?: string) => ({ reference, ...(display && { display }) })
export const coded = (code: string, text?: string) => ({
  coding: [{ system: 'urn:codes', code }],
  ...(text && { text }),
})
const role = (code: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code }],
})
const recordNumber = (value: string) => [
  { system: 'urn:insurer', value: `I${value}` },
  {
    system: 'urn:mrn',
    value,
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
  },
]

const person = (id: string, family: string, given: string[], birthDate: string, number: string) => ({
  resourceType: 'Patient',
  id,
  identifier: recordNumber(number),
  name: [{ family, given }],
  gender: 'female',
  birthDate,
})
const visit = (id: string, patient: string, start: string, more: object = {}) => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { code: 'AMB', display: 'ambulatory' },
  subject: ref(`Patient/${patient}`),
  period: { start, end: start },
  ...more,
})

export const people = [
  person('ana', 'Lindqvist', ['Ana', 'Sofia'], '2014-03-14', '104-882-17'),
  person('marta', 'Lindqvist', ['Marta'], '1984-05-06', '104-882-18'),
  person('ove', 'Lindström', ['Ove'], '1941-06-08', '097-220-64'),
  person('jan', 'van der Berg', ['Jan'], '1990-05-21', '100'),
]

const records = [
  { resourceType: 'Location', id: 'clinic', name: 'Children’s clinic' },
  visit('first', 'ana', '2020-01-01T09:00:00Z', { type: [coded('1', 'Check-up')] }),
  visit('latest', 'ana', '2026-01-01T09:00:00Z', {
    type: [coded('1', 'Check-up')],
    location: [{ location: ref('Location/clinic') }],
  }),
  visit('middle', 'ana', '2023-01-01T09:00:00Z', { location: [{ location: ref('Location/x', 'Ward 7') }] }),
  visit('of-ove', 'ove', '2025-01-01T09:00:00Z'),
  { resourceType: 'Encounter', id: 'of-none', status: 'planned', class: { code: 'AMB' } },
  {
    resourceType: 'RelatedPerson',
    id: 'ana-guardian',
    patient: ref('Patient/ana'),
    relationship: [role('GUARD')],
  },
  {
    resourceType: 'RelatedPerson',
    id: 'ove-wife',
    patient: ref('Patient/ove'),
    relationship: [role('WIFE')],
  },
  {
    resourceType: 'Person',
    id: 'lena',
    link: [{ target: ref('RelatedPerson/ove-wife') }, { target: ref('RelatedPerson/ana-guardian') }],
  },
  ...['2024-01-01', '2025-01-01'].map((started, index) => ({
    resourceType: 'ImagingStudy',
    id: `scan-${index}`,
    status: 'available',
    subject: ref('Patient/ana'),
    started,
    description: `Scan ${index}`,
  })),
  { resourceType: 'ImagingStudy', id: 'scan-ove', status: 'available', subject: ref('Patient/ove') },
  { resourceType: 'Practitioner', id: 'sam', name: [{ family: 'Haddad', given: ['Samir'] }] },
  { resourceType: 'Questionnaire', id: 'form', status: 'active', title: 'Form' },
  { resourceType: 'Group', id: 'all', type: 'person', actual: true },
  {
    resourceType: 'Appointment',
    id: 'family-talk',
    status: 'booked',
    participant: [{ actor: ref('Patient/ana') }, { actor: ref('Patient/ove') }],
  },
]

/** @param more resources beside the families' */
export async function openHousehold(...more: object[]): Promise<Household> {
  const server = await startServer({ engine })
  const store = await fhirStoreOf(server.house)
  const write = async (...resources: object[]) => {
    await store.write(resources as Stored[])
    await store.settle()
  }
  await write(...people, ...records, ...more)
  const { definitions } = server.house
  const languages = ['en', 'es']
  const lookup = createLookup({ store, definitions, fhirBase: server.fhir, shared: 'named', languages })
  return { ...server, lookup, write }
}
