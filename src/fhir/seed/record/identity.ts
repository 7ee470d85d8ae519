import { date, moment, YEAR } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { type Concept, codingOf, concept, hl7, type Reference, usCore } from '../codes.ts'
import { MRN_SYSTEM } from '../demo.ts'
import { LANGUAGES, RACES } from '../facts/names.ts'
import { PAYERS, type PayerName } from '../facts/staff.ts'
import type { Kin } from '../people.ts'
import { fullName, type Person } from '../person.ts'
import type { Resource } from '../resource.ts'
import { HOSPITAL } from '../site.ts'
import { quantity } from './observations.ts'

const OMB = 'urn:oid:2.16.840.1.113883.6.238'
const RECORD_NUMBER = hl7('v2-0203', 'MR Medical Record Number')
const MEMBER_NUMBER = hl7('v2-0203', 'MB Member Number')
const MARITAL = {
  M: hl7('v3-MaritalStatus', 'M Married'),
  S: hl7('v3-MaritalStatus', 'S Never Married'),
  D: hl7('v3-MaritalStatus', 'D Divorced'),
  W: hl7('v3-MaritalStatus', 'W Widowed'),
}

/** Writes the Patient resource, the first of every chart. */
export function patient(chart: Chart): void {
  const { person } = chart
  const resource: Resource = {
    resourceType: 'Patient',
    id: person.id,
    meta: { profile: [usCore('patient')] },
    extension: usCoreExtensions(person),
    identifier: [
      { use: 'usual', type: RECORD_NUMBER, system: MRN_SYSTEM, value: person.mrn, assigner: HOSPITAL },
    ],
    active: person.died === undefined,
    name: names(person),
    telecom: [
      { system: 'phone', value: person.phone, use: person.age < 18 ? 'home' : 'mobile' },
      ...(person.mail ? [{ system: 'email', value: person.mail }] : []),
    ],
    gender: person.sex,
    birthDate: date(person.birth),
    ...(person.died !== undefined && { deceasedDateTime: moment(person.died, 23 * 60) }),
    address: [homeAddress(person)],
    ...(person.marital && { maritalStatus: MARITAL[person.marital] }),
    communication: [{ language: language(person), preferred: true }],
    generalPractitioner: [chart.doctor.who],
    managingOrganization: HOSPITAL,
  }
  chart.resources.push(resource)
}

function names(person: Person) {
  const { family, given, prefix, suffix, maidenName } = person
  return [
    {
      use: 'official',
      family,
      given,
      ...(prefix && { prefix: [prefix] }),
      ...(suffix && { suffix: [suffix] }),
    },
    ...(maidenName ? [{ use: 'maiden', family: maidenName, given }] : []),
  ]
}

function homeAddress({ address, birth, age }: Person) {
  const since = age > 1 ? birth + Math.round(age * YEAR * 0.7) : birth
  return {
    use: 'home',
    line: [address.line],
    city: address.city,
    state: 'ME',
    postalCode: address.postalCode,
    country: 'US',
    period: { start: date(since) },
  }
}

function language({ language }: Person): Concept {
  return { coding: [{ system: 'urn:ietf:bcp:47', code: language, display: LANGUAGES[language] }] }
}

function usCoreExtensions({ heritage, sex }: Person) {
  const [race, raceName] = RACES[heritage.race]
  const [ethnicity, ethnicityName] = heritage.hispanic
    ? ['2135-2', 'Hispanic or Latino']
    : ['2186-5', 'Not Hispanic or Latino']
  const category = (url: string, code: string, display: string) => ({
    url: usCore(url),
    extension: [
      { url: 'ombCategory', valueCoding: { system: OMB, code, display } },
      { url: 'text', valueString: display },
    ],
  })
  return [
    category('race', race, raceName),
    category('ethnicity', ethnicity, ethnicityName),
    { url: usCore('birthsex'), valueCode: sex === 'female' ? 'F' : 'M' },
  ]
}

const ROLES: Record<Kin['role'], [id: string, Concept]> = {
  MTH: ['mother', hl7('v3-RoleCode', 'MTH mother')],
  FTH: ['father', hl7('v3-RoleCode', 'FTH father')],
  SPS: ['spouse', hl7('v3-RoleCode', 'SPS spouse')],
  CHILD: ['child', hl7('v3-RoleCode', 'CHILD child')],
}

/** Writes the people around the patient. */
export function relatives(chart: Chart): Reference[] {
  const { person } = chart
  return person.kin.map(({ role, given, family }) => {
    const [id, relationship] = ROLES[role]
    return {
      ...chart.add(
        'RelatedPerson',
        {
          active: true,
          patient: chart.patient,
          relationship: [relationship],
          name: [{ use: 'official', family, given: [given] }],
          telecom: [{ system: 'phone', value: person.phone, use: 'home' }],
          address: role === 'CHILD' ? undefined : [homeAddress(person)],
        },
        { id },
      ),
      display: fullName({ given: [given], family }),
    }
  })
}

/** Writes who pays. */
export function coverage(chart: Chart): void {
  const { person, random, today } = chart
  const payer: PayerName =
    person.age >= 65
      ? 'medicare'
      : random.weighted([
          [person.age < 18 ? 35 : 18, 'medicaid'],
          [45, 'birchwood'],
          [30, 'harbor'],
        ] as const)
  const [id, name, kind] = PAYERS[payer]
  const type = concept('https://nahdo.org/sopt', kind)
  const member = `${payer.slice(0, 2).toUpperCase()}${person.mrn.replaceAll('-', '')}`
  const year = date(today).slice(0, 4)
  const group = (type: string, value: string, name: string) => ({
    type: hl7('coverage-class', type),
    value,
    name,
  })
  chart.add('Coverage', {
    identifier: [
      { type: MEMBER_NUMBER, system: `https://alder-valley.example/fhir/sid/${id}`, value: member },
    ],
    status: person.died === undefined ? 'active' : 'cancelled',
    type,
    subscriberId: member,
    beneficiary: chart.patient,
    relationship:
      person.age < 18
        ? hl7('subscriber-relationship', 'child Child')
        : hl7('subscriber-relationship', 'self Self'),
    period: { start: `${year}-01-01`, end: `${year}-12-31` },
    payor: [{ reference: `Organization/${id}`, display: name }],
    class: [
      group('group Group', `G${4000 + (person.index % 40)}`, `${name} group`),
      group('plan Plan', `${codingOf(type).code}-A`, name),
    ],
  })
}

/** Writes an illness of a parent. */
export function family(chart: Chart, role: 'MTH' | 'FTH', illness: Concept, onset: number): void {
  chart.add('FamilyMemberHistory', {
    status: 'completed',
    patient: chart.patient,
    date: date(chart.now),
    relationship: ROLES[role][1],
    condition: [{ code: illness, onsetAge: quantity(onset, 'a') }],
  })
}
