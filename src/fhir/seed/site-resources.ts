import { type Day, date, moment, workday } from './calendar.ts'
import { type Concept, concept, hl7, NUCC, usCore } from './codes.ts'
import { FORMULARY, MEDICINES } from './facts/medicines.ts'
import { slug } from './facts/names.ts'
import { OFFICE, PAYERS, PLACES, SPECIALTIES, type Specialty } from './facts/staff.ts'
import type { Resource } from './resource.ts'
import { type Clinician, departmentOf, HOSPITAL, type Site } from './site.ts'

const ADDRESS = {
  use: 'work',
  line: ['1 Hospital Hill'],
  city: 'Alder Valley',
  state: 'ME',
  postalCode: '04901',
  country: 'US',
}

/** Everything of the hospital that is not about a patient: what charts refer to. */
export function* siteResources(site: Site, today: Day): Iterable<Resource> {
  yield* organizations()
  for (const [rank, place] of PLACES.slice(0, site.open).entries()) yield location(place, rank)
  for (const name of FORMULARY) yield medication(name)
  for (const [rank, clinician] of site.clinicians.entries()) yield* staff(clinician, rank)
  for (const [rank, clerk] of OFFICE.entries()) yield* office(clerk, 900 + rank)
  for (const clinician of site.clinicians) yield* diary(clinician, site, today)
}

function organization(id: string, name: string, type: Concept, more: Record<string, unknown>): Resource {
  return {
    resourceType: 'Organization',
    id,
    meta: { profile: [usCore('organization')] },
    active: true,
    type: [type],
    name,
    address: [ADDRESS],
    ...more,
  }
}

function* organizations(): Iterable<Resource> {
  const type = (code: string) => hl7('organization-type', code)
  const provider = type('prov Healthcare Provider')
  const phone = (last: number) => ({
    telecom: [{ system: 'phone', value: `+1-207-555-0${last}`, use: 'work' }],
  })
  yield organization('alder-valley', 'Alder Valley Hospital', provider, { ...npi(500), ...phone(142) })
  const inHouse = { partOf: HOSPITAL, ...phone(142) }
  for (const specialty of Object.keys(SPECIALTIES) as Specialty[]) {
    const { display } = departmentOf(specialty)
    yield organization(`alder-valley-${specialty}`, `${display}`, type('dept Hospital Department'), inHouse)
  }
  for (const { unit } of OFFICE) {
    yield organization(slug(unit), unit, type('dept Hospital Department'), inHouse)
  }
  yield organization('alder-valley-laboratory', 'Alder Valley Laboratory', provider, {
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.4.7', value: '20D0642417' }],
    ...inHouse,
  })
  yield organization('hilltop-pharmacy', 'Hilltop Pharmacy', provider, { ...npi(501), ...phone(160) })
  yield organization('regional-health-office', 'Regional Health Office', type('govt Government'), phone(161))
  for (const [id, name] of Object.values(PAYERS)) {
    yield organization(id, name, type('pay Payer'), phone(170))
  }
}

function location([id, name, kind]: (typeof PLACES)[number], rank: number): Resource {
  const kinds = {
    ER: 'Emergency room',
    OF: 'Outpatient facility',
    HU: 'Hospital unit',
    DX: 'Diagnostics or therapeutics unit',
  }
  return {
    resourceType: 'Location',
    id,
    meta: { profile: [usCore('location')] },
    status: 'active',
    name,
    mode: 'instance',
    type: [hl7('v3-RoleCode', `${kind} ${kinds[kind]}`)],
    telecom: [{ system: 'phone', value: `+1-207-555-01${String(rank + 10)}`, use: 'work' }],
    address: ADDRESS,
    managingOrganization: HOSPITAL,
  }
}

function medication(name: (typeof FORMULARY)[number]): Resource {
  return {
    resourceType: 'Medication',
    id: `formulary-${slug(name)}`,
    meta: { profile: [usCore('medication')] },
    code: MEDICINES[name].code,
    status: 'active',
  }
}

