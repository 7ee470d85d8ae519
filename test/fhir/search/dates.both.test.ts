import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noon } from '../../support/server.ts'
import { type FhirServer, fhirServer, refusal } from '../http/fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(targets.map(({ id, element }) => observation(id, element)))
})
afterAll(() => server.close())

function observation(id: string, element: object): object {
  return { resourceType: 'Observation', id, status: 'final', code: { text: 'any' }, ...element }
}

const FOREVER = 8.64e15
type Span = { lo: number; hi: number }
/** Both ends written out, so that nothing here leans on the code under test; `hi` is exclusive. */
function span(from: string, to: string): Span {
  return { lo: Date.parse(from), hi: Date.parse(to) }
}

/** One Observation for each way in which R4 writes a time, with the stretch that it stands for. */
const targets: { id: string; element: object; span: Span | undefined }[] = [
  { id: 'year', element: { effectiveDateTime: '2015' }, span: span('2015-01-01', '2016-01-01') },
  { id: 'month', element: { effectiveDateTime: '2015-08' }, span: span('2015-08-01', '2015-09-01') },
  { id: 'day', element: { effectiveDateTime: '2015-08-12' }, span: span('2015-08-12', '2015-08-13') },
  { id: 'eve', element: { effectiveDateTime: '2015-07-31' }, span: span('2015-07-31', '2015-08-01') },
  {
    id: 'second',
    element: { effectiveDateTime: '2015-08-12T10:30:05Z' },
    span: span('2015-08-12T10:30:05Z', '2015-08-12T10:30:06Z'),
  },
  {
    id: 'milli',
    element: { effectiveInstant: '2015-08-12T10:30:05.250Z' },
    span: span('2015-08-12T10:30:05.250Z', '2015-08-12T10:30:05.251Z'),
  },
  {
    id: 'zone',
    element: { effectiveDateTime: '2015-08-12T23:30:00-05:00' },
    span: span('2015-08-13T04:30:00Z', '2015-08-13T04:30:01Z'),
  },
  {
    id: 'period',
    element: { effectivePeriod: { start: '2015-08-01', end: '2015-08-12' } },
    span: span('2015-08-01', '2015-08-13'),
  },
  {
    id: 'from',
    element: { effectivePeriod: { start: '2015-08-12' } },
    span: { lo: Date.parse('2015-08-12'), hi: FOREVER },
  },
  {
    id: 'until',
    element: { effectivePeriod: { end: '2015-08-12' } },
    span: { lo: -FOREVER, hi: Date.parse('2015-08-13') },
  },
  {
    id: 'timing',
    element: { effectiveTiming: { event: ['2015-08-10', '2015-08-14T12:00:00Z'] } },
    span: span('2015-08-10', '2015-08-14T12:00:01Z'),
  },
  { id: 'recent', element: { effectiveDateTime: '2026-02-20' }, span: span('2026-02-20', '2026-02-21') },
  { id: 'never', element: {}, span: undefined },
]

const values: Record<string, Span> = {
  '2015': span('2015-01-01', '2016-01-01'),
  '2015-08': span('2015-08-01', '2015-09-01'),
  '2015-08-12': span('2015-08-12', '2015-08-13'),
  '2015-08-12T10:30Z': span('2015-08-12T10:30:00Z', '2015-08-12T10:31:00Z'),
  '2015-08-12T10:30:05Z': span('2015-08-12T10:30:05Z', '2015-08-12T10:30:06Z'),
  '2015-08-12T10:30:05.250Z': span('2015-08-12T10:30:05.250Z', '2015-08-12T10:30:05.251Z'),
  '2015-08-12T10:30:05': span('2015-08-12T10:30:05Z', '2015-08-12T10:30:06Z'),
  '2015-08-12T23:30:00-05:00': span('2015-08-13T04:30:00Z', '2015-08-13T04:30:01Z'),
  // An unescaped plus sign in an address is a space.
  '2015-08-13T06:30:00+02:00': span('2015-08-13T04:30:00Z', '2015-08-13T04:30:01Z'),
  '2026-02': span('2026-02-01', '2026-03-01'),
}

