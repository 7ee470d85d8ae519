import { YEAR } from '../calendar.ts'
import { type Chart, changing } from '../chart.ts'
import { concept, LOINC, type Reference } from '../codes.ts'
import { CONDITIONS } from '../facts/conditions.ts'
import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note, reading } from '../record/documents.ts'
import { family } from '../record/identity.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { implant, order, procedure, tests } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { wish } from '../record/surveys.ts'
import { atHome, type Visit, visit } from '../record/visits.ts'
import { FIRST, ILL, ROUTINE, vitals } from '../record/vitals.ts'
import { lifestyle } from './adult.ts'
import { ago, type Story } from './story.ts'

/** High blood pressure: found at a check-up, brought down by one or two medicines. */
export const hypertension: Story = {
  name: 'hypertension',
  begin(chart) {
    const { body, random, person } = chart
    const since = Math.max(ago(chart, 4000, 700), person.birth + Math.round(18 * YEAR))
    const found = ago(chart, 660, 540)
    const review = found + random.whole(80, 120)
    const stubborn = random.chance(0.5)
    const [high, low] = [random.whole(148, 166), random.whole(88, 96)]
    body.systolic = changing(high, [found, high - 14], [review, high - (stubborn ? 26 : 18)])
    body.diastolic = changing(low, [found, low - 7], [review, low - (stubborn ? 14 : 10)])
    return () => {
      const first = visit(chart, 'checkUp', found, { reason: 'hypertension' })
      vitals(chart, first, FIRST)
      const problem = condition(chart, first, 'problem', 'hypertension', { since })
      prescribe(chart, first, 'lisinopril', { reason: problem })
      labs(chart, first, ['renal'])
      if (random.chance(0.5)) heartTracing(chart, first)
      const second = visit(chart, 'followUp', review, { reason: 'hypertension' })
      vitals(chart, second, ['pressure', 'pulse'])
      const another = random.pick(['amlodipine', 'hydrochlorothiazide'] as const)
      if (stubborn) prescribe(chart, second, another, { reason: problem })
      const last = visit(chart, 'followUp', ago(chart, 300, 12), { reason: 'hypertension' })
      vitals(chart, last, ROUTINE)
      labs(chart, last, random.chance(0.5) ? ['renal', 'lipids'] : ['renal'])
      lifestyle(chart, last)
      const days = random.chance(0.4) ? [6, 4, 2] : []
      for (const back of days) vitals(chart, atHome(chart, last.day - back, chart.patient), ['pressure'])
      const written = note(chart, last, 'progress', [
        `Follow-up of hypertension, on ${stubborn ? 'two medicines' : 'lisinopril'}, which ${person.sex === 'female' ? 'she' : 'he'} tolerates. No chest pain, no cough, no dizziness.`,
        'Home readings mostly below 135/85. Heart regular, no murmur, no oedema.',
        'Plan: same medicines, salt below 6 g a day, follow-up in six months.',
      ])
      provenance(chart, last, [last.encounter, written])
      carePlan(chart, last, {
        title: 'Blood pressure plan',
        problem,
        goals: [
          {
            text: 'Systolic blood pressure below 130 mmHg',
            target: ['8480-6 Systolic blood pressure', 'high', 130, 'mm[Hg]'],
            due: 120,
          },
        ],
        activities: ['lowSaltDiet', 'exercise'],
      })
      if (random.chance(0.4)) family(chart, 'FTH', CONDITIONS.hypertension.code, random.whole(45, 65))
    }
  },
}