/** A National Provider Identifier: ten digits, the last one by Luhn over `80840` and the first nine. */
function npi(serial: number) {
  const base = `9${String(20_000_000 + serial * 7919).padStart(8, '0')}`
  const sum = [...`80840${base}`].reduce((total, digit, i, all) => {
    const value = Number(digit) * ((all.length - i) % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return {
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: base + ((10 - (sum % 10)) % 10) }],
  }
}

type Employee = { id: string; given: string; family: string; sex: 'female' | 'male'; serial: number }

function practitioner({ id, given, family, sex, serial }: Employee, more: Record<string, unknown>): Resource {
  return {
    resourceType: 'Practitioner',
    id,
    meta: { profile: [usCore('practitioner')] },
    ...npi(serial),
    active: true,
    name: [{ use: 'official', family, given: [given], ...more }],
    telecom: [{ system: 'email', value: `${id.replace('-', '.')}@aldervalley.example`, use: 'work' }],
    address: [ADDRESS],
    gender: sex,
  }
}

function practitionerRole(id: string, display: string, more: Record<string, unknown>): Resource {
  return {
    resourceType: 'PractitionerRole',
    id: `${id}-role`,
    meta: { profile: [usCore('practitionerrole')] },
    active: true,
    practitioner: { reference: `Practitioner/${id}`, display },
    ...more,
    telecom: [{ system: 'phone', value: '+1-207-555-0142', use: 'work' }],
  }
}

function* staff(clinician: Clinician, rank: number): Iterable<Resource> {
  yield practitioner({ ...clinician, serial: rank }, { prefix: ['Dr.'], suffix: ['MD'] })
  yield practitionerRole(clinician.id, `${clinician.who.display}`, {
    organization: clinician.department,
    code: [hl7('practitioner-role', 'doctor Doctor')],
    specialty: [specialtyOf(clinician)],
    location: [clinician.place],
  })
}

function* office(clerk: (typeof OFFICE)[number], serial: number): Iterable<Resource> {
  const { given, family, sex, code, title, unit } = clerk
  const id = slug(`${given} ${family}`)
  yield practitioner({ id, given, family, sex, serial }, {})
  yield practitionerRole(id, `${given} ${family}`, {
    organization: { reference: `Organization/${slug(unit)}`, display: unit },
    code: [
      code
        ? {
            ...hl7('practitioner-role', code),
            text: title,
          }
        : { text: title },
    ],
  })
}

/** The clinician's schedule, and two free slots on each of the next three working days. */
function* diary(clinician: Clinician, site: Site, today: Day): Iterable<Resource> {
  yield {
    resourceType: 'Schedule',
    id: `${clinician.id}-schedule`,
    active: true,
    specialty: [specialtyOf(clinician)],
    actor: [clinician.who, clinician.place],
    planningHorizon: { start: date(today - 365), end: date(today + 365) },
  }
  const days = new Set([3, 5, 8].map((ahead) => workday(today + ahead)))
  for (const day of days) {
    for (const minute of [9 * 60, 14 * 60])
      yield slot(clinician, day, site.book(clinician, day, minute), 'free')
  }
}

export function specialtyOf(clinician: Clinician): Concept {
  return concept(NUCC, SPECIALTIES[clinician.specialty][0])
}

/** Half an hour of a clinician. Its id names no patient: slots are seen by people who may not see who comes. */
export function slot(clinician: Clinician, day: Day, minute: number, status: 'free' | 'busy'): Resource {
  const start = moment(day, minute)
  return {
    resourceType: 'Slot',
    id: `${clinician.id}-${start.slice(0, 16).replace(/[-:]/g, '')}`,
    schedule: { reference: `Schedule/${clinician.id}-schedule` },
    status,
    start,
    end: moment(day, minute + 30),
  }
}
