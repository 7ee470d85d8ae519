import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { smallest } from '../validate/smallest.ts'
import { type FhirServer, fhirServer, type Json } from './fhir-server.ts'

const definitions = loadDefinitions()
let server: FhirServer
let resources: Json[]
beforeAll(async () => {
  server = await fhirServer([], { scope: 'system/*.cruds' })
  // The audit answers for AuditEvent, with what it has (test/fhir/audit-events).
  const listed: Json[] = (await server.get('metadata')).body.rest[0].resource
  resources = listed.filter(({ type }) => type !== 'AuditEvent')
})
afterAll(() => server.close())

/** A value that each type of parameter can read. */
const readable: Record<string, string> = {
  token: 'urn:s|x',
  string: 'x',
  date: 'ge2020-01-01',
  number: '5.4',
  quantity: '5.4|http://unitsofmeasure.org|mg',
  reference: 'https://other.example.org/fhir/Patient/1',
  uri: 'urn:x',
}
const composites: Record<string, string> = {
  'code-value-date': 'x$2020',
  'code-value-string': 'x$y',
  relationship: 'replaces$DocumentReference/1',
}
const modifiers: Record<string, string[]> = {
  token: ['not', 'text', 'missing'],
  string: ['exact', 'contains', 'missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  reference: ['identifier', 'missing'],
  uri: ['below', 'above', 'missing'],
  composite: ['missing'],
}
const unsupported: Record<string, string[]> = {
  token: ['in', 'not-in', 'exact', 'above'],
  string: ['not', 'text', 'below'],
  date: ['not', 'exact', 'text'],
  number: ['not', 'exact'],
  quantity: ['not', 'text'],
  reference: ['not', 'above', 'text', 'Bogus'],
  uri: ['contains', 'exact', 'not'],
  composite: ['not', 'exact'],
}

function sampleOf({ name, type }: Json): string {
  if (type !== 'composite') return readable[type] ?? ''
  return composites[name] ?? (name.endsWith('quantity') ? 'x$5.4||mg' : 'x$y')
}

async function statusOf(query: string): Promise<number> {
  return (await server.get(query, { prefer: 'handling=strict' })).status
}

/** Everything that a parameter can do, in one search: it counts strictly, so one that cannot fails it. */
function everyUse(type: string, parameter: Json): string {
  const { name, type: kind } = parameter
  const value = encodeURIComponent(sampleOf(parameter))
  const isColumn = name === '_id' || name === '_lastUpdated'
  const uses = (isColumn ? ['missing'] : (modifiers[kind] ?? [])).map((modifier) => {
    const modified = modifier === 'missing' ? 'true' : modifier === 'identifier' ? 'urn:s%7Cx' : value
    return `${name}:${modifier}=${modified}`
  })
  const sort = kind === 'composite' ? [] : [`_sort=-${name},${name}`]
  return `${type}?${[`${name}=${value}`, `${name}=${value},${value}`, ...uses, ...sort].join('&')}`
}

test('REST-01 every listed search parameter answers on its type, with its modifiers, and in both orders', async () => {
  const wrong: string[] = []
  let asked = 0
  for (const { type, searchParam } of resources) {
    const queries: [string, number][] = searchParam.flatMap((parameter: Json) => {
      const { name, type: kind } = parameter
      const off = unsupported[kind] ?? []
      const refused = `${type}?${name}:${off[asked++ % off.length]}=${encodeURIComponent(sampleOf(parameter))}`
      const unsorted = kind === 'composite' ? [[`${type}?_sort=${name}`, 400]] : []
      return [[everyUse(type, parameter), 200], [refused, 400], ...unsorted]
    })
    await Promise.all(
      queries.map(async ([query, status]) => {
        if ((await statusOf(query)) !== status) wrong.push(`${query} is not ${status}`)
      }),
    )
  }
  expect(wrong).toEqual([])
  expect(asked).toBeGreaterThan(2000)
})

test('REST-01 every listed include and revinclude works on its type', async () => {
  const wrong: string[] = []
  for (const { type, searchInclude = [], searchRevInclude = [] } of resources) {
    const queries = [
      ...searchInclude.map((one: string) => `${type}?_include=${one}&_include:iterate=${one}`),
      ...searchRevInclude.map((one: string) => `${type}?_revinclude=${one}&_revinclude=${one}:${type}`),
    ]
    const statuses = await Promise.all(queries.map(statusOf))
    wrong.push(...queries.filter((_, index) => statuses[index] !== 200))
  }
  expect(wrong).toEqual([])
})

test('REST-01 every listed interaction works on every type, and no other does', async () => {
  for (const { type } of resources) {
    await server.store([{ resourceType: type, id: 'one' }])
    expect([type, (await server.get(`${type}/one`)).status]).toEqual([type, 200])
    expect([type, (await server.get(`${type}/one/_history/1`)).status]).toEqual([type, 200])
    expect([type, await server.ids(`${type}?_id=one`)]).toEqual([type, ['one']])
    expect([type, await server.ids(`${type}?_sort=-_lastUpdated`)]).toEqual([type, ['one']])
    const resource = { ...smallest(type, definitions), id: 'one' }
    expect([type, (await server.submit('PUT', `${type}/one`, resource)).status]).toEqual([type, 200])
    const patch = [{ op: 'test', path: '/id', value: 'one' }]
    const patched = await server.submit('PATCH', `${type}/one`, patch, {
      'content-type': 'application/json-patch+json',
    })
    expect([type, patched.status]).toEqual([type, 200])
    expect([type, (await server.submit('POST', type, resource)).status]).toEqual([type, 201])
    expect([type, (await server.send(`${type}/one`, { method: 'DELETE' })).status]).toEqual([type, 204])
    expect((await server.get(`${type}/one/_history`)).body.entry).toHaveLength(4)
    expect((await server.get(`${type}/_history`)).body.entry).toHaveLength(5)
  }
})
