import type { Definitions } from '../../../src/fhir/definitions/definitions.ts'

type Json = Record<string, unknown>

const samples: Record<string, unknown> = {
  boolean: true,
  integer: 1,
  positiveInt: 1,
  unsignedInt: 1,
  decimal: 1.5,
  date: '2020-01-01',
  dateTime: '2020-01-01',
  instant: '2020-01-01T00:00:00Z',
  base64Binary: 'AAAA',
  xhtml: '<div>x</div>',
  oid: 'urn:oid:1.2',
}

/** The smallest resource of a type that R4 allows. */
export function smallest(type: string, definitions: Definitions): Json {
  return { resourceType: type, ...required(type, definitions) }
}

function required(type: string, definitions: Definitions): Json {
  const found: Json = {}
  for (const { name, min, array, properties, types } of definitions.elements(type)) {
    const [property = '', datatype = ''] = [properties[0], types[0]?.name]
    if (min === 0) continue
    const [code] = definitions.codes(type, name) ?? []
    const value = code ?? sampleOf(datatype, types[0]?.targets[0], definitions)
    found[property] = array ? [value] : value
  }
  return found
}

function sampleOf(datatype: string, target: string | undefined, definitions: Definitions): unknown {
  if (datatype === 'Reference') return { reference: `${target ?? 'Patient'}/1` }
  if (datatype === 'Resource') return { resourceType: 'Basic', ...required('Basic', definitions) }
  if (definitions.elements(datatype).length === 0) return samples[datatype] ?? 'x'
  const inner = required(datatype, definitions)
  return Object.keys(inner).length > 0 ? inner : { id: 'x' }
}
