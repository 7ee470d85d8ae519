import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { ask, auditC, phq9 } from '../record/surveys.ts'
import { visit } from '../record/visits.ts'
import { FIRST, vitals } from '../record/vitals.ts'
import { lifestyle } from './adult.ts'
import { ago, pronoun, type Story } from './story.ts'

/** Depression or anxiety of a teenager or adult, restricted: PHQ-9 falls with therapy and medicine. */
export const depression: Story = {
  name: 'depression',
  begin(chart) {
    const { random, person } = chart
    return () => {
      const anxious = random.chance(0.3)
      const name = anxious ? 'anxiety' : 'depression'
      const start = random.whole(12, anxious ? 16 : 22)
      const first = visit(chart, 'psychiatric', ago(chart, 620, 420), { reason: name })
      phq9(chart, first, start)
      const problem = condition(chart, first, 'problem', name, { since: first.day - random.whole(60, 700) })
      const medicine = anxious ? 'escitalopram' : 'sertraline'
      prescribe(chart, first, medicine, { reason: problem, dispensed: true, ended: random.chance(0.25) })
      labs(chart, first, ['tsh'])
      for (const [i, back] of [260, 120, random.whole(5, 40)].entries()) {
        const seen = visit(chart, 'psychiatric', chart.now - back, { reason: name })
        phq9(chart, seen, Math.max(3, start - 4 * (i + 1)))
        procedure(chart, seen, 'behavioralTherapy', { reason: problem, minutes: 45 })
        if (back >= 100) continue
        const written = note(chart, seen, 'psychiatric', [
          `${pronoun(chart)} sleeps better and is back at ${person.age < 19 ? 'school' : 'work'} part-time. No thoughts of self-harm.`,
          'Mood brighter, speech normal, looks ahead.',
          'Plan: go on with medicine and weekly sessions, review in six weeks.',
        ])
        provenance(chart, seen, [seen.encounter, written])
        carePlan(chart, seen, {
          title: 'Mental health care plan',
          problem,
          team: careTeam(chart, ['psychiatry'], { reason: problem }),
          goals: [
            {
              text: 'PHQ-9 below 5',
              target: [
                '44261-6 Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]',
                'high',
                4,
                '{score}',
              ],
              due: 120,
            },
          ],
          activities: ['behavioralTherapy', 'exercise'],
        })
      }
      const own = visit(chart, 'checkUp', ago(chart, 380, 60))
      vitals(chart, own, FIRST)
      if (person.named || random.chance(0.1)) labs(chart, own, ['hivScreen'])
      if (person.age >= 18) lifestyle(chart, own)
      else ask(chart, own, 'smoking', 'never')
    }
  },
}

/** Dependence on alcohol or opioids, restricted: screening, medicine, counselling. */
export const substanceUse: Story = {
  name: 'substance-use',
  begin(chart) {
    const { random, body } = chart
    const opioids = random.chance(0.35)
    const name = opioids ? 'opioidDependence' : 'alcoholDependence'
    if (random.chance(0.6)) body.smoking = 'daily'
    if (!opioids) body.lab.mcv = 99
    return () => {
      const first = visit(chart, 'psychiatric', ago(chart, 700, 300), { reason: name })
      vitals(chart, first, ['pressure', 'pulse', 'weight'])
      if (!opioids) auditC(chart, first, random.whole(8, 12))
      labs(chart, first, ['metabolic', 'bloodCount'])
      const problem = condition(chart, first, 'problem', name, { since: first.day - random.whole(400, 3000) })
      prescribe(chart, first, opioids ? 'buprenorphine' : 'naltrexone', { reason: problem, dispensed: true })
      const last = visit(chart, 'psychiatric', ago(chart, 120, 10), { reason: name })
      if (!opioids) auditC(chart, last, random.whole(1, 5))
      ask(chart, last, 'smoking', body.smoking)
      ask(chart, last, 'housing', random.chance(0.4) ? 'worried' : 'secure')
      if (random.chance(0.4)) condition(chart, last, 'concern', 'unemployed')
      procedure(chart, last, 'dependenceCounseling', { reason: problem, minutes: 45 })
      const written = note(chart, last, 'psychiatric', [
        `${random.whole(2, 9)} weeks without ${opioids ? 'opioids other than buprenorphine' : 'a drink'}. Cravings weaker, meets the group twice a week.`,
        'Plan: medicine unchanged, counselling every two weeks.',
      ])
      provenance(chart, last, [last.encounter, written])
    }
  },
}
