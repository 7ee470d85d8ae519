import type { Dates } from './dates.ts'
import type { Words } from './words/en.ts'

/** What tells one patient from another: never the name alone. */
export type PatientCard = {
  /** Bare FHIR id. */
  id: string
  name: string
  /** What they are called in a sentence; the whole name unless it is known. */
  given?: string | undefined
  /** A FHIR date, perhaps of a year or a month only. */
  birthDate?: string | undefined
  /** FHIR administrative gender. */
  gender?: string | undefined
  /** With what it is, e.g. `MRN 104-882-17`. */
  recordNumber?: string | undefined
  deceased?: boolean | undefined
}

/** A patient as the templates write them. */
export type Person = { id: string; name: string; born: string; age: string; sex: string; record: string }

/** @param now milliseconds since 1970 */
export function personOf(card: PatientCard, { people }: Words, dates: Dates, now: number): Person {
  const { id, name, birthDate, gender = '', recordNumber, deceased } = card
  const age = deceased ? people.died : birthDate && dates.age(birthDate, now)
  return {
    id,
    name,
    born: birthDate === undefined ? people.unknown : dates.fhirDate(birthDate),
    age: age ? `(${age})` : '',
    sex: lookUp(people.genders, gender) ?? people.unknown,
    record: recordNumber ?? people.unknown,
  }
}

/** The entry of that name, if the words have one. */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** @param relation what the user is to the patient: HL7 v3 RoleCode (RelatedPerson.relationship), or `self` */
export function signedInAs(
  { name, relation = '' }: { name: string; relation?: string | undefined },
  patient: PatientCard | undefined,
  { people }: Words,
): string {
  const relative = lookUp(people.relations, relation)
  return patient === undefined || relative === undefined
    ? people.signedIn(name)
    : people.signedInAs(name, relative(patient.given ?? patient.name))
}
