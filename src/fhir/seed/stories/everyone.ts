import type { Chart } from '../chart.ts'
import { ALLERGENS, type AllergenName } from '../facts/allergies.ts'
import { appointment } from '../record/appointments.ts'
import { coverage, patient, relatives } from '../record/identity.ts'
import { adultVaccines, allergy, childhoodVaccines, noAllergies } from '../record/prevention.ts'
import { visit } from '../record/visits.ts'
import { ILL, vitals } from '../record/vitals.ts'
import { ago } from './story.ts'

const NAMES = Object.keys(ALLERGENS) as AllergenName[]

/** How every chart begins: who it is, who is near, who pays, what must not be given, what protects. */
export function opening(chart: Chart): void {
  const { random, person } = chart
  patient(chart)
  relatives(chart)
  coverage(chart)
  if (chart.stories.has('ana')) return
  const known = random.chance(0.28) ? [random.pick(NAMES), random.pick(NAMES)] : []
  const allergies = person.age < 1 ? [] : new Set(random.chance(0.3) ? known : known.slice(1))
  for (const name of allergies) allergy(chart, name, ago(chart, Math.min(5000, person.age * 300), 100))
  if (chart.allergies.size === 0) noAllergies(chart, ago(chart, 900, 30))
  if (person.age < 18) childhoodVaccines(chart, 4)
  else adultVaccines(chart, person.age < 60 ? 2 : 3)
}

/** How it ends: with the appointments, for a few with being in hospital today, or with a death. */
export function closing(chart: Chart): void {
  const { random, person, today } = chart
  if (person.died !== undefined) {
    const stay = visit(chart, 'inpatient', person.died - 3, { nights: 3, fatal: true })
    vitals(chart, stay, ILL, { saturation: 84, oxygenFlow: 4, pulse: 116 })
    return
  }
  const likely = person.index < 200 ? 0.5 : 0.355
  const specialties = specialtiesOf(chart)
  const whom = () => chart.specialist(random.pick(specialties))
  if (person.named || random.chance(likely))
    appointment(chart, whom(), today + random.whole(2, 90), undefined)
  if (person.named || (person.index < 200 && random.chance(0.2))) {
    appointment(chart, whom(), today - random.whole(3, 150), 'Review of results')
  }
  if (!person.named && random.chance(0.008)) {
    const stay = visit(chart, 'inpatient', today - random.whole(1, 4), { open: true, reason: 'pneumonia' })
    vitals(chart, stay, ILL, { temperature: 38.8, saturation: 92, oxygenFlow: 2 })
  }
}

/** The patient's own doctor, and the specialists who know the patient. */
function specialtiesOf({ stories, doctor }: Chart): (typeof doctor.specialty)[] {
  const specialists = [...stories].flatMap((story) => SPECIALISTS[story] ?? [])
  return [doctor.specialty, ...specialists]
}

const SPECIALISTS: Record<string, Chart['doctor']['specialty'][]> = {
  ana: ['cardiology'],
  asthma: ['pulmonology'],
  copd: ['pulmonology'],
  diabetes: ['endocrinology'],
  'heart-failure': ['cardiology'],
  'kidney-disease': ['nephrology'],
  pregnancy: ['obstetrics'],
  depression: ['psychiatry'],
  cancer: ['oncology'],
}
