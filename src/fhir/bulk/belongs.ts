import { patientCompartment } from '../access/compartment.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Resource } from '../definitions/types.ts'
import { createExtract } from '../extract/extract.ts'

/** Whether a deleted resource was in the record of one of some patients, by its last version. */
export type Belongs = (type: string, id: string, last: unknown) => boolean

export function belongsTo(
  patients: 'all' | readonly string[],
  definitions: Definitions,
  fhirBase: string,
): Belongs {
  const extract = createExtract(definitions, { base: fhirBase })
  const patientsOf = patientCompartment(definitions)
  const wanted = patients === 'all' ? undefined : new Set(patients)
  return (type, id, last) => {
    if (typeof last !== 'string') return false
    const owners = patientsOf(type, id, extract(JSON.parse(last) as Resource))
    return owners.some((owner) => wanted === undefined || wanted.has(owner))
  }
}
