import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { type Launch, type Launcher, launcher } from '../../support/launched-token.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'

/** An answer with what tests ask of it. */
export type Answer = {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
  body: any
  /** Of a searchset, as `Type/id`, sorted. */
  matches: string[]
  included: string[]
}
type Send = RequestInit & { headers?: Record<string, string> }

/** A server with two patients, who share a hospital, and the tests' way to its door. */
export type Ward = TestServer & {
  app: Launcher
  write(...resources: object[]): Promise<void>
  /** The holder of a token with these scopes; Ann is the patient in context unless told otherwise. */
  as(scope: string, launch?: Partial<Launch>): Holder
  /** The holder of a token that is no JWT, as for very many scopes. */
  asOpaque(scopes: readonly string[]): Promise<Holder>
}
export type Holder = {
  token: Promise<string>
  /** @param path behind the FHIR base, or a whole address */
  get(path: string, init?: Send): Promise<Answer>
  /** What the answer to a search shows, matches first; the status instead if it is refused. */
  finds(path: string): Promise<string[] | number>
}

export const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
export const laboratory = `category=${observationCategory}|laboratory`

const ref = (reference: string) => ({ reference })
const coding = (system: string, code: string) => ({ coding: [{ system, code }] })

/** Ann and Bob: whatever one has, the other has too. */
export const people = [
  {
    resourceType: 'Patient',
    id: 'ann',
    identifier: [{ system: 'urn:mrn', value: 'a-1' }],
    name: [{ family: 'Arden', given: ['Ann'] }],
    gender: 'female',
    birthDate: '1970-01-01',
    managingOrganization: ref('Organization/north'),
    generalPractitioner: [ref('Practitioner/ash')],
    link: [{ other: ref('Patient/bob'), type: 'seealso' }],
  },
  {
    resourceType: 'Patient',
    id: 'bob',
    identifier: [{ system: 'urn:mrn', value: 'b-1' }],
    name: [{ family: 'Bright', given: ['Bob'] }],
    gender: 'male',
    birthDate: '1950-01-01',
    managingOrganization: ref('Organization/south'),
    generalPractitioner: [ref('Practitioner/birch')],
  },
]

const observation = (id: string, subject: string, categories: object[], more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject: ref(subject),
  category: categories,
  code: coding('http://loinc.org', '2339-0'),
  ...more,
})
const lab = coding(observationCategory, 'laboratory')
const vital = coding(observationCategory, 'vital-signs')

const record = [
  observation('ann-lab', 'Patient/ann', [lab], {
    effectiveDateTime: '2024-01-01',
    valueQuantity: { value: 5 },
    performer: [ref('Practitioner/ash')],
    encounter: ref('Encounter/ann-visit'),
  }),
  observation('ann-vital', 'Patient/ann', [vital], {
    effectiveDateTime: '2024-01-02',
    valueQuantity: { value: 80 },
    performer: [ref('Practitioner/cedar')],
    focus: [ref('Observation/bob-lab')],
  }),
  observation('ann-survey', 'Patient/ann', [
    coding(observationCategory, 'survey'),
    coding('urn:local', 'cognitive-status'),
  ]),
  observation('ann-other-system', 'Patient/ann', [coding('urn:local', 'laboratory')]),
  observation('bob-lab', 'Patient/bob', [lab], {
    effectiveDateTime: '2023-01-01',
    valueQuantity: { value: 9 },
    performer: [ref('Patient/ann'), ref('Practitioner/birch')],
    encounter: ref('Encounter/bob-visit'),
  }),
  observation('bob-vital', 'Patient/bob', [vital], { valueQuantity: { value: 120 } }),
  {
    resourceType: 'Encounter',
    id: 'ann-visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: ref('Patient/ann'),
    participant: [{ individual: ref('Practitioner/ash') }],
    serviceProvider: ref('Organization/north'),
    location: [{ location: ref('Location/room') }],
  },
  {
    resourceType: 'Encounter',
    id: 'bob-visit',
    status: 'planned',
    class: { code: 'IMP' },
    subject: ref('Patient/bob'),
    participant: [{ individual: ref('Practitioner/ash') }],
    serviceProvider: ref('Organization/south'),
  },
  // Recorded by Ann, about Bob.
  {
    resourceType: 'AllergyIntolerance',
    id: 'bob-nuts',
    patient: ref('Patient/bob'),
    recorder: ref('Patient/ann'),
    asserter: ref('Patient/ann'),
    code: coding('urn:sct', 'nuts'),
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'ann-nuts',
    patient: ref('Patient/ann'),
    code: coding('urn:sct', 'nuts'),
  },
  {
    resourceType: 'Condition',
    id: 'ann-flu',
    subject: ref('Patient/ann'),
    code: coding('urn:sct', 'flu'),
    contained: [{ resourceType: 'Practitioner', id: 'inner', name: [{ family: 'Innermost' }] }],
    asserter: ref('#inner'),
  },
  { resourceType: 'Condition', id: 'bob-gout', subject: ref('Patient/bob'), code: coding('urn:sct', 'gout') },
  { resourceType: 'RelatedPerson', id: 'ann-kin', patient: ref('Patient/ann') },
  { resourceType: 'Device', id: 'ann-pump', patient: ref('Patient/ann') },
  { resourceType: 'Device', id: 'bob-pump', patient: ref('Patient/bob') },
  { resourceType: 'Device', id: 'scanner' },
  {
    resourceType: 'DiagnosticReport',
    id: 'ann-report',
    status: 'final',
    subject: ref('Patient/ann'),
    code: coding('urn:r', 'r'),
    result: [ref('Observation/ann-lab'), ref('Observation/bob-lab')],
  },
]

