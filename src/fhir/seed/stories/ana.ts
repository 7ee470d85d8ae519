import { type Day, MONTH } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { concept, LOINC } from '../codes.ts'
import { CONDITIONS, type ConditionName } from '../facts/conditions.ts'
import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note, reading } from '../record/documents.ts'
import { family } from '../record/identity.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { allergy, childhoodVaccines } from '../record/prevention.ts'
import { order, procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { ask } from '../record/surveys.ts'
import { atHome, type Visit, type VisitOptions, visit } from '../record/visits.ts'
import { type Reading, vitals } from '../record/vitals.ts'
import type { Story } from './story.ts'

/**
 * Ana of the drawings, told by hand so that the figures there are true: 48 vital signs (21 of them height and
 * weight), 12 laboratory results, 3 of social history, 7 medicines, 2 allergies, 5 conditions. A test counts.
 */
export const ana: Story = {
  name: 'ana',
  begin(chart) {
    Object.assign(chart.body, { tall: 0.3, heavy: 0.35 })
    return () => {
      const months = (count: number): Day => chart.person.birth + Math.round(count * MONTH)
      childhoodVaccines(chart, 20, 13)
      growth(chart, months)
      const hole = heart(chart, months)
      illnesses(chart, months)
      pressure(chart)
      provenance(chart, hole.seen, [hole.problem])
    }
  },
}

const GROWN: readonly Reading[] = ['weight', 'height', 'pressure']

/** Well-child visits: age in months, what was measured, a sentence. */
const WELL: readonly (readonly [months: number, readonly Reading[], string])[] = [
  [0.1, ['weight'], 'First check after birth. Soft murmur at the left lower edge of the breastbone.'],
  [2, ['weight', 'height'], 'Drinks well, smiles. Murmur unchanged.'],
  [6, ['weight', 'height'], 'Sits with help, first solid food.'],
  [12, ['weight', 'height'], 'Stands, first words.'],
  [24, ['weight', 'height'], 'Runs, two-word sentences.'],
  [48, [...GROWN, 'pulse'], 'Draws a person, counts to ten.'],
  [72, [...GROWN, 'pulse'], 'Started school. Sight and hearing normal.'],
  [96, GROWN, 'Plays football. Carries her adrenaline pen.'],
  [120, [...GROWN, 'pulse'], 'Tired for some weeks, pale. Blood count taken.'],
  [132, [...GROWN, 'bmi'], 'Doing well at school, no wheezing since autumn.'],
]

function growth(chart: Chart, months: (count: number) => Day): void {
  for (const [age, readings, sentence] of WELL) {
    const seen = visit(chart, 'wellChild', months(age) + 3)
    vitals(chart, seen, readings)
    provenance(chart, seen, [
      seen.encounter,
      note(chart, seen, 'progress', [sentence, 'Plan: vaccinations as due.']),
    ])
    if (age === 96) prescribe(chart, seen, 'epinephrine', { dispensed: true })
    if (age !== 120) continue
    labs(chart, seen, ['bloodCount', 'ferritin'], { hemoglobin: 10.8, mcv: 76, ferritin: 7 })
    prescribe(chart, seen, 'ferrousSulfate', { ended: true, dispensed: true })
  }
}

/** The hole in the heart that closed by itself. */
function heart(
  chart: Chart,
  months: (count: number) => Day,
): { seen: Visit; problem: ReturnType<typeof condition> } {
  const first = cardiology(chart, months(3), 'septalDefect')
  const problem = condition(chart, first, 'problem', 'septalDefect', {
    since: months(0.1),
    until: months(108),
  })
  echo(chart, first, 'Small muscular ventricular septal defect, 3 mm, left to right.')
  note(chart, first, 'consult', [
    'Murmur since birth. Small hole in the lower septum, heart of normal size. It may close.',
  ])
  const second = cardiology(chart, months(84), 'septalDefect')
  vitals(chart, second, ['pressure', 'pulse', 'saturation'])
  echo(chart, second, 'Ventricular septal defect of 1 mm, without effect on the heart.')
  note(chart, second, 'consult', [
    'The hole is getting smaller. Plays and runs like the others. Again in two years.',
  ])
  const third = cardiology(chart, months(108), 'septalDefect')
  vitals(chart, third, ['pressure', 'pulse'])
  echo(chart, third, 'The ventricular septal defect has closed. Normal heart.')
  note(chart, third, 'consult', [
    'The hole has closed by itself. No restrictions, no antibiotics at the dentist.',
  ])
  return { seen: first, problem }
}

function cardiology(chart: Chart, day: Day, reason: ConditionName, options: VisitOptions = {}): Visit {
  return visit(chart, 'followUp', day, { reason, specialty: 'cardiology', ...options })
}

function echo(chart: Chart, seen: Visit, conclusion: string): void {
  procedure(chart, seen, 'echocardiography', { basedOn: order(chart, seen, 'imaging', 'echocardiography') })
  reading(chart, seen, {
    code: concept(LOINC, '42148-7 US Heart'),
    category: 'cardiology',
    lines: ['Colour Doppler, all standard views, good picture quality.'],
    conclusion,
  })
}

function illnesses(chart: Chart, months: (count: number) => Day): void {
  const nuts = visit(chart, 'emergency', months(42))
  vitals(chart, nuts, ['saturation', 'temperature'])
  allergy(chart, 'peanut', nuts.day)
  const written = note(chart, nuts, 'emergency', [
    'Hives, swollen lips and vomiting ten minutes after a peanut biscuit. Adrenaline, watched for six hours.',
    'Plan: strictly no peanuts, adrenaline pen at home and at school.',
  ])
  provenance(chart, nuts, [written])

  const ear = visit(chart, 'symptom', months(62), { reason: 'otitis' })
  vitals(chart, ear, ['temperature', 'pulse'], { temperature: 39.1 })
  const otitis = condition(chart, ear, 'diagnosis', 'otitis', { until: ear.day + 9 })
  const stopped = { on: ear.day + 4, why: 'Itchy rash on the fourth day' }
  prescribe(chart, ear, 'amoxicillinLiquid', { reason: otitis, stopped, dispensed: true })
  const rash = visit(chart, 'telehealth', ear.day + 4)
  prescribe(chart, rash, 'cetirizine', { ended: true, dispensed: true, because: 'Drug rash' })
  note(chart, rash, 'progress', [
    'Rash under amoxicillin, no swelling. Amoxicillin stopped; ear nearly healed.',
  ])
  provenance(chart, rash, [allergy(chart, 'amoxicillin', rash.day)])

  const wheeze = visit(chart, 'symptom', months(90), { reason: 'asthma' })
  vitals(chart, wheeze, ['pulse', 'saturation'])
  const asthma = condition(chart, wheeze, 'problem', 'asthma', { since: months(86) })
  prescribe(chart, wheeze, 'albuterol', { reason: asthma, dispensed: true })
  prescribe(chart, wheeze, 'fluticasone', { reason: asthma, dispensed: true })
  procedure(chart, wheeze, 'spirometry', {
    basedOn: order(chart, wheeze, 'test', 'spirometry', asthma),
    minutes: 20,
  })
  note(chart, wheeze, 'progress', [
    'Wheezes with every cold and on running. Two inhalers with spacer, action plan given.',
  ])
}

/** This year's question: is the blood pressure too high? Her father has hypertension. */
function pressure(chart: Chart): void {
  const { now, today, random } = chart
  const high = () => ({ systolic: 119 + 2 * random.bell(), diastolic: 76 + 2 * random.bell() })
  const found = visit(chart, 'wellChild', now - 200)
  vitals(chart, found, ['pressure'], high())
  const problem = condition(chart, found, 'problem', 'raisedPressure')
  condition(chart, found, 'concern', 'familyHypertension')
  family(chart, 'FTH', CONDITIONS.hypertension.code, 38)
  labs(chart, found, ['lipids', 'tsh'])
  const first = note(chart, found, 'progress', [
    'Blood pressure above the 90th percentile, twice. Her father has hypertension.',
  ])
  provenance(chart, found, [problem, first])
  const again = cardiology(chart, now - 90, 'raisedPressure')
  vitals(chart, again, ['pressure'], high())
  prescribe(chart, again, 'acetaminophen', { ended: true, dispensed: true, because: 'Headache' })
  note(chart, again, 'consult', [
    'Above the 90th percentile for age and height three times. Home readings for three months.',
  ])
  const mother = { reference: `RelatedPerson/${chart.person.id}-mother`, display: 'Marta Lindqvist' }
  for (const back of [20, 6]) vitals(chart, atHome(chart, now - back, mother), ['pressure'], high())
  const clinic = cardiology(chart, now - 1, 'raisedPressure', { id: 'clinic' })
  vitals(chart, clinic, ['weight', 'height', 'pressure', 'pulse', 'bmi'], high())
  ask(chart, clinic, 'passiveSmoke', 'none')
  ask(chart, clinic, 'smoking', 'never')
  ask(chart, clinic, 'alcohol', 'never')
  const written = note(chart, clinic, 'consult', [
    'Blood pressure still above the 90th percentile, at home around 118/76. Feels well, growth steady.',
    'Plan: salt, sport, home readings with Pulse Diary; a day-long measurement in three months.',
  ])
  provenance(chart, clinic, [clinic.encounter, problem, written])
  carePlan(chart, clinic, {
    title: 'Blood pressure plan',
    problem,
    team: careTeam(chart, ['cardiology', 'pulmonology'], { relative: mother, reason: problem }),
    goals: [
      {
        text: 'Systolic blood pressure below 116 mmHg, the 90th percentile',
        target: ['8480-6 Systolic blood pressure', 'high', 116, 'mm[Hg]'],
        due: 90,
      },
      { text: 'An hour of sport on five days a week', due: today - now + 60 },
    ],
    activities: ['lowSaltDiet', 'exercise'],
  })
}
