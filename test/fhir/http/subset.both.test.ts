import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FhirServer, fhirServer, type Json, refusal } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(resources)
})
afterAll(() => server.close())

const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
}
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Words</div>' }
const resources: Json[] = [
  {
    resourceType: 'Patient',
    id: 'ana',
    meta: { tag: [{ system: 'urn:t', code: 'own' }] },
    text,
    modifierExtension: [{ url: 'urn:not-really', valueBoolean: true }],
    extension: [{ url: 'urn:e', valueString: 'x' }],
    name: [{ family: 'Lima' }],
    birthDate: '1980',
    _birthDate: { extension: [{ url: 'urn:time', valueString: 'noon' }] },
    photo: [{ contentType: 'image/png', data: 'AAAA' }],
    contact: [{ name: { family: 'Next' } }],
  },
  {
    resourceType: 'Observation',
    id: 'weight',
    text,
    status: 'final',
    code: { text: 'Weight' },
    subject: { reference: 'Patient/ana' },
    valueQuantity: { value: 70 },
    note: [{ text: 'hidden' }],
    referenceRange: [{ text: 'fine' }],
  },
  {
    resourceType: 'DocumentReference',
    id: 'letter',
    status: 'current',
    subject: { reference: 'Patient/ana' },
    content: [{ attachment: { data: 'AAAA' } }, { attachment: { url: 'urn:x', data: 'AAAA' } }],
  },
]

/** The resource as a read and as a search answer it: they must agree. */
async function shaped(path: string, parameters: string): Promise<Json> {
  const [type, id] = path.split('/')
  const read = await server.get(`${path}?${parameters}`)
  const search = await server.get(`${type}?_id=${id}&${parameters}`)
  expect(search.body.entry[0].resource).toEqual(read.body)
  return read.body
}

test('SRCH-14 _elements keeps what is named, what is mandatory, and says that it is not all', async () => {
  const weight = await shaped('Observation/weight', '_elements=subject')
  expect(Object.keys(weight)).toEqual(['resourceType', 'id', 'meta', 'status', 'code', 'subject'])
  expect(weight.meta.tag).toEqual([SUBSETTED])
  expect(weight.meta.versionId).toBe('1')
})

test('SRCH-14 _elements knows choices, primitive extensions, and the ways of writing a name', async () => {
  expect((await shaped('Observation/weight', '_elements=value')).valueQuantity).toEqual({ value: 70 })
  expect((await shaped('Observation/weight', '_elements=value[x]')).valueQuantity).toEqual({ value: 70 })
  expect((await shaped('Observation/weight', '_elements=valueQuantity')).valueQuantity).toEqual({ value: 70 })
  const ana = await shaped('Patient/ana', '_elements=Patient.birthDate,contact')
  expect(Object.keys(ana).sort()).toEqual([
    '_birthDate',
    'birthDate',
    'contact',
    'id',
    'meta',
    'modifierExtension',
    'resourceType',
  ])
  expect(ana.meta.tag).toEqual([{ system: 'urn:t', code: 'own' }, SUBSETTED])
  expect(await shaped('Patient/ana', '_elements=birthDate&_elements=contact')).toEqual(ana)
  expect(Object.keys(await shaped('Patient/ana', '_elements=bogus'))).toEqual([
    'resourceType',
    'id',
    'meta',
    'modifierExtension',
  ])
})

test('SRCH-14 _summary=true keeps what R4 marks, at every depth, and leaves no empty object', async () => {
  const weight = await shaped('Observation/weight', '_summary=true')
  expect(Object.keys(weight)).toEqual([
    'resourceType',
    'id',
    'meta',
    'status',
    'code',
    'subject',
    'valueQuantity',
  ])
  const letter = await shaped('DocumentReference/letter', '_summary=true')
  expect(letter.content).toEqual([{ attachment: { data: 'AAAA' } }, { attachment: { url: 'urn:x' } }])
  const ana = await shaped('Patient/ana', '_summary=true')
  expect(Object.keys(ana).sort()).toEqual([
    '_birthDate',
    'birthDate',
    'id',
    'meta',
    'modifierExtension',
    'name',
    'resourceType',
  ])
})

test('SRCH-14 _summary=text, data and false', async () => {
  expect(Object.keys(await shaped('Observation/weight', '_summary=text'))).toEqual([
    'resourceType',
    'id',
    'meta',
    'text',
    'status',
    'code',
  ])
  const data = await shaped('Observation/weight', '_summary=data')
  expect(data.text).toBeUndefined()
  expect([data.note, data.meta.tag]).toEqual([[{ text: 'hidden' }], [SUBSETTED]])
  const whole = await shaped('Observation/weight', '_summary=false')
  expect([whole.text, whole.meta.tag]).toEqual([text, undefined])
})

test('SRCH-14 what is included stays whole', async () => {
  const { body } = await server.get('Observation?_elements=status&_include=Observation:subject')
  const [match, included] = body.entry.map(({ resource }: Json) => resource)
  expect([match.subject, match.meta.tag]).toEqual([undefined, [SUBSETTED]])
  expect([included.name, included.photo]).toEqual([resources[0].name, resources[0].photo])
})

test('SRCH-14 what cannot be is refused', async () => {
  for (const [query, issue] of [
    ['Observation?_summary=some', 'value'],
    ['Observation?_elements=a.b.c', 'value'],
    ['Observation?_elements=code;drop', 'value'],
    ['Observation?_summary=text&_include=Observation:subject', 'invalid'],
    ['Observation?_summary=text&_revinclude=Provenance:target', 'invalid'],
    ['Observation?_summary:x=true', 'not-supported'],
    ['Observation/weight?_summary=some', 'value'],
    ['Observation/weight?_elements=$', 'value'],
  ] as const) {
    expect([query, refusal(await server.get(query))]).toEqual([query, [400, issue]])
  }
})
