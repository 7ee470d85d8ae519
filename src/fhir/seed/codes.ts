export const SNOMED = 'http://snomed.info/sct'
export const LOINC = 'http://loinc.org'
export const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm'
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
export const CVX = 'http://hl7.org/fhir/sid/cvx'
export const UCUM = 'http://unitsofmeasure.org'
export const NUCC = 'http://nucc.org/provider-taxonomy'
export const US_CORE = 'http://hl7.org/fhir/us/core'
const THO = 'http://terminology.hl7.org/CodeSystem'

export type Coding = { system: string; code: string; display: string }
export type Concept = { coding?: Coding[]; text?: string }
export type Reference = { reference: string; display?: string }
export type Quantity = { value: number; unit: string; system: string; code: string }

/** A concept with one coding; its text is the display. */
export function concept(system: string, code: string, display: string): Concept {
  return { coding: [{ system, code, display }], text: display }
}

/** A concept from one of HL7's own code systems, named by its last part, e.g. `v3-RoleCode`. */
export function hl7(system: string, code: string, display: string): Concept {
  return { coding: [{ system: `${THO}/${system}`, code, display }], text: display }
}

/** The only coding of a concept made by `concept` or `hl7`. */
export function codingOf(value: Concept): Coding {
  return value.coding?.[0] as Coding
}

/** Builds a table once from its rows of bare facts, keeping the keys. */
export function table<K extends string, Row, Value>(
  rows: Record<K, Row>,
  build: (row: Row, key: K) => Value,
): Record<K, Value> {
  const entries = Object.entries(rows) as [K, Row][]
  return Object.fromEntries(entries.map(([key, row]) => [key, build(row, key)])) as Record<K, Value>
}

/** The URL of a US Core profile or extension, named without its `us-core-` (which the paediatric ones lack). */
export function usCore(name: string): string {
  return `${US_CORE}/StructureDefinition/${name.startsWith('pediatric-') ? '' : 'us-core-'}${name}`
}

const CONFIDENTIALITY = { system: `${THO}/v3-Confidentiality`, code: 'R', display: 'restricted' }
const sensitivity = (code: string, display: string) => [
  CONFIDENTIALITY,
  { system: `${THO}/v3-ActCode`, code, display },
]

/** Why a record is restricted; these go to `meta.security`. */
export const LABELS = {
  hiv: sensitivity('HIV', 'HIV/AIDS information sensitivity'),
  mental: sensitivity('MH', 'mental health information sensitivity'),
  substance: sensitivity('SUD', 'substance use disorder information sensitivity'),
}
export type Label = keyof typeof LABELS