/** R4 §3.1.1.4.5 in its own words. */
const means: Record<string, (target: Span, value: Span) => boolean> = {
  eq: contained,
  ne: (target, value) => !contained(target, value),
  gt: (target, value) => target.hi > value.hi,
  lt: (target, value) => target.lo < value.lo,
  ge: (target, value) => target.hi > value.hi || contained(target, value),
  le: (target, value) => target.lo < value.lo || contained(target, value),
  sa: (target, value) => target.lo >= value.hi,
  eb: (target, value) => target.hi <= value.lo,
  ap: (target, value) => {
    const slack = Math.abs(noon - value.lo) / 10
    return target.lo < value.hi + slack && target.hi > value.lo - slack
  },
}
function contained(target: Span, value: Span): boolean {
  return target.lo >= value.lo && target.hi <= value.hi
}

function expected(prefix: string, value: Span): string[] {
  const matches = targets.filter(({ span }) => span !== undefined && means[prefix]?.(span, value))
  return matches.map(({ id }) => id).sort()
}

describe('SRCH-06 every prefix on every precision of a date', () => {
  test.for(Object.entries(values))('%s', async ([text, value]) => {
    const answers = await Promise.all(
      Object.keys(means).map(async (prefix) => [
        prefix,
        await server.ids(`Observation?date=${prefix}${text}`),
      ]),
    )
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(Object.keys(means).map((prefix) => [prefix, expected(prefix, value)])),
    )
    expect(await server.ids(`Observation?date=${text}`)).toEqual(expected('eq', value))
  })
})

test('SRCH-06 the examples of the specification, by hand', async () => {
  // "2013-03-14" there is 2015-08-12 here.
  expect(await server.ids('Observation?date=2015-08-12')).toEqual(['day', 'milli', 'second'])
  expect(await server.ids('Observation?date=sa2015-08-12')).toEqual(['recent', 'zone'])
  expect(await server.ids('Observation?date=eb2015-08-01')).toEqual(['eve'])
  // A period that goes on may hold times after any date, and one without a start times before any.
  expect(await server.ids('Observation?date=gt2030')).toEqual(['from'])
  expect(await server.ids('Observation?date=lt1900')).toEqual(['until'])
})

test('SRCH-06 an interval is the AND of two prefixes, and a list the OR', async () => {
  expect(await server.ids('Observation?date=ge2015-08-12&date=lt2015-08-13')).toEqual([
    'day',
    'from',
    'milli',
    'month',
    'second',
    'timing',
    'year',
  ])
  expect(await server.ids('Observation?date=2015-07-31,2026-02')).toEqual(['eve', 'recent'])
})

test('SRCH-15 _lastUpdated has the same prefixes', async () => {
  const today = '2026-03-01'
  expect(await server.ids(`Observation?_lastUpdated=${today}&_id=day`)).toEqual(['day'])
  expect(await server.ids(`Observation?_lastUpdated=ge${today}T12:00:00Z&_id=day`)).toEqual(['day'])
  expect(await server.ids(`Observation?_lastUpdated=gt${today}&_id=day`)).toEqual([])
  expect(await server.ids(`Observation?_lastUpdated=lt${today}T12:00:00Z&_id=day`)).toEqual([])
  expect(await server.ids(`Observation?_lastUpdated=ge${today}T14:00:00+02:00&_id=day`)).toEqual(['day'])
  expect(refusal(await server.get('Observation?_lastUpdated=yesterday'))).toEqual([400, 'value'])
})

test('SRCH-05 what is no date, or has no known prefix, is refused', async () => {
  const wrong = [
    'yesterday',
    '2015-13',
    '2015-02-30',
    '15-08-12',
    '2015-8-12',
    '2015-08-12T24:00:00Z',
    '20150812',
    'xx2015',
    'GE2015',
    '2015-08-12T10',
    'ge',
    '0000',
    '2015-08-12T10:30:00+25:00',
    '2015-08-12 10:30',
  ]
  for (const value of wrong) {
    expect([value, refusal(await server.get(`Observation?date=${value}`))]).toEqual([value, [400, 'value']])
  }
})
