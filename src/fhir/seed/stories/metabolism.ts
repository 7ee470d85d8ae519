import { YEAR } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { condition } from '../record/conditions.ts'
import { careTeam, carePlan } from '../record/care.ts'
import { note } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { adultVaccines } from '../record/prevention.ts'
import { order, procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { wish } from '../record/surveys.ts'
import { FIRST, ROUTINE, vitals } from '../record/vitals.ts'
import { visit } from '../record/visits.ts'
import { lifestyle } from './adult.ts'
import { ago, type Story } from './story.ts'

/** Type 2 diabetes: HbA1c falls with treatment, but stays above 6.5 %. */
export const diabetes: Story = {
  name: 'diabetes',
  tell(chart) {
    const { body, random, person } = chart
    const since = Math.max(ago(chart, 5000, 900), person.birth + Math.round(25 * YEAR))
    body.bmi = Math.max(body.bmi, 27 + 6 * random.next())
    body.lab.a1c = 8.4 + 1.6 * random.next()
    Object.assign(body.lab, { triglycerides: 188, hdl: 41, ldl: 124, albuminRatio: random.whole(8, 70) })
    const first = visit(chart, 'checkUp', ago(chart, 700, 560), { reason: 'diabetes' })
    vitals(chart, first, FIRST)
    labs(chart, first, ['a1c', 'metabolic', 'lipids'])
    const problem = condition(chart, first, 'problem', 'diabetes', { since })
    prescribe(chart, first, 'metformin', { reason: problem })
    prescribe(chart, first, 'atorvastatin', { reason: condition(chart, first, 'problem', 'hyperlipidemia') })
    Object.assign(body.lab, { ldl: 82, triglycerides: 150 })
    const treated = (least: number) => Math.max(least, Number(body.lab.a1c) - 0.6)
    for (const back of [random.whole(300, 380), random.whole(8, 90)]) {
      body.lab.a1c = treated(6.7)
      const seen = visit(chart, 'followUp', chart.now - back, { reason: 'diabetes', specialty: 'endocrinology' })
      vitals(chart, seen, ROUTINE)
      labs(chart, seen, back < 100 ? ['a1c', 'albuminRatio', 'renal', 'lipids'] : ['a1c'])
      if (back < 100) continue
      if (Number(body.lab.a1c) > 8) prescribe(chart, seen, random.pick(['empagliflozin', 'insulin'] as const), { reason: problem })
      procedure(chart, seen, 'retinalExam', { basedOn: order(chart, seen, 'test', 'retinalExam', problem) })
      lifestyle(chart, seen)
      const written = note(chart, seen, 'consult', [
        'Diabetes clinic. Takes metformin with meals, no low sugars. Walks three times a week.',
        'Feet: pulses felt, monofilament normal. Eyes: no retinopathy.',
        `Plan: HbA1c goal below 7 %, next visit in six months.`,
      ])
      provenance(chart, seen, [seen.encounter, written])
      carePlan(chart, seen, {
        title: 'Diabetes self-management',
        problem,
        team: careTeam(chart, ['endocrinology'], { reason: problem }),
        goals: [
          {
            text: 'HbA1c below 7 %',
            target: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'high', 7, '%', '%'],
            due: 150,
          },
        ],
        activities: ['diabeticDiet', 'exercise'],
      })
    }
    if (!chart.stories.has('hypertension')) adultVaccines(chart, 2)
  },
}

/** Chronic kidney disease: the filtration rate falls year by year. */
export const kidneyDisease: Story = {
  name: 'kidney-disease',
  tell(chart) {
    const { body, random } = chart
    const late = random.chance(0.35)
    const rate = late ? random.whole(18, 27) : random.whole(34, 52)
    Object.assign(body.lab, {
      albuminRatio: random.whole(60, 600),
      urea: late ? 48 : 31,
      potassium: late ? 5.1 : 4.7,
      bicarbonate: late ? 20 : 23,
      hemoglobin: late ? 10.6 : 12.2,
    })
    const name = late ? 'kidneyDisease4' : 'kidneyDisease3'
    const visits = [760, 400, random.whole(6, 70)].map((back, i) => {
      body.lab.egfr = rate + 4 * (2 - i)
      const seen = visit(chart, 'followUp', ago(chart, back, back), { reason: name, specialty: 'nephrology' })
      vitals(chart, seen, i === 0 ? FIRST : ROUTINE)
      labs(chart, seen, i === 2 ? ['metabolic', 'bloodCount', 'albuminRatio'] : ['renal'])
      return seen
    })
    const last = visits.at(-1) as (typeof visits)[number]
    const problem = condition(chart, last, 'problem', name, { since: last.day - 900 })
    wish(chart, last, 'Would prefer dialysis at home if it comes to that.')
    const written = note(chart, last, 'consult', [
      `Kidney clinic. Filtration rate ${rate}, slowly falling. No swelling, appetite good.`,
      'Avoid ibuprofen and similar. Blood pressure as planned.',
      `Plan: laboratory in three months${late ? ', talk about dialysis and transplant' : ''}.`,
    ])
    provenance(chart, last, [last.encounter, problem, written])
    carePlan(chart, last, {
      title: 'Kidney protection plan',
      problem,
      team: careTeam(chart, ['nephrology'], { reason: problem }),
      goals: [{ text: 'Keep the filtration rate from falling faster than 3 a year', due: 365 }],
      activities: ['lowSaltDiet'],
    })
    if (late) prescribe(chart, last, 'ferrousSulfate')
    if (chart.stories.size === 1) adultVaccines(chart, 2)
  },
}

/** An underactive thyroid, well treated. */
export const hypothyroidism: Story = {
  name: 'hypothyroidism',
  tell(chart) {
    const { body } = chart
    body.lab.tsh = 9.6
    const first = visit(chart, 'followUp', ago(chart, 900, 600), { reason: 'hypothyroidism' })
    labs(chart, first, ['tsh'])
    const problem = condition(chart, first, 'problem', 'hypothyroidism')
    prescribe(chart, first, 'levothyroxine', { reason: problem, dispensed: true })
    body.lab.tsh = 2.1
    const last = visit(chart, 'telehealth', ago(chart, 200, 30), { reason: 'hypothyroidism' })
    labs(chart, last, ['tsh'])
    note(chart, last, 'progress', ['Feels well on 75 micrograms. TSH in range. Same dose, check in one year.'])
  },
}

/** Whether a chart tells this story too. */
export function also(chart: Chart, story: string): boolean {
  return chart.stories.has(story)
}
