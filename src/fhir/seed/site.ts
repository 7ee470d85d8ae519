import type { Day } from './calendar.ts'
import type { Reference } from './codes.ts'
import { HERITAGES, slug } from './facts/names.ts'
import { FOUNDERS, HIRES, PLACES, SPECIALTIES, type Specialty } from './facts/staff.ts'
import { mix, type Random, random } from './random.ts'

export type Clinician = {
  id: string
  given: string
  family: string
  sex: 'female' | 'male'
  specialty: Specialty
  /** References ready for use. */
  who: Reference
  department: Reference
  place: Reference
}

export type Site = {
  clinicians: readonly Clinician[]
  /** How many of `PLACES` are open. */
  open: number
  /** A clinician of the specialty who worked here when patient `index` came. */
  clinician(specialty: Specialty, index: number, lot: Random): Clinician
  /** A ward that was open when patient `index` came. */
  ward(index: number, lot: Random): Reference
  /** The first half hour from `minute` on that is free with this clinician; it is then taken. */
  book(clinician: Clinician, day: Day, minute: number): number
}

export const HOSPITAL: Reference = {
  reference: 'Organization/alder-valley',
  display: 'Alder Valley Hospital',
}

const CLINICIANS = { few: FOUNDERS.length, many: 67 }
const OPEN_PLACES = { few: 8, many: PLACES.length }

/** Grows with the root of the number of patients: `few` up to 100, `many` at 20,000. */
function grown(patients: number, { few, many }: { few: number; many: number }): number {
  const share = (Math.sqrt(Math.max(patients, 100)) - 10) / (Math.sqrt(20_000) - 10)
  return few + Math.floor(share * (many - few) + 1e-9)
}

/**
 * The people and rooms of a hospital for so many patients. A patient meets only those who were there when
 * no later patient had come yet, and so keeps the same doctors however large the hospital becomes.
 */
export function openSite(patients: number): Site {
  const clinicians = roster(grown(patients, CLINICIANS))
  const ranks = new Map(clinicians.map((clinician, rank) => [clinician, rank]))
  const taken = new Set<string>()
  return {
    clinicians,
    open: Math.min(grown(patients, OPEN_PLACES), PLACES.length),
    clinician(specialty, index, lot) {
      const hired = grown(index + 1, CLINICIANS)
      return lot.pick(
        clinicians.filter((one) => one.specialty === specialty && (ranks.get(one) ?? 0) < hired),
      )
    },
    ward(index, lot) {
      const open = PLACES.slice(0, grown(index + 1, OPEN_PLACES))
      return at(lot.pick(open.filter(([, , type]) => type === 'HU')))
    },
    book(clinician, day, minute) {
      let free = minute
      while (taken.has(`${clinician.id} ${day} ${free}`)) free += 30
      taken.add(`${clinician.id} ${day} ${free}`)
      return free
    },
  }
}

/** The clinicians in the order of their hiring: each depends on those before, never on those after. */
function roster(size: number): Clinician[] {
  const staff = new Map<string, Clinician>()
  for (let rank = 0; rank < size; rank++) {
    const lot = random(mix(0x5eed, rank))
    const founder = FOUNDERS[rank]
    const specialty = founder?.[3] ?? (HIRES[(rank - FOUNDERS.length) % HIRES.length] as Specialty)
    let [given, family, sex] = founder ?? newcomer(lot)
    while (staff.has(slug(`${given} ${family}`))) [given, family, sex] = newcomer(lot)
    const id = slug(`${given} ${family}`)
    // The share of its growth the hospital had reached when it hired this one.
    const share = Math.max(0, rank - CLINICIANS.few) / (CLINICIANS.many - CLINICIANS.few)
    const open = OPEN_PLACES.few + Math.floor(share * (OPEN_PLACES.many - OPEN_PLACES.few))
    const rooms = PLACES.slice(0, open).filter(([, , , serves]) => serves.includes(specialty))
    staff.set(id, {
      id,
      given,
      family,
      sex,
      specialty,
      who: { reference: `Practitioner/${id}`, display: `Dr ${given} ${family}` },
      department: departmentOf(specialty),
      place: at(lot.pick(rooms)),
    })
  }
  return [...staff.values()]
}

function newcomer(lot: Random): [given: string, family: string, sex: 'female' | 'male'] {
  const heritage = lot.weighted(HERITAGES)
  const sex = lot.chance(0.5) ? 'female' : 'male'
  return [lot.pick(heritage[sex]), lot.pick(heritage.family), sex]
}

export function departmentOf(specialty: Specialty): Reference {
  const name = SPECIALTIES[specialty][1]
  return { reference: `Organization/alder-valley-${specialty}`, display: name }
}

function at([id, name]: (typeof PLACES)[number]): Reference {
  return { reference: `Location/${id}`, display: name }
}
