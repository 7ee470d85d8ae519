import { describe, expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { exampleOf } from '../../../src/fhir/openapi/example.ts'
import { openApiOf } from '../../../src/fhir/openapi/openapi.ts'
import { createValidate } from '../../../src/fhir/validate/validate.ts'
import { endpointsOf } from '../../../src/smart/discovery.ts'

const definitions = loadDefinitions()
const document = (types: readonly string[]) =>
  openApiOf(definitions, types, { endpoints: endpointsOf('https://ehr.example'), scopes: ['user/*.rs'] })

test('REST-06 the example of every type is a resource that this server would accept', () => {
  const validate = createValidate(definitions)
  const refused = definitions.resourceTypes
    .map((type) => exampleOf(definitions, type))
    .map((example) => ({ example, issues: validate(example) }))
    .filter(({ issues }) => issues.length > 0)
  expect(refused).toEqual([])
})

describe('the OpenAPI document', () => {
  test('REST-01 has for each type what the CapabilityStatement says, and nothing for others', () => {
    const { paths } = document(['Patient', 'AuditEvent']) as unknown as { paths: Record<string, object> }
    expect(Object.keys(paths)).toEqual([
      '/Patient',
      '/Patient/{id}',
      '/Patient/{id}/_history',
      '/AuditEvent',
      '/AuditEvent/{id}',
      '/',
      '/metadata',
    ])
    expect(Object.keys(paths['/Patient/{id}'] ?? {})).toEqual(['parameters', 'get', 'put', 'patch', 'delete'])
    expect(Object.keys(paths['/AuditEvent'] ?? {})).toEqual(['get'])
    expect(Object.keys(paths['/AuditEvent/{id}'] ?? {})).toEqual(['parameters', 'get'])
  })

  test('refers only to schemas that it holds, whatever the type', () => {
    for (const type of definitions.resourceTypes) {
      const text = JSON.stringify(document([type]))
      const { schemas } = (JSON.parse(text) as { components: { schemas: object } }).components
      const named = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
      expect([...named].filter((name) => !Object.hasOwn(schemas, name ?? ''))).toEqual([])
    }
  })

  test('says what R4 says of an element: required, repeated, codes, choices', () => {
    const { components } = document(['Observation']) as unknown as {
      components: { schemas: Record<string, { required: string[]; properties: Record<string, unknown> }> }
    }
    const { Observation } = components.schemas
    expect(Observation?.required).toEqual(['resourceType', 'status', 'code'])
    expect(Observation?.properties.category).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/CodeableConcept' },
    })
    expect(Observation?.properties.status).toMatchObject({ enum: expect.arrayContaining(['final']) })
    expect(Observation?.properties).toHaveProperty('valueQuantity')
    expect(Observation?.properties).toHaveProperty('component')
    expect(components.schemas).toHaveProperty(['Observation.component'])
  })
})