const between = [
  {
    resourceType: 'Appointment',
    id: 'ann-alone',
    status: 'booked',
    participant: [{ actor: ref('Patient/ann') }, { actor: ref('Practitioner/cedar') }],
  },
  {
    resourceType: 'Appointment',
    id: 'both',
    status: 'booked',
    participant: [{ actor: ref('Patient/ann') }, { actor: ref('Patient/bob') }],
  },
  {
    resourceType: 'Group',
    id: 'both',
    type: 'person',
    actual: true,
    member: [{ entity: ref('Patient/ann') }, { entity: ref('Patient/bob') }],
  },
  { resourceType: 'Schedule', id: 'both', actor: [ref('Patient/ann'), ref('Patient/bob')] },
  {
    resourceType: 'List',
    id: 'ann-list',
    status: 'current',
    mode: 'working',
    subject: ref('Patient/ann'),
    entry: [{ item: ref('Condition/ann-flu') }],
  },
  {
    resourceType: 'List',
    id: 'mixed-list',
    status: 'current',
    mode: 'working',
    subject: ref('Patient/ann'),
    entry: [{ item: ref('Condition/ann-flu') }, { item: ref('Condition/bob-gout') }],
  },
  provenance('ann-lab', ['Observation/ann-lab']),
  provenance('ann-vital', ['Observation/ann-vital']),
  provenance('both', ['Observation/ann-lab', 'Observation/bob-lab']),
  {
    resourceType: 'AuditEvent',
    id: 'of-ann',
    type: { code: 'rest' },
    entity: [{ what: ref('Patient/ann') }],
  },
  { resourceType: 'Task', id: 'of-ann', status: 'requested', intent: 'order', for: ref('Patient/ann') },
]

function provenance(id: string, targets: string[]) {
  return {
    resourceType: 'Provenance',
    id,
    target: targets.map(ref),
    agent: [{ who: ref('Practitioner/ash') }],
    recorded: '2024-01-01T00:00:00Z',
  }
}

const house = [
  ...['ash', 'birch', 'cedar'].map((id) => ({
    resourceType: 'Practitioner',
    id,
    name: [{ family: `Dr ${id}` }],
  })),
  { resourceType: 'Organization', id: 'north', name: 'North' },
  { resourceType: 'Organization', id: 'south', name: 'South' },
  { resourceType: 'Organization', id: 'parent', name: 'Parent' },
  { resourceType: 'Location', id: 'room', status: 'active', name: 'Room' },
]

export const everything: readonly { resourceType: string; id: string }[] = [
  ...house,
  ...people,
  ...record,
  ...between,
]

export async function openWard(
  environment: Record<string, string> = {},
  on = engine,
  config?: Record<string, unknown>,
): Promise<Ward> {
  const server = await startServer({ engine: on, environment, ...(config === undefined ? {} : { config }) })
  const store = await fhirStoreOf(server.house)
  const write = async (...resources: object[]): Promise<void> =>
    void (await store.write(resources as Stored[]))
  await write(...everything)
  const app = await launcher(server)
  const holding = (token: Promise<string>): Holder => {
    const get: Holder['get'] = async (path, { headers, ...init } = {}) => {
      const address = path.startsWith('http') ? path : `${server.fhir}/${path}`
      const authorized = { authorization: `Bearer ${await token}`, ...headers }
      return await answerOf(await fetch(address, { ...init, headers: authorized }))
    }
    const finds: Holder['finds'] = async (path) => {
      const { status, matches, included } = await get(path)
      return status === 200 ? [...matches, ...included] : status
    }
    return { token, get, finds }
  }
  return {
    ...server,
    app,
    write,
    as: (scope, launch = {}) => holding(app.token({ scope, patient: 'ann', ...launch })),
    asOpaque: async (scopes) =>
      holding(Promise.resolve(await app.opaqueToken({ scope: scopes.join(' '), patient: 'ann' }))),
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isLines = response.headers.get('content-type')?.includes('ndjson')
  const body = text.startsWith('{') && !isLines ? JSON.parse(text) : undefined
  type Entry = { resource: { resourceType: string; id: string }; search?: { mode: string } }
  const inMode = (wanted: string): string[] =>
    ((body?.entry ?? []) as Entry[])
      .filter(({ search }) => search?.mode === wanted)
      .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
      .sort()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    matches: inMode('match'),
    included: inMode('include'),
  }
}
