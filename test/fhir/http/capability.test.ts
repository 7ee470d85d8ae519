import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Definitions, loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { type FhirServer, fhirServer, type Json } from './fhir-server.ts'

let server: FhirServer
let statement: Json
const definitions = loadDefinitions()
beforeAll(async () => {
  server = await fhirServer()
  statement = (await server.get('metadata')).body
})
afterAll(() => server.close())

describe('REST-01 the CapabilityStatement', () => {
  test('REST-01 says what kind of server this is', () => {
    expect(statement).toMatchObject({
      resourceType: 'CapabilityStatement',
      status: 'active',
      date: '2026-03-01T12:00:00.000Z',
      kind: 'instance',
      fhirVersion: '4.0.1',
      format: ['application/fhir+json', 'json'],
      implementation: { url: server.fhir },
    })
    expect(statement.rest).toHaveLength(1)
    expect(statement.rest[0].mode).toBe('server')
  })

  test('REST-01 is valid R4', () => {
    expect(mistakes(statement, 'CapabilityStatement', definitions)).toEqual([])
    // cpb-9, cpb-12: each type once, each parameter of a type once.
    const types = statement.rest[0].resource.map(({ type }: Json) => type)
    expect(new Set(types).size).toBe(types.length)
    for (const { type, searchParam } of statement.rest[0].resource) {
      const names = searchParam.map(({ name }: Json) => name)
      expect([type, new Set(names).size]).toEqual([type, names.length])
    }
  })

  test('REST-01 lists what is on and nothing else', () => {
    const { resource, compartment } = statement.rest[0]
    expect(resource).toHaveLength(146)
    for (const { type, interaction, searchParam } of resource) {
      const codes = interaction.map(({ code }: Json) => code)
      expect([type, codes]).toEqual([
        type,
        [
          'read',
          'vread',
          'search-type',
          'create',
          'update',
          'patch',
          'delete',
          'history-instance',
          'history-type',
          // Written by the server alone, and without versions.
        ].slice(0, type === 'AuditEvent' ? 3 : 9),
      ])
      const names: string[] = searchParam.map(({ name }: Json) => name)
      // AuditEvents come from the audit, which answers some parameters only.
      const ofMeta = type === 'AuditEvent' ? [] : ['_profile', '_security', '_tag']
      expect(names).toEqual(expect.arrayContaining(['_id', '_lastUpdated', ...ofMeta]))
      for (const off of ['_text', '_content', '_query', '_filter', '_list', '_has', '_type', 'near'])
        expect([type, names.includes(off)]).toEqual([type, false])
    }
    expect(compartment).toHaveLength(5)
    const of = (name: string) => resource.find(({ type }: Json) => type === name)
    expect(of('MedicationRequest').searchRevInclude).toContain('Provenance:target')
    expect(of('MedicationRequest').searchInclude).toContain('MedicationRequest:medication')
    expect(of('AuditEvent').searchParam.map(({ name }: Json) => name)).not.toContain('site')
    expect(of('Observation').searchParam).toContainEqual({
      name: 'code-value-quantity',
      definition: 'http://hl7.org/fhir/SearchParameter/Observation-code-value-quantity',
      type: 'composite',
    })
  })

  test('REST-01 has an ETag, and is the same for everybody', async () => {
    const first = await fetch(`${server.fhir}/metadata`)
    const etag = first.headers.get('etag') ?? ''
    expect(await first.json()).toEqual(statement)
    for (const [header, status] of [
      [etag, 304],
      [`"x", ${etag}`, 304],
      ['"x"', 200],
    ] as const) {
      const again = await fetch(`${server.fhir}/metadata`, { headers: { 'if-none-match': header } })
      expect([header, again.status]).toEqual([header, status])
    }
    expect(first.headers.get('vary')).toContain('Accept')
  })
})

test('DISC-15 the addresses are those of smart-configuration, or absent in both', async () => {
  const { security } = statement.rest[0]
  expect(security.cors).toBe(true)
  expect(security.service[0].coding).toEqual([
    { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
  ])
  const [uris] = security.extension
  expect(uris.url).toBe('http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris')
  const published = Object.fromEntries(uris.extension.map(({ url, valueUri }: Json) => [url, valueUri]))
  const smart: Json = await (await fetch(`${server.fhir}/.well-known/smart-configuration`)).json()
  for (const [name, member] of [
    ['authorize', 'authorization_endpoint'],
    ['token', 'token_endpoint'],
    ['register', 'registration_endpoint'],
    ['manage', 'management_endpoint'],
    ['introspect', 'introspection_endpoint'],
    ['revoke', 'revocation_endpoint'],
  ] as const) {
    expect([name, published[name]]).toEqual([name, smart[member]])
  }
})

/** What R4's own tables of elements have against a resource: unknown names, missing or empty elements, arrays. */
function mistakes(value: Json, type: string, known: Definitions, path = type): string[] {
  const elements = known.elements(type)
  const names = new Set(elements.flatMap(({ properties }) => properties))
  const found = Object.keys(value)
    .filter((name) => !names.has(name) && name !== 'resourceType')
    .map((name) => `${path}.${name} is unknown`)
  for (const { name, min, array, properties, types } of elements) {
    const present = properties.filter((property) => value[property] !== undefined)
    if (present.length < min) found.push(`${path}.${name} is missing`)
    for (const property of present) {
      const content = value[property]
      const inner = types[properties.indexOf(property)]?.name ?? types[0]?.name ?? ''
      if (Array.isArray(content) !== array) found.push(`${path}.${property} and arrays`)
      if (content === '' || content?.length === 0) found.push(`${path}.${property} is empty`)
      for (const item of [content].flat()) {
        if (typeof item === 'object') found.push(...mistakes(item, inner, known, `${path}.${property}`))
      }
    }
  }
  return found
}
