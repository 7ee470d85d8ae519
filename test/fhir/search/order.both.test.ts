import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FhirServer, type Json, linkOf, refusal } from '../http/fhir-server.ts'
import { alphabetServer, observations, total } from './alphabet.ts'

let server: FhirServer
beforeAll(async () => {
  server = await alphabetServer()
})
afterAll(() => server.close())

describe('SRCH-13 _sort', () => {
  const sorted = async (rule: string) => {
    const { body } = await server.get(`Observation?_sort=${rule}&_count=100`)
    return body.entry.map((entry: { resource: object }) => entry.resource)
  }

  type Key = (resource: Json) => string | number | undefined
  const keys: Record<string, Key> = {
    _id: (resource) => resource.id,
    _lastUpdated: ({ meta }) => meta.lastUpdated,
    date: (resource) => resource.effectivePeriod?.start,
    'value-quantity': (resource) => resource.valueQuantity?.value,
    status: (resource) => resource.status,
    performer: (resource) => resource.performer?.[0]?.reference,
    patient: (resource) => resource.subject?.reference,
    subject: (resource) => resource.subject?.reference,
  }

  test.for(Object.entries(keys))('SRCH-13 by %s, both ways, what has none last', async ([rule, key]) => {
    for (const [prefix, sign] of [
      ['', 1],
      ['-', -1],
    ] as const) {
      const values: (string | number | undefined)[] = (await sorted(`${prefix}${rule}`)).map(key)
      expect(values).toHaveLength(total)
      const present = values.filter((value) => value !== undefined)
      // Whatever has no value comes behind everything that has one.
      expect(values.slice(0, present.length)).toEqual(present)
      expect(present).toEqual([...present].sort((a, b) => (a < b ? -sign : a > b ? sign : 0)))
    }
  })

  test('SRCH-13 a token with several codes is sorted by its least, or greatest', async () => {
    const codes = (await sorted('code,_id')).map(({ id }: { id: string }) => id)
    const byLeast = [...observations].sort((a, b) => {
      const [one, other] = [a, b].map(({ code }) => code.coding.map((coding) => coding.code).sort()[0] ?? '')
      return one === other ? (a.id < b.id ? -1 : 1) : (one ?? '') < (other ?? '') ? -1 : 1
    })
    expect(codes).toEqual([...byLeast.map(({ id }) => id), 'z'])
  })

  test('SRCH-13 several rules, each in its own direction', async () => {
    const found = await sorted('status,-_id')
    const byHand = [...observations, { id: 'z', status: 'final' }].sort((a, b) =>
      a.status === b.status ? (a.id < b.id ? 1 : -1) : a.status < b.status ? -1 : 1,
    )
    expect(found.map(({ id }: { id: string }) => id)).toEqual(byHand.map(({ id }) => id))
  })

  test('SRCH-13 names of people are sorted without regard to case and accents', async () => {
    const families = ['Ödön', 'ode', 'Oz', 'zebra', 'Ábel']
    await server.store([
      ...families.map((family, index) => ({ resourceType: 'Patient', id: `p-${index}`, name: [{ family }] })),
      { resourceType: 'Patient', id: 'p-9' },
    ])
    expect(await server.found('Patient?_sort=family')).toEqual(['p-4', 'p-1', 'p-0', 'p-2', 'p-3', 'p-9'])
    expect(await server.found('Patient?_sort=-family')).toEqual(['p-3', 'p-2', 'p-0', 'p-1', 'p-4', 'p-9'])
  })

  test('SRCH-13 addresses are sorted as they stand', async () => {
    const sets = ['b', 'a', 'c'].map((url, index) => ({ resourceType: 'ValueSet', id: `v-${index}`, url }))
    await server.store([...sets, { resourceType: 'ValueSet', id: 'v-9' }])
    expect(await server.found('ValueSet?_sort=url')).toEqual(['v-1', 'v-0', 'v-2', 'v-9'])
    expect(await server.found('ValueSet?_sort=-url')).toEqual(['v-2', 'v-0', 'v-1', 'v-9'])
  })

  test('SRCH-13 a rule that is unknown is left out, and the self link tells; strictly it is refused', async () => {
    const { body } = await server.get('Observation?_sort=bogus,-date&_count=1')
    expect(new URL(linkOf(body, 'self') ?? '').searchParams.get('_sort')).toBe('-date')
    const strict = { prefer: 'handling=strict' }
    expect(refusal(await server.get('Observation?_sort=bogus', strict))).toEqual([400, 'not-supported'])
    expect(refusal(await server.get('Observation?_sort=code-value-quantity'))).toEqual([400, 'not-supported'])
    expect(refusal(await server.get('Observation?_sort:desc=date'))).toEqual([400, 'not-supported'])
    expect(refusal(await server.get('Observation?_sort=a,b,c,d,e,f'))).toEqual([400, 'too-costly'])
  })
})
