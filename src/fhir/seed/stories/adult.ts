import { type Day, YEAR } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { CONDITIONS, type ConditionName } from '../facts/conditions.ts'
import type { MedicineName } from '../facts/medicines.ts'
import { condition } from '../record/conditions.ts'
import { note } from '../record/documents.ts'
import { family } from '../record/identity.ts'
import { labs } from '../record/labs.ts'
import { prescribe, taking } from '../record/medicines.ts'
import { order, procedure, tests } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { ask } from '../record/surveys.ts'
import { type Visit, visit } from '../record/visits.ts'
import { FIRST, ROUTINE, vitals } from '../record/vitals.ts'
import { screenForFood } from './child.ts'
import { brokenArm, minorIllness } from './scenes.ts'
import { ago, type Story } from './story.ts'

/** A healthy adult: two check-ups, vaccinations, a cold now and then. */
export const healthyAdult: Story = {
  name: 'healthy-adult',
  begin(chart) {
    const { body, person, random } = chart
    // Half of them carry one silent risk: the check-up finds it.
    const risk = random.weighted([
      [55, ''],
      [20, 'hyperlipidemia'],
      [15, 'prediabetes'],
      [10, 'obesity'],
    ] as const)
    if (risk === 'hyperlipidemia') body.lab = { ldl: 172, triglycerides: 190 }
    if (risk === 'prediabetes') body.lab = { a1c: 6 }
    if (risk === 'obesity') body.bmi = 31 + 4 * random.next()
    return () => {
      checkUp(chart, ago(chart, 1100, 780), false)
      if (random.chance(0.25)) checkUp(chart, ago(chart, 700, 420), false)
      if (random.chance(0.75)) minorIllness(chart, ago(chart, 400, 15))
      if (random.chance(0.04)) brokenArm(chart, ago(chart, 1500, 30))
      const latest = checkUp(chart, ago(chart, 360, 20), true)
      if (risk) condition(chart, latest, 'problem', risk)
      if (risk === 'hyperlipidemia' && person.age > 40) prescribe(chart, latest, 'atorvastatin')
      if (person.age >= 46 && random.chance(0.5)) {
        order(chart, latest, 'test', 'colonoscopy', undefined, 'active')
      }
      if (random.chance(0.12)) taking(chart, latest, 'ibuprofen')
      if (random.chance(0.25))
        family(chart, random.pick(['MTH', 'FTH'] as const), random.pick(INHERITED), random.whole(42, 70))
    }
  },
}

const INHERITED = [CONDITIONS.hypertension.code, CONDITIONS.diabetes.code, CONDITIONS.colonCancer.code]

/** A check-up; the latest one comes with laboratory and questions. */
function checkUp(chart: Chart, day: Day, latest: boolean): Visit {
  const { random, person, body } = chart
  const seen = visit(chart, 'checkUp', Math.max(day, person.birth + Math.round(18 * YEAR)))
  vitals(chart, seen, latest ? FIRST : ROUTINE)
  if (!latest) return seen
  labs(chart, seen, [
    person.age < 40 || random.chance(0.4) ? 'renal' : 'metabolic',
    'lipids',
    ...(body.lab.a1c ? ['a1c' as const] : []),
  ])
  lifestyle(chart, seen)
  procedure(chart, seen, 'medicationReview', { minutes: 5 })
  const written = note(chart, seen, 'progress', [
    'Annual check-up. Feels well, no complaints. Heart and lungs normal, abdomen soft, no oedema.',
    `Smoking: ${body.smoking}. Sleeps ${random.whole(6, 8)} hours.`,
    'Plan: results by letter, next check-up in one year.',
  ])
  provenance(chart, seen, [seen.encounter, written])
  return seen
}

/** Problems that many carry along: from which age, how often, and what helps. */
const LONG_STANDING: readonly (readonly [ConditionName, from: number, chance: number, MedicineName?])[] = [
  ['rhinitis', 18, 0.14],
  ['eczema', 18, 0.04],
  ['backPain', 30, 0.14],
  ['reflux', 35, 0.16, 'omeprazole'],
  ['kneeArthrosis', 58, 0.2],
  ['atrialFibrillation', 72, 0.1, 'warfarin'],
]

/** What a doctor asks an adult once a year. */
export function lifestyle(chart: Chart, seen: Visit): void {
  const { random, body, person } = chart
  ask(chart, seen, 'smoking', random.chance(0.03) ? 'unknown' : body.smoking)
  if (random.chance(0.5)) {
    const answer = random.pick(['never', 'light', 'light', undefined] as const)
    ask(chart, seen, 'alcohol', chart.stories.has('pregnancy') ? 'never' : answer)
  }
  if (random.chance(0.4)) tests(chart, seen, { exerciseDays: random.whole(0, 6) })
  if (random.chance(0.5)) screenForFood(chart, seen, 0.08)
  if (random.chance(0.15)) ask(chart, seen, 'housing', random.chance(0.2) ? 'worried' : 'secure')
  for (const [name, from, chance, medicine] of LONG_STANDING) {
    if (person.age < from || !random.chance(chance)) continue
    const reason = condition(chart, seen, 'problem', name, { since: ago(chart, 3000, 400) })
    if (medicine) prescribe(chart, seen, medicine, { reason })
  }
  if (person.age >= 70) {
    const slow = random.chance(0.35)
    ask(chart, seen, 'walking', slow ? 'yes' : 'no')
    if (slow) condition(chart, seen, 'concern', 'riskOfFalls')
    else if (person.marital === 'W' && random.chance(0.6)) condition(chart, seen, 'concern', 'livesAlone')
  }
}
