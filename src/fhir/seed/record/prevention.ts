import { type Day, date, MONTH, moment, workday, YEAR } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { type Concept, hl7, type Reference } from '../codes.ts'
import { ALLERGENS, type AllergenName, NO_KNOWN_ALLERGY } from '../facts/allergies.ts'
import { CHILD_SCHEDULE, VACCINES } from '../facts/vaccines.ts'

const CLINICAL = hl7('allergyintolerance-clinical', 'active Active')
const VERIFICATION = hl7('allergyintolerance-verification', 'confirmed Confirmed')

/** Writes an allergy; prescriptions written later avoid it. */
export function allergy(chart: Chart, name: AllergenName, since: Day): Reference {
  const { code, category, reaction, severity } = ALLERGENS[name]
  chart.allergies.add(name)
  return chart.add('AllergyIntolerance', {
    clinicalStatus: CLINICAL,
    verificationStatus: VERIFICATION,
    type: 'allergy',
    category: [category],
    criticality: severity === 'severe' ? 'high' : 'low',
    code,
    patient: chart.patient,
    onsetDateTime: date(since),
    recordedDate: date(since),
    recorder: chart.doctor.who,
    reaction: [{ manifestation: [reaction], severity }],
  })
}

/** Writes that no allergy is known, which is not the same as nobody having asked. */
export function noAllergies(chart: Chart, day: Day): Reference {
  return chart.add('AllergyIntolerance', {
    clinicalStatus: CLINICAL,
    verificationStatus: VERIFICATION,
    code: NO_KNOWN_ALLERGY,
    patient: chart.patient,
    recordedDate: date(day),
    recorder: chart.doctor.who,
  })
}

const DELTOID = hl7('v3-ActSite', 'LA left arm')
const REFUSED = hl7('v3-ActReason', 'PATOBJ patient objection')

type DoseOptions = { number?: number; refused?: boolean }

/** Writes a vaccination, given or refused. */
function vaccinate(chart: Chart, vaccine: Concept, day: Day, { number, refused }: DoseOptions = {}): void {
  const on = Math.max(workday(day), chart.person.birth)
  chart.add('Immunization', {
    status: refused ? 'not-done' : 'completed',
    statusReason: refused ? REFUSED : undefined,
    vaccineCode: vaccine,
    patient: chart.patient,
    occurrenceDateTime: moment(on, 10 * 60),
    recorded: date(on),
    primarySource: true,
    location: chart.doctor.place,
    lotNumber: refused ? undefined : `AV${(day * 37) % 90_000}`,
    site: refused ? undefined : DELTOID,
    performer: [{ actor: chart.doctor.who }],
    protocolApplied: number ? [{ doseNumberPositiveInt: number }] : undefined,
  })
}

/**
 * The vaccinations of childhood that fell due in the last years, some a few weeks late, and those against flu
 * of the last autumns. What is older stays with the state's registry.
 */
export function childhoodVaccines(chart: Chart, back: number, autumns = 2): void {
  const { person, now, random } = chart
  let [age, late] = [0, 1]
  for (const { vaccine, months, number } of CHILD_SCHEDULE) {
    // All doses of one age are given at one visit.
    if (months !== age) [age, late] = [months, random.whole(0, 20)]
    const day = person.birth + Math.round(months * MONTH) + late
    if (day <= now && day > now - back * YEAR) vaccinate(chart, vaccine, day, { number })
  }
  fluShots(chart, autumns)
}

/** Influenza vaccinations in the last autumns that have come. */
function fluShots(chart: Chart, seasons: number): void {
  const { person, now, random } = chart
  const year = Number(date(now).slice(0, 4))
  for (let back = seasons - 1; back >= 0; back--) {
    const day = Math.floor(Date.UTC(year - back, 8, 20) / 86_400_000) + random.whole(0, 40)
    if (day > now || day < person.birth + 6 * MONTH) continue
    vaccinate(chart, VACCINES.influenza, day, { refused: person.age > 17 && random.chance(0.04) })
  }
}

/** What an adult has had: the last tetanus booster, and from sixty on zoster and pneumococci. */
export function adultVaccines(chart: Chart, seasons: number): void {
  const { person, now, random } = chart
  const past = (years: number) =>
    Math.max(now - Math.round(years * YEAR), person.birth + Math.round(18 * YEAR))
  vaccinate(chart, random.chance(0.5) ? VACCINES.tetanus : VACCINES.pertussis, past(random.next() * 9))
  if (person.age >= 60) vaccinate(chart, VACCINES.zoster, past(1 + random.next() * 3))
  if (person.age >= 66) vaccinate(chart, VACCINES.pneumococcal, past(0.5 + random.next()))
  fluShots(chart, seasons)
}