/** Heart failure with a weak left ventricle: admission, echo, four medicines, sometimes a pacemaker. */
export const heartFailure: Story = {
  name: 'heart-failure',
  begin(chart) {
    const { body, random, now, person } = chart
    const admitted = now - random.whole(300, 420)
    const nights = random.whole(4, 8)
    const fraction = random.whole(26, 38)
    Object.assign(body, { systolic: 112, diastolic: 66, pulse: 78, saturation: 95 })
    const natriuretic = random.whole(2400, 5200)
    body.lab.natriuretic = changing(natriuretic, [admitted + nights, natriuretic * 0.4])
    body.lab.egfr ??= random.whole(48, 68)
    body.lab.hemoglobin ??= 12.6
    return () => {
      const arrival = visit(chart, 'emergency', admitted, { reason: 'heartFailure' })
      vitals(chart, arrival, ILL, { saturation: 89, oxygenFlow: 3, pulse: 108, respiration: 26 })
      const stay = visit(chart, 'inpatient', admitted, {
        reason: 'heartFailure',
        specialty: 'cardiology',
        nights,
        after: arrival,
      })
      const problem = condition(chart, stay, 'problem', 'heartFailure', {
        since: admitted - random.whole(0, 500),
      })
      labs(chart, stay, ['metabolic', 'natriuretic', 'bloodCount'])
      chestXray(
        chart,
        arrival,
        'Heart enlarged, upper lobe diversion, small effusion on the right.',
        'Pulmonary congestion.',
      )
      const [found] = tests(chart, stay, { ejectionFraction: fraction }) as [Reference]
      reading(chart, stay, {
        code: concept(LOINC, '42148-7 US Heart'),
        category: 'cardiology',
        lines: [
          'Left ventricle dilated, global hypokinesia.',
          `Ejection fraction ${fraction} %. Mild mitral regurgitation.`,
        ],
        conclusion: `Reduced left ventricular function, ejection fraction ${fraction} %.`,
        result: [found],
      })
      procedure(chart, stay, 'echocardiography', { reason: problem })
      for (const name of ['furosemide', 'metoprolol', 'lisinopril', 'spironolactone'] as const) {
        prescribe(chart, stay, name, { reason: problem })
      }
      const discharge = note(chart, stay, 'discharge', [
        `Admitted for ${nights} nights with breathlessness and swollen legs.`,
        `Treated with intravenous diuretics, lost ${random.whole(4, 9)} kg of fluid. Ejection fraction ${fraction} %.`,
        'Home with four medicines, daily weight, fluid limit of 1.5 litres. Heart clinic in two weeks.',
      ])
      provenance(chart, stay, [stay.encounter, problem, discharge])
      if (fraction < 31 || person.named) pacemaker(chart, stay.day + nights + 30, problem)
      for (const back of [190, random.whole(5, 60)]) {
        const seen = visit(chart, 'followUp', now - back, { reason: 'heartFailure', specialty: 'cardiology' })
        vitals(chart, seen, back === 190 ? FIRST : [...ROUTINE, 'saturation'])
        labs(chart, seen, ['renal', 'natriuretic'])
        if (back === 190) continue
        wish(
          chart,
          seen,
          'Wants to stay at home as long as possible; agrees to hospital care, not to intensive care.',
        )
        lifestyle(chart, seen)
        note(chart, seen, 'consult', [
          'Heart clinic. NYHA class II, sleeps flat, no swelling. Weight steady.',
          'Plan: medicines unchanged, laboratory in three months.',
        ])
        carePlan(chart, seen, {
          title: 'Heart failure self-management',
          problem,
          team: careTeam(chart, ['cardiology'], { reason: problem }),
          goals: [
            { text: 'Weigh every morning and call when up 2 kg in three days', due: 60 },
            { text: 'Walk half an hour on most days', due: 90 },
          ],
          activities: ['lowSaltDiet', 'exercise'],
        })
      }
    }
  },
}

function pacemaker(chart: Chart, day: number, reason: Reference): void {
  const seen = visit(chart, 'inpatient', Math.min(day, chart.now - 2), {
    reason: 'heartFailure',
    specialty: 'cardiology',
    nights: 1,
    planned: true,
  })
  const done = procedure(chart, seen, 'pacemakerInsertion', { reason, minutes: 75 })
  const device = implant(chart, 'pacemaker', seen.day)
  const report = note(chart, seen, 'surgery', [
    'Dual-chamber pacemaker for intermittent heart block, implanted below the left collarbone under local anaesthesia.',
    'Leads in right atrium and ventricle, thresholds good. No complications, chest X-ray without pneumothorax.',
  ])
  provenance(chart, seen, [done, device, report])
}

/** An electrocardiogram: what was measured, and the cardiologist's sentence. */
function heartTracing(chart: Chart, seen: Visit, conclusion = 'Normal sinus rhythm.'): void {
  const { random } = chart
  const asked = order(chart, seen, 'test', 'electrocardiogram')
  procedure(chart, seen, 'electrocardiogram', { basedOn: asked, minutes: 10 })
  const result = tests(chart, seen, {
    pr: 158 + 12 * random.bell(),
    qrs: 92 + 6 * random.bell(),
    qt: 412 + 14 * random.bell(),
  })
  reading(chart, seen, {
    code: concept(LOINC, '11524-6 EKG study'),
    category: 'cardiology',
    lines: ['Twelve leads, 25 mm/s.', 'Axis normal, no ST changes.'],
    conclusion,
    result,
  })
}

/** A chest X-ray with the radiologist's words. */
export function chestXray(chart: Chart, seen: Visit, finding: string, conclusion: string): void {
  const asked = order(chart, seen, 'imaging', 'chestXray')
  procedure(chart, seen, 'chestXray', { basedOn: asked, minutes: 10 })
  reading(chart, seen, {
    code: concept(LOINC, '36643-5 XR Chest 2 Views'),
    category: 'radiology',
    lines: ['Two views of the chest.', finding],
    conclusion,
  })
}
