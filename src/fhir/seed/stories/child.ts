import { type Day, MONTH, YEAR, years } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { condition } from '../record/conditions.ts'
import { note } from '../record/documents.ts'
import { prescribe } from '../record/medicines.ts'
import { order, tests } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { ask } from '../record/surveys.ts'
import { visit } from '../record/visits.ts'
import { type Reading, vitals } from '../record/vitals.ts'
import { brokenArm, minorIllness } from './scenes.ts'
import { ago, type Story } from './story.ts'

const INFANT: readonly Reading[] = ['weight', 'height', 'head', 'temperature']
const TODDLER: readonly Reading[] = ['weight', 'height', 'pulse']
const SCHOOL: readonly Reading[] = ['pressure', 'pulse', 'height', 'weight', 'bmi', 'bmiPercentile']

/** Ages in months at which a baby is seen. */
const BABY_VISITS = [1, 2, 4, 6, 9, 12, 15, 18, 24]

/** Growing up: well-child visits along the growth curve, vaccinations, and the usual infections. */
export const healthyChild: Story = {
  name: 'healthy-child',
  begin(chart) {
    const { person, random, now } = chart
    return () => {
      for (const day of wellVisits(chart)) wellVisit(chart, day)
      if (person.age > 0 && random.chance(0.7)) minorIllness(chart, ago(chart, 500, 20))
      if (person.age > 4 && random.chance(0.08)) brokenArm(chart, ago(chart, 900, 30))
      if (person.age < 8 && random.chance(0.12)) {
        const seen = visit(chart, 'symptom', Math.max(now - random.whole(60, 300), person.birth + 40), {
          reason: 'eczema',
        })
        condition(chart, seen, 'problem', 'eczema')
        note(chart, seen, 'progress', [
          'Dry itchy patches in elbow and knee creases. Emollient twice daily, soap-free wash.',
        ])
      }
      if (person.age > 6 && random.chance(0.15)) {
        const seen = visit(chart, 'symptom', ago(chart, 700, 60), { reason: 'rhinitis' })
        prescribe(chart, seen, 'cetirizine', { reason: condition(chart, seen, 'problem', 'rhinitis') })
      }
    }
  },
}

function wellVisits({ person, now }: Chart): Day[] {
  const months = BABY_VISITS.map((month) => person.birth + Math.round(month * MONTH) + 2)
  const birthdays = [1, 0].map((back) => person.birth + Math.round((person.age - back) * YEAR) + 9)
  const days = person.age < 2 ? months : birthdays.filter((day) => day > person.birth + 1.8 * YEAR)
  return days.filter((day) => day <= now).slice(-3)
}

function wellVisit(chart: Chart, day: Day): void {
  const { person, random } = chart
  const age = years(person.birth, day)
  const seen = visit(chart, 'wellChild', day)
  vitals(chart, seen, age < 2 ? INFANT : age < 3 ? TODDLER : SCHOOL)
  const latest = chart.now - day < YEAR
  if (!latest) return
  if (age >= 12) ask(chart, seen, 'smoking', 'never')
  if (age >= 6) tests(chart, seen, { exerciseDays: random.whole(1, 7) })
  screenForFood(chart, seen, 0.12)
  const growth =
    age < 2 ? 'Feeding well.' : age < 6 ? 'Speech and play as expected.' : 'Doing well at school.'
  const written = note(chart, seen, 'progress', [
    `Well-child visit at ${age < 2 ? `${Math.round((day - person.birth) / MONTH)} months` : `${age} years`}. ${growth}`,
    'Growth along the own percentile. Heart, lungs, abdomen and hips normal.',
    'Plan: vaccinations as due, next visit as scheduled.',
  ])
  provenance(chart, seen, [seen.encounter, written])
}

/** Asks whether there is always enough to eat; a worry becomes a health concern, and a referral. */
export function screenForFood(chart: Chart, seen: Parameters<typeof ask>[1], worried: number): void {
  const hungry = chart.random.chance(worried)
  ask(chart, seen, 'food', hungry ? chart.random.pick(['sometimes', 'often'] as const) : 'never')
  if (!hungry) return
  const concern = condition(chart, seen, 'concern', 'foodInsecurity')
  order(chart, seen, 'social', 'foodReferral', concern, 'active')
}
