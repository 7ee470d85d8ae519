import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FhirServer, fhirServer, refusal } from '../http/fhir-server.ts'

const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'
const SCT = 'http://snomed.info/sct'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([
    pressure('normal', 120, 80),
    pressure('high', 180, 100),
    // The numbers of the one above, the other way round.
    pressure('crossed', 80, 120),
    observation('weight', { code: loinc('29463-7'), valueQuantity: quantity(180, 'kg') }),
    observation('smoker', {
      code: loinc('72166-2'),
      valueCodeableConcept: {
        coding: [
          { system: SCT, code: '77176002' },
          { system: SCT, code: '110483000' },
        ],
      },
    }),
    observation('due', { code: loinc('11778-8'), valueDateTime: '2026-06' }),
    observation('said', { code: loinc('11779-6'), valueString: 'Très bien' }),
    { resourceType: 'Group', id: 'cohort', type: 'person', actual: false, characteristic: characteristics },
    {
      resourceType: 'DocumentReference',
      id: 'newer',
      status: 'current',
      content: [{ attachment: { url: 'urn:x' } }],
      relatesTo: [
        { code: 'replaces', target: { reference: 'DocumentReference/older' } },
        { code: 'signs', target: { reference: 'DocumentReference/other' } },
      ],
    },
    {
      resourceType: 'Questionnaire',
      id: 'form',
      status: 'active',
      useContext: [
        {
          code: { code: 'age' },
          valueRange: { low: { value: 18, unit: 'a' }, high: { value: 65, unit: 'a' } },
        },
        { code: { code: 'focus' }, valueCodeableConcept: { coding: [{ code: 'diabetes' }] } },
      ],
    },
  ])
})
afterAll(() => server.close())

const loinc = (code: string) => ({ coding: [{ system: LOINC, code }] })
const quantity = (value: number, code: string) => ({ value, unit: code, system: UCUM, code })
const characteristics = [
  { code: loinc('46098-0'), valueCodeableConcept: { coding: [{ code: 'female' }] }, exclude: false },
  { code: loinc('30525-0'), valueBoolean: true, exclude: false },
]
function observation(id: string, rest: object): object {
  return { resourceType: 'Observation', id, status: 'final', ...rest }
}
function pressure(id: string, systolic: number, diastolic: number): object {
  return observation(id, {
    code: loinc('85354-9'),
    component: [
      { code: loinc('8480-6'), valueQuantity: quantity(systolic, 'mm[Hg]') },
      { code: loinc('8462-4'), valueQuantity: quantity(diastolic, 'mm[Hg]') },
    ],
  })
}

const observed = (query: string) => server.ids(`Observation?${query}`)

test('SRCH-10 both halves of a composite stand on the same element', async () => {
  const systolic = `component-code-value-quantity=${LOINC}|8480-6`
  expect(await observed(`${systolic}$gt150`)).toEqual(['high'])
  expect(await observed(`${systolic}$120`)).toEqual(['normal'])
  expect(await observed(`${systolic}$lt100`)).toEqual(['crossed'])
  expect(await observed(`${systolic}$gt150|${UCUM}|mm[Hg]`)).toEqual(['high'])
  expect(await observed(`${systolic}$gt150|${UCUM}|kg`)).toEqual([])
  expect(await observed(`${systolic}$gt150||mm[Hg]`)).toEqual(['high'])
  // The two parameters apart find what has the one here and the other there.
  expect(await observed('component-code=8480-6&component-value-quantity=100')).toEqual(['high'])
})

test('SRCH-10 a composite takes lists, tokens without a system, and reaches components by its combo', async () => {
  expect(await observed('component-code-value-quantity=8480-6$gt150,8480-6$lt100')).toEqual([
    'crossed',
    'high',
  ])
  expect(
    await observed('component-code-value-quantity=8480-6$gt150&component-code-value-quantity=8462-4$100'),
  ).toEqual(['high'])
  expect(await observed(`combo-code-value-quantity=${LOINC}|29463-7$ge100`)).toEqual(['weight'])
  expect(await observed('combo-code-value-quantity=8462-4$100')).toEqual(['high'])
  expect(await observed('code-value-quantity=8462-4$100')).toEqual([])
  expect(await observed(`code-value-quantity=${LOINC}|$ge100`)).toEqual(['weight'])
  expect(await observed('code-value-quantity=urn:nobody|29463-7$ge100')).toEqual([])
  expect(await observed('code-value-quantity=|29463-7$ge100')).toEqual([])
})

test('SRCH-10 the other half may be a token, a date, a string or a reference', async () => {
  expect(await observed(`code-value-concept=72166-2$${SCT}|110483000`)).toEqual(['smoker'])
  expect(await observed('code-value-concept=72166-2$77176002')).toEqual(['smoker'])
  expect(await observed('code-value-concept=29463-7$77176002')).toEqual([])
  expect(await observed('combo-code-value-concept=72166-2$77176002')).toEqual(['smoker'])
  expect(await observed('code-value-date=11778-8$2026')).toEqual(['due'])
  expect(await observed('code-value-date=11778-8$ge2026-07')).toEqual([])
  expect(await observed('code-value-string=11779-6$tres')).toEqual(['said'])
  expect(await observed('code-value-string=11779-6$bien')).toEqual([])
  expect(await server.ids('Group?characteristic-value=46098-0$female')).toEqual(['cohort'])
  expect(await server.ids('Group?characteristic-value=30525-0$true')).toEqual(['cohort'])
  expect(await server.ids('Group?characteristic-value=30525-0$female')).toEqual([])
  const documents = (value: string) => server.ids(`DocumentReference?relationship=${value}`)
  expect(await documents('replaces$DocumentReference/older')).toEqual(['newer'])
  expect(await documents('replaces$older')).toEqual(['newer'])
  expect(await documents('replaces$DocumentReference/other')).toEqual([])
  expect(await documents('signs$other')).toEqual(['newer'])
  expect(await server.ids('Questionnaire?context-type-quantity=age$gt60')).toEqual(['form'])
  expect(await server.ids('Questionnaire?context-type-quantity=age$gt70')).toEqual([])
  expect(await server.ids('Questionnaire?context-type-value=focus$diabetes')).toEqual(['form'])
})

test('SRCH-05 a composite with a half missing or unreadable is refused', async () => {
  for (const value of ['8480-6', '8480-6$', '$5', '8480-6$5$6', '8480-6$abc', '8480-6$5|mg', '|$5']) {
    const answer = await server.get(`Observation?code-value-quantity=${value}`)
    expect([value, refusal(answer)]).toEqual([value, [400, 'value']])
  }
  const modified = await server.get('Observation?code-value-quantity:exact=8480-6$5')
  expect(refusal(modified)).toEqual([400, 'not-supported'])
})
