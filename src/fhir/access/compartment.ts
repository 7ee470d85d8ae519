import type { Definitions } from '../definitions/definitions.ts'
import type { IndexRow } from '../extract/rows.ts'

/**
 * Whose record a resource belongs to, by a stricter rule than R4's Patient compartment (ENF-06): the one person
 * it is about. A resource about B is not in A's record because A performed it or asserted it, and one that is
 * about several people is in nobody's.
 */
export type PatientsOf = (type: string, id: string, rows: readonly IndexRow[]) => string[]

/** The parameter that says whom a resource is about; the first that a type has counts. */
const aboutWhom = ['patient', 'subject', 'beneficiary', 'individual', 'actor'] as const

/** The address of a Patient on another server. */
const ELSEWHERE = /\/Patient\/[^/]+$/

/** Never in one person's record: a Group is about its members; an AuditEvent is for auditors. */
const nobodys = new Set(['Group', 'AuditEvent', 'Provenance'])
/** ENF-04: not in R4's compartment, but plainly of one patient: an implant, an infusion pump. */
const added = new Set(['Device'])

/** Makes the rule from the definitions. Provenance follows its targets and is judged when asked for. */
export function patientCompartment(definitions: Definitions): PatientsOf {
  const parameters = new Map(
    definitions.resourceTypes.map((type) => [type, whoseParameters(definitions, type)] as const),
  )
  return (type, id, rows) => {
    if (type === 'Patient') return [id]
    const codes = parameters.get(type)
    if (codes === undefined) return []
    const patients = new Set<string>()
    for (const row of rows) {
      if (!codes.includes(row.param)) continue
      if (row.kind === 'reference' && row.type === 'Patient') patients.add(row.id)
      // A patient of another server is a person too.
      else if (row.kind === 'uri' && ELSEWHERE.test(row.value)) patients.add(row.value)
    }
    return patients.size === 1 ? [...patients].filter((patient) => !ELSEWHERE.test(patient)) : []
  }
}

/** True if resources of a type can be in a patient's record. */
export function isInCompartment(definitions: Definitions, type: string): boolean {
  return type === 'Patient' || whoseParameters(definitions, type) !== undefined
}

/** The parameters by whose values a resource of a type is in somebody's record; undefined if it never is. */
export function whoseParameters(definitions: Definitions, type: string): readonly string[] | undefined {
  if (nobodys.has(type)) return undefined
  const members = added.has(type) ? ['patient'] : definitions.patientCompartment(type)
  if (members === undefined || type === 'Patient') return undefined
  for (const code of aboutWhom) {
    // `patient` repeats `subject` for many types; its values stand under the parameter it repeats.
    const parameter = definitions.searchParameter(type, code)
    const counts =
      parameter !== undefined &&
      (members.includes(code) || (parameter.of ?? []).some((other) => members.includes(other)))
    if (counts) return parameter.of ?? [code]
  }
  return undefined
}
