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

/** A coding written as one string: the code, a space, the display. */
export function coding(system: string, codeAndDisplay: string): Coding {
  const space = codeAndDisplay.indexOf(' ')
  return { system, code: codeAndDisplay.slice(0, space), display: codeAndDisplay.slice(space + 1) }
}

/** A concept with one coding, written as `coding` reads it; its text is the display. */
export function concept(system: string, codeAndDisplay: string): Concept {
  const only = coding(system, codeAndDisplay)
  return { coding: [only], text: only.display }
}

/** A concept from one of HL7's own code systems, named by its last part, e.g. `v3-RoleCode`. */
export function hl7(system: string, codeAndDisplay: string): Concept {
  return concept(`${THO}/${system}`, codeAndDisplay)
}

/** The first coding of a concept. */
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

const sensitivity = (code: string) => [
  coding(`${THO}/v3-Confidentiality`, 'R restricted'),
  coding(`${THO}/v3-ActCode`, code),
]

/** Why a record is restricted; these go to `meta.security`. */
export const LABELS = {
  hiv: sensitivity('HIV HIV/AIDS information sensitivity'),
  mental: sensitivity('MH mental health information sensitivity'),
  substance: sensitivity('SUD substance use disorder information sensitivity'),
}
export type Label = keyof typeof LABELS
