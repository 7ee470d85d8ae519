import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FhirServer, fhirServer, refusal } from '../http/fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([
    ...Object.entries(measured).map(([id, valueQuantity]) => ({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'any' },
      valueQuantity,
    })),
    {
      resourceType: 'Observation',
      id: 'wave',
      status: 'final',
      code: { text: 'any' },
      valueSampledData: { origin: { value: 2, unit: 'mV' }, period: 10, dimensions: 1, data: '0 5 E 8' },
    },
    ...[0, 0.5, 0.25, 0.75].map((probabilityDecimal, index) => ({
      resourceType: 'RiskAssessment',
      id: `risk-${index}`,
      status: 'final',
      subject: { reference: 'Patient/1' },
      prediction: [{ probabilityDecimal }],
    })),
    {
      resourceType: 'Encounter',
      id: 'stay',
      status: 'finished',
      class: { code: 'IMP' },
      length: { value: 90, unit: 'min', system: UCUM, code: 'min' },
    },
    {
      resourceType: 'Invoice',
      id: 'bill',
      status: 'issued',
      totalNet: { value: 120.5, currency: 'EUR' },
    },
  ])
})
afterAll(() => server.close())

const UCUM = 'http://unitsofmeasure.org'
const mg = { unit: 'mg', system: UCUM, code: 'mg' }
const measured: Record<string, object> = {
  exact: { value: 5.4, ...mg },
  finer: { value: 5.44, ...mg },
  edge: { value: 5.45, ...mg },
  hundred: { value: 100, ...mg },
  'hundred-and-a-bit': { value: 100.4, ...mg },
  below: { value: -5.4, ...mg },
  gram: { value: 5.4, unit: 'gram', system: UCUM, code: 'g' },
  words: { value: 5.4, unit: 'mg' },
  foreign: { value: 5.4, unit: 'milligrams', system: 'urn:other', code: 'mg' },
  bare: { value: 5.4 },
  more: { value: 500, comparator: '>', ...mg },
  less: { value: 1, comparator: '<', ...mg },
}
const find = (value: string) => server.ids(`Observation?value-quantity=${encodeURIComponent(value)}`)

test('SRCH-06 a number stands for the range of its precision', async () => {
  const ucum = `|${UCUM}|mg`
  expect(await find(`5.4${ucum}`)).toEqual(['exact', 'finer'])
  expect(await find(`5.40${ucum}`)).toEqual(['exact'])
  expect(await find(`5${ucum}`)).toEqual(['edge', 'exact', 'finer'])
  expect(await find(`100${ucum}`)).toEqual(['hundred', 'hundred-and-a-bit'])
  expect(await find(`100.0${ucum}`)).toEqual(['hundred'])
  expect(await find(`1e2${ucum}`)).toEqual(['hundred', 'hundred-and-a-bit'])
  expect(await find(`-5.4${ucum}`)).toEqual(['below'])
  expect(await find(`5.6${ucum}`)).toEqual([])
})

test('SRCH-06 the other prefixes take the number as it stands', async () => {
  const ucum = `|${UCUM}|mg`
  expect(await find(`ne5.4${ucum}`)).toEqual([
    'below',
    'edge',
    'hundred',
    'hundred-and-a-bit',
    'less',
    'more',
  ])
  expect(await find(`gt100${ucum}`)).toEqual(['hundred-and-a-bit', 'more'])
  expect(await find(`ge100${ucum}`)).toEqual(['hundred', 'hundred-and-a-bit', 'more'])
  expect(await find(`lt5.4${ucum}`)).toEqual(['below', 'less'])
  expect(await find(`le5.4${ucum}`)).toEqual(['below', 'exact', 'less'])
  expect(await find(`sa5.4${ucum}`)).toEqual(['edge', 'finer', 'hundred', 'hundred-and-a-bit', 'more'])
  expect(await find(`eb5.4${ucum}`)).toEqual(['below', 'less'])
  expect(await find(`ap95${ucum}`)).toEqual(['hundred', 'hundred-and-a-bit'])
  // A value that is only known to be more than 500 may be any such number.
  expect(await find(`gt1000000${ucum}`)).toEqual(['more'])
  expect(await find(`501${ucum}`)).toEqual([])
})

test('SRCH-06 system and code, either of them, or none', async () => {
  expect(await find(`5.40|${UCUM}|mg`)).toEqual(['exact'])
  expect(await find('5.40||mg')).toEqual(['exact', 'foreign', 'words'])
  expect(await find('5.40||milligrams')).toEqual(['foreign'])
  expect(await find(`5.40|${UCUM}|`)).toEqual(['exact', 'gram'])
  expect(await find('5.40')).toEqual(['bare', 'exact', 'foreign', 'gram', 'words'])
  expect(await find('5.40|urn:nobody|mg')).toEqual([])
  expect(await find(`5.40|${UCUM}|MG`)).toEqual([])
})

test('SRCH-06 samples lie between their bounds', async () => {
  expect(await server.ids('Observation?value-quantity=gt9&_id=wave')).toEqual(['wave'])
  expect(await server.ids('Observation?value-quantity=gt10&_id=wave')).toEqual([])
  expect(await server.ids('Observation?value-quantity=lt3&_id=wave')).toEqual(['wave'])
  expect(await server.ids('Observation?value-quantity=lt2&_id=wave')).toEqual([])
})

test('SRCH-06 plain numbers', async () => {
  expect(await server.ids('RiskAssessment?probability=gt0.5')).toEqual(['risk-3'])
  expect(await server.ids('RiskAssessment?probability=0.5')).toEqual(['risk-1'])
  expect(await server.ids('RiskAssessment?probability=0')).toEqual(['risk-0', 'risk-2'])
  expect(await server.ids('RiskAssessment?probability=0,0.75')).toEqual(['risk-0', 'risk-2', 'risk-3'])
  expect(await server.ids('RiskAssessment?probability=ge0.25&probability=lt0.75')).toEqual([
    'risk-1',
    'risk-2',
  ])
  expect(await server.ids('RiskAssessment?probability:missing=true')).toEqual([])
})

test('SRCH-06 durations and money', async () => {
  expect(await server.ids(`Encounter?length=gt1.5|${UCUM}|min`)).toEqual(['stay'])
  expect(await server.ids(`Encounter?length=gt1.5|${UCUM}|h`)).toEqual([])
  expect(await server.ids('Invoice?totalnet=120.5|urn:iso:std:iso:4217|EUR')).toEqual(['bill'])
  expect(await server.ids('Invoice?totalnet=120.5||USD')).toEqual([])
})

test('SRCH-05 what is no number, or has parts missing, is refused', async () => {
  const wrong = [
    'abc',
    '5,abc',
    '5.4|mg',
    '5.4|a|b|c',
    'gt',
    '5.',
    '.5',
    '1e9999',
    '0x10',
    'NaN',
    'xx5',
    '5 4',
  ]
  for (const value of wrong) {
    const answer = await server.get(`Observation?value-quantity=${encodeURIComponent(value)}`)
    expect([value, refusal(answer)]).toEqual([value, [400, 'value']])
  }
  expect(refusal(await server.get('RiskAssessment?probability=0.5||mg'))).toEqual([400, 'value'])
  expect(refusal(await server.get('RiskAssessment?probability:exact=1'))).toEqual([400, 'not-supported'])
})
