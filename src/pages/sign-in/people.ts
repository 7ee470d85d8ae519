import type { User } from '../../users/user.ts'
import type { PatientCard } from '../person.ts'

/** What the pages ask of the FHIR data, as the user may see it (fhir/lookup). */
export type FoundPatient = {
  id: string
  name: string
  given?: string
  born?: string
  sex?: string
  record?: string
}

export function cardOf({ id, name, given, born, sex, record }: FoundPatient): PatientCard {
  return { id, name, given, birthDate: born, gender: sex, recordNumber: record }
}

/** True if the user is this patient (a bare id). */
export function isSelf({ fhirUser }: User, patient: string): boolean {
  return fhirUser === `Patient/${patient}`
}
