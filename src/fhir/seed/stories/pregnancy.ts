import { type Day, date } from '../calendar.ts'
import { type Chart, on } from '../chart.ts'
import { concept, LOINC } from '../codes.ts'
import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note, reading } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { order, procedure, tests } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { ask } from '../record/surveys.ts'
import { type Visit, visit } from '../record/visits.ts'
import { FIRST, vitals } from '../record/vitals.ts'
import { lifestyle } from './adult.ts'
import type { Story } from './story.ts'

/** Weeks of pregnancy at which the clinic sees her. */
const VISITS = [8, 12, 20, 26, 32, 36, 39]

/** A normal pregnancy: going on at the anchor, or over within the last years. */
export const pregnancy: Story = {
  name: 'pregnancy',
  begin(chart) {
    const { random, body, now, person } = chart
    const ongoing = person.named !== undefined || random.chance(0.5)
    const started = now - 7 * (ongoing ? (person.named ? 27 : random.whole(13, 38)) : random.whole(46, 140))
    const born = started + 7 * 40 - random.whole(0, 12)
    const before = on(body.bmi, now)
    body.bmi = (day) => before + (day > born ? 0.5 : Math.max(0, day - started) * 0.016)
    Object.assign(body.lab, { hemoglobin: 11.9, bloodGroup: random.pick(['A', 'O', 'O', 'B'] as const) })
    return () => {
      const weeks = VISITS.filter((week) => started + 7 * week <= now - 1)
      const visits = weeks.map((week) => prenatal(chart, started + 7 * week, week))
      const first = visits[0] as Visit
      const until = ongoing ? {} : { until: born }
      const problem = condition(chart, first, 'problem', 'pregnancy', { since: started, ...until })
      prescribe(chart, first, 'folicAcid', { reason: problem, dispensed: true, ended: !ongoing })
      lifestyle(chart, first)
      carePlan(chart, first, {
        title: 'Antenatal care plan',
        problem,
        team: careTeam(chart, ['obstetrics'], { reason: problem }),
        goals: [
          {
            text: `Healthy mother and child at the due date, ${date(started + 280)}`,
            due: Math.max(started + 280 - chart.today, 1),
          },
        ],
        activities: ['antenatalEducation', 'exercise'],
      })
      if (!ongoing) birth(chart, born)
      const last = visits.at(-1) as Visit
      provenance(chart, last, [last.encounter, problem])
    }
  },
}

function prenatal(chart: Chart, day: Day, week: number): Visit {
  const { random } = chart
  const seen = visit(chart, 'prenatal', day, { reason: 'pregnancy' })
  vitals(chart, seen, week === 8 ? FIRST : ['pressure', 'weight'])
  if (week === 8) {
    ask(chart, seen, 'pregnant', 'yes')
    labs(chart, seen, ['bloodType', 'bloodCount', 'hivScreen', 'urine'])
  }
  if (week >= 20)
    tests(chart, seen, { fundalHeight: week + 0.6 * random.bell(), fetalPulse: 142 + 6 * random.bell() })
  if (week === 20) {
    const asked = order(chart, seen, 'imaging', 'fetalUltrasound')
    procedure(chart, seen, 'fetalUltrasound', { basedOn: asked })
    reading(chart, seen, {
      code: concept(LOINC, '11525-3 US Pelvis Fetus for pregnancy'),
      category: 'radiology',
      lines: [
        'Single living fetus, head down. Growth as expected for 20 weeks.',
        'Placenta at the back wall, clear of the cervix.',
      ],
      conclusion: 'Normal anatomy scan at 20 weeks.',
    })
    note(chart, seen, 'progress', ['20 weeks. Feels movements. Scan normal. Plan: glucose test at 26 weeks.'])
  }
  if (week === 26) labs(chart, seen, ['glucoseChallenge'])
  return seen
}

function birth(chart: Chart, day: Day): void {
  const { random } = chart
  const surgical = random.chance(0.28)
  const nights = surgical ? 3 : 2
  const stay = visit(chart, 'inpatient', day, { reason: 'pregnancy', specialty: 'obstetrics', nights })
  vitals(chart, stay, ['pressure', 'pulse', 'temperature'])
  const done = procedure(chart, stay, surgical ? 'cesarean' : 'normalDelivery', {
    minutes: surgical ? 50 : 240,
  })
  const child = `${random.pick(['girl', 'boy'])}, ${random.whole(29, 41) * 100} g, Apgar 9 and 10`
  const written = note(chart, stay, 'discharge', [
    `${surgical ? 'Cesarean section for slow progress' : 'Spontaneous birth'}: ${child}.`,
    'Mother and child well, breastfeeding established. Check-up in six weeks.',
  ])
  provenance(chart, stay, [stay.encounter, done, written])
  if (day + 44 <= chart.now) {
    const check = visit(chart, 'checkUp', day + 43, { specialty: 'obstetrics' })
    vitals(chart, check, ['pressure', 'weight'])
    ask(chart, check, 'pregnant', 'no')
  }
}
