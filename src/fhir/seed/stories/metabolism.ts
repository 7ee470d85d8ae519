import { type Day, YEAR } from '../calendar.ts'
import { changing } from '../chart.ts'
import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { order, procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { wish } from '../record/surveys.ts'
import { type Visit, visit } from '../record/visits.ts'
import { FIRST, ROUTINE, vitals } from '../record/vitals.ts'
import { lifestyle } from './adult.ts'
import { ago, type Story } from './story.ts'

/** Type 2 diabetes: HbA1c falls with treatment, but stays above 6.5 %. */
export const diabetes: Story = {
  name: 'diabetes',
  begin(chart) {
    const { body, random, person } = chart
    const since = Math.max(ago(chart, 5000, 900), person.birth + Math.round(25 * YEAR))
    const found = ago(chart, 700, 560)
    const [review, recent] = [random.whole(300, 380), random.whole(8, 90)]
    const worst = 8.4 + 1.6 * random.next()
    const then = Math.max(6.7, worst - 0.8)
    body.bmi = 27 + 6 * random.next()
    Object.assign(body.lab, {
      a1c: changing(worst, [found, then], [chart.now - review, Math.max(6.7, worst - 1.5)]),
      ldl: changing(124, [found, 82]),
      triglycerides: changing(188, [found, 150]),
      hdl: 41,
      albuminRatio: random.whole(8, 70),
    })
    return () => {
      const first = visit(chart, 'checkUp', found, { reason: 'diabetes' })
      vitals(chart, first, FIRST)
      labs(chart, first, ['a1c', 'metabolic', 'lipids'])
      const problem = condition(chart, first, 'problem', 'diabetes', { since })
      prescribe(chart, first, 'metformin', { reason: problem })
      prescribe(chart, first, 'atorvastatin', {
        reason: condition(chart, first, 'problem', 'hyperlipidemia'),
      })
      for (const back of [review, recent]) {
        const seen = visit(chart, 'followUp', chart.now - back, {
          reason: 'diabetes',
          specialty: 'endocrinology',
        })
        vitals(chart, seen, ROUTINE)
        labs(chart, seen, back < 100 ? ['a1c', 'albuminRatio', 'renal'] : ['a1c'])
        if (back < 100) continue
        if (then > 8)
          prescribe(chart, seen, random.pick(['empagliflozin', 'insulin'] as const), { reason: problem })
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
              target: ['4548-4 Hemoglobin A1c/Hemoglobin.total in Blood', 'high', 7, '%'],
              due: 150,
            },
          ],
          activities: ['diabeticDiet', 'exercise'],
        })
      }
    }
  },
}

/** Chronic kidney disease: the filtration rate falls year by year. */
export const kidneyDisease: Story = {
  name: 'kidney-disease',
  begin(chart) {
    const { body, random, now, stories } = chart
    const late = !stories.has('heart-failure') && random.chance(0.35)
    const name = late ? 'kidneyDisease4' : 'kidneyDisease3'
    const rate = late ? random.whole(18, 27) : random.whole(34, 48)
    Object.assign(body.lab, {
      egfr: (day: Day) => rate + (3.5 * (now - day)) / YEAR,
      albuminRatio: random.whole(60, 600),
      hemoglobin: late ? 10.6 : 12.2,
    })
    return () => {
      const visits = [760, 400, random.whole(6, 70)].map((back, i) => {
        const seen = visit(chart, 'followUp', ago(chart, back, back), {
          reason: name,
          specialty: 'nephrology',
        })
        vitals(chart, seen, i === 0 ? FIRST : ROUTINE)
        labs(chart, seen, i === 2 ? ['metabolic', 'bloodCount', 'albuminRatio'] : ['renal'])
        return seen
      })
      const [first, , last] = visits as [Visit, Visit, Visit]
      const problem = condition(chart, first, 'problem', name, { since: first.day - 200 })
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
      if (late) prescribe(chart, last, 'ferrousSulfate', { because: 'Anaemia of kidney disease' })
    }
  },
}

/** An underactive thyroid, well treated. */
export const hypothyroidism: Story = {
  name: 'hypothyroidism',
  begin(chart) {
    const found = ago(chart, 900, 600)
    chart.body.lab.tsh = changing(9.6, [found, 2.1])
    return () => {
      const first = visit(chart, 'followUp', found, { reason: 'hypothyroidism' })
      labs(chart, first, ['tsh'])
      const problem = condition(chart, first, 'problem', 'hypothyroidism')
      prescribe(chart, first, 'levothyroxine', { reason: problem, dispensed: true })
      const last = visit(chart, 'followUp', ago(chart, 200, 40), { reason: 'hypothyroidism' })
      labs(chart, last, ['tsh'])
      const call = visit(chart, 'telehealth', last.day + 6, { reason: 'hypothyroidism' })
      note(chart, call, 'progress', [
        'Feels well on 75 micrograms. TSH in range. Same dose, check in one year.',
      ])
    }
  },
}
