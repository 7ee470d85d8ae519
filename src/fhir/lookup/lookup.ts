import type { UserReach } from '../../smart/permit.ts'
import { isInCompartment } from '../access/compartment.ts'
import { type Element, isElement, itemsOf, textOf } from '../extract/values.ts'
import {
  type EncounterCard,
  encounterCard,
  type ItemCard,
  itemCard,
  type PatientCard,
  patientCard,
} from './cards.ts'
import { type Count, createCount } from './counts.ts'
import { createReader, type Reader, type ReaderDeps } from './reader.ts'
import { inRecordOf } from './sight.ts'
import { monthNames, type Pairs, readTyped } from './typed.ts'

export type { EncounterCard, ItemCard, PatientCard } from './cards.ts'
export type { Count, CountFacts } from './counts.ts'

/** What the sign-in pages ask of the FHIR data: everything as this user may see it, and nothing beyond. */
export type Lookup = {
  /**
   * A page of a picker: the patients whom the typed text fits, by family name (20, or as many as `most` up to 100).
   * An empty text fits all whom a user may act for, but nobody for one who sees every patient.
   */
  patients(
    who: UserReach,
    search: { q: string; most?: number | undefined },
  ): Promise<{ cards: PatientCard[]; more: boolean }>
  /** One patient; undefined if that one is not there or not for this user. */
  patient(who: UserReach, id: string): Promise<PatientCard | undefined>
  /** The encounters in a patient's record, newest first. */
  encounters(who: UserReach, patient: string, most?: number): Promise<EncounterCard[]>
  /** One encounter; undefined if it is not there, not for this user, or about no patient of this server. */
  encounter(who: UserReach, id: string): Promise<EncounterCard | undefined>
  /**
   * CTX-10: whether a resource (`Type/id`) may be put in context: the user sees it, and it is in the record of the
   * patient in context if its type can be in one.
   */
  visible(who: UserReach, reference: string, patient?: string): Promise<boolean>
  /**
   * What a user who is a RelatedPerson, or a Person linked to one, is to the patient: a code of HL7's v3 RoleCode, as
   * `MTH`.
   */
  relation(who: UserReach, patient: string): Promise<string | undefined>
  /**
   * What an app can be launched with: what is in the patient's record, or is referred to there; newest first.
   * @param type in any case, as in `launch/imagingstudy`; an unknown one has nothing
   */
  contextItems(who: UserReach, type: string, patient: string, most?: number): Promise<ItemCard[]>
  /** To be called while somebody types their password, so that the counts are there in time. */
  warm(): void
  /** How many resources each line of a consent is about. */
  count: Count
}

/** @param deps `languages`: those whose names of months are understood (BCP 47) */
export function createLookup(deps: ReaderDeps & { languages: readonly string[] }): Lookup {
  const { definitions } = deps
  const months = monthNames(deps.languages)
  const reader = createReader(deps)
  const { find, read, nameIn } = reader
  return {
    async patients(who, { q, most }) {
      const typed = readTyped(q, months)
      if (typed === undefined || (typed.length === 0 && who.patients === 'all')) {
        return { cards: [], more: false }
      }
      const search: Pairs = [...typed, ...reachIn(who), ['_sort', 'family,given']]
      const { resources, more } = await find(who, 'Patient', search, most)
      return { cards: resources.map(patientCard), more }
    },

    async patient(who, id) {
      const patient = await read(who, nameIn(`Patient/${id}`))
      return patient === undefined ? undefined : patientCard(patient)
    },

    async encounters(who, patient, most) {
      const { resources } = await find(inRecordOf(patient, who), 'Encounter', [['_sort', '-date']], most)
      const cards = await Promise.all(resources.map((encounter) => cardOf(encounter, who, reader)))
      return cards.filter((card) => card !== undefined)
    },

    async encounter(who, id) {
      const encounter = await read(who, nameIn(`Encounter/${id}`))
      return encounter === undefined ? undefined : await cardOf(encounter, who, reader)
    },

    async visible(who, reference, patient) {
      const named = nameIn(reference)
      const belongs = named !== undefined && patient !== undefined && isInCompartment(definitions, named.type)
      return (await read(belongs ? inRecordOf(patient, who) : who, named)) !== undefined
    },

    relation: (who, patient) => relationOf(who, patient, reader),

    async contextItems(who, name, patient, most) {
      const type = definitions.resourceTypes.find((each) => each.toLowerCase() === name.toLowerCase())
      if (type === undefined) return []
      const date = dates.find((code) => definitions.searchParameter(type, code)?.type === 'date')
      const search: Pairs = [['_sort', `-${date ?? '_lastUpdated'}`]]
      const { resources } = await find(inRecordOf(patient, who), type, search, most)
      return resources.map(itemCard)
    },

    warm() {
      // It is a help: without it, the first numbers are missing.
      deps.store.warm().catch(() => undefined)
    },

    count: createCount(deps),
  }
}

const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode'
/** A search takes so many ids (search/filter.ts). */
const MOST_IDS = 500
/** Links of a Person that are followed. */
const MOST_LINKS = 20
/** Parameters that say when something was, for one type or another. */
const dates = ['date', 'started', 'authored', 'authoredon', 'authored-on', 'recorded-date'].concat([
  'start-date',
  'collected',
  'created',
])

/** Who may act for some patients only sees no others anyway; said in the search, it need not look at all of them. */
function reachIn({ patients }: UserReach): Pairs {
  return patients === 'all' || patients.length > MOST_IDS ? [] : [['_id', patients.join(',')]]
}

/** Nothing for an encounter that is about no patient of this server. */
async function cardOf(
  encounter: Element,
  who: UserReach,
  { read, targetOf }: Reader,
): Promise<EncounterCard | undefined> {
  const subject = targetOf(encounter.subject)
  if (subject?.type !== 'Patient') return undefined
  const [first] = itemsOf(encounter.location).filter(isElement)
  const named = isElement(first?.location) ? textOf(first.location.display) : undefined
  const place = named ?? textOf((await read(who, targetOf(first?.location)))?.name)
  return encounterCard(encounter, subject.id, place)
}

async function relationOf(
  who: UserReach,
  patient: string,
  { read, nameIn, targetOf }: Reader,
): Promise<string | undefined> {
  const own = await read(who, nameIn(who.fhirUser ?? ''))
  const links = own?.resourceType === 'Person' ? itemsOf(own.link).filter(isElement) : []
  const linked = links.slice(0, MOST_LINKS).map((link) => read(who, targetOf(link.target)))
  const relative = [own, ...(await Promise.all(linked))].find(
    (person) => person?.resourceType === 'RelatedPerson' && targetOf(person.patient)?.id === patient,
  )
  return roleCode(relative)
}

function roleCode(relative: Element | undefined): string | undefined {
  const codings = itemsOf(relative?.relationship)
    .filter(isElement)
    .flatMap((concept) => itemsOf(concept.coding).filter(isElement))
  return textOf(codings.find(({ system }) => system === ROLE_CODE)?.code)
}
