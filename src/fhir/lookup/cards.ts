import { type Element, isElement, isText, itemsOf, textOf } from '../extract/values.ts'

/** A person as pages show one: never by the name alone. */
export type PatientCard = {
  id: string
  /** Given names first; the id where there is no name. */
  name: string
  /** The first given name, for sentences. */
  given?: string
  /** As FHIR writes dates; mostly YYYY-MM-DD. */
  born?: string
  /** A code of FHIR: `female`, `male`, `other`, `unknown`. */
  sex?: string
  /** The number of the record, with what it is: a medical record number (`MRN 104-882-17`) before any other identifier. */
  record?: string
}

/** A visit or stay. */
export type EncounterCard = {
  id: string
  /** A bare id. */
  patient: string
  /** As FHIR writes dateTimes. */
  start?: string
  end?: string
  /** A code of FHIR, e.g. `finished`. */
  status?: string
  /** In the words of the record. */
  kind?: string
  place?: string
}

/** Something that an app can be launched with. */
export type ItemCard = { reference: string; title: string; when?: string }

/** Reads a Patient. Whatever is not as FHIR wants it is left out: the resource may come from anywhere. */
export function patientCard(patient: Element): PatientCard {
  const id = String(patient.id)
  const name = preferred(patient.name, nameUses)
  const given = itemsOf(name?.given).filter(isText)
  const ofRecord = preferred(itemsOf(patient.identifier).filter(isRecordNumber), identifierUses)
  const other = preferred(patient.identifier, identifierUses)
  return {
    id,
    name: nameOf(name) ?? id,
    ...known({
      given: given[0],
      born: textOf(patient.birthDate),
      sex: textOf(patient.gender),
      record: labelled('MRN', textOf(ofRecord?.value)) ?? textOf(other?.value),
    }),
  }
}

/** Reads an Encounter; `patient` and `place` are looked up by the caller. */
export function encounterCard(encounter: Element, patient: string, place: string | undefined): EncounterCard {
  const period = isElement(encounter.period) ? encounter.period : {}
  return {
    id: String(encounter.id),
    patient,
    ...known({
      start: textOf(period.start),
      end: textOf(period.end),
      status: textOf(encounter.status),
      kind: wordsOf(itemsOf(encounter.type)[0]) ?? wordsOf({ coding: [encounter.class] }),
      place,
    }),
  }
}

/** Reads a resource of any type. */
export function itemCard(resource: Element): ItemCard {
  const reference = `${resource.resourceType}/${resource.id}`
  return {
    reference,
    title: first(titles, (name) => titleOf(resource[name])) ?? reference,
    ...known({
      when: first(moments, (name) => momentOf(resource[name])),
    }),
  }
}

/** A CodeableConcept as people read it. */
export function wordsOf(concept: unknown): string | undefined {
  if (!isElement(concept)) return undefined
  const codings = itemsOf(concept.coding).filter(isElement)
  return (
    textOf(concept.text) ??
    first(codings, ({ display }) => textOf(display)) ??
    first(codings, ({ code }) => textOf(code))
  )
}

/** Where a resource says what it is, the most telling first. */
const titles = ['title', 'description', 'code', 'vaccineCode', 'medicationCodeableConcept'].concat([
  'medicationReference',
  'type',
  'name',
  'deviceName',
  'category',
  'class',
])
/** Where it says when it was. */
const moments = ['started', 'effectiveDateTime', 'effectivePeriod', 'effectiveInstant', 'performedDateTime']
  .concat(['performedPeriod', 'occurrenceDateTime', 'occurrencePeriod', 'authoredOn', 'authored', 'date'])
  .concat(['recordedDate', 'onsetDateTime', 'period', 'start', 'created', 'issued'])

function titleOf(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value
  return textOf(one) ?? (isElement(one) ? (wordsOf(one) ?? textOf(one.display) ?? nameOf(one)) : undefined)
}

function momentOf(value: unknown): string | undefined {
  return textOf(isElement(value) ? value.start : value)
}

const nameUses = ['official', 'usual', undefined, 'nickname', 'temp', 'anonymous', 'maiden', 'old']
const identifierUses = ['usual', 'official', undefined, 'secondary', 'temp']

/** The first name or identifier of the best use. */
function preferred(values: unknown, uses: readonly unknown[]): Element | undefined {
  const elements = itemsOf(values).filter(isElement)
  return first(uses, (use) => elements.find((element) => element.use === use))
}

/** Of a HumanName: as it is to be shown, or made of its parts. */
function nameOf(name: Element | undefined): string | undefined {
  if (name === undefined) return undefined
  const parts = [...itemsOf(name.given), name.family, ...itemsOf(name.suffix)].filter(isText)
  return textOf(name.text) ?? (parts.length === 0 ? undefined : parts.join(' '))
}

function isRecordNumber(identifier: unknown): boolean {
  if (!isElement(identifier) || !isElement(identifier.type)) return false
  return itemsOf(identifier.type.coding).some((coding) => isElement(coding) && coding.code === 'MR')
}

function labelled(label: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${label} ${value}`
}

/** What the first of some things gives that gives anything. */
function first<Thing, Given>(
  things: readonly Thing[],
  give: (thing: Thing) => Given | undefined,
): Given | undefined {
  for (const thing of things) {
    const given = give(thing)
    if (given !== undefined) return given
  }
  return undefined
}

/** An object without the members that are undefined. */
function known<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof known<Members>
  >
}
