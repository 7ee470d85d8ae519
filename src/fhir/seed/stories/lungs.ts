import type { Chart } from '../chart.ts'
import type { Reference } from '../codes.ts'
import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { procedure, tests } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { type Visit, visit } from '../record/visits.ts'
import { FIRST, ILL, vitals } from '../record/vitals.ts'
import { lifestyle } from './adult.ts'
import { chestXray } from './heart.ts'
import { ago, pronoun, type Story } from './story.ts'

/** Asthma of a child or adult: an attack in the emergency department, then two inhalers and a plan. */
export const asthma: Story = {
  name: 'asthma',
  begin(chart) {
    const { random, person } = chart
    return () => {
      const first = visit(chart, 'symptom', ago(chart, 1200, 560), { reason: 'asthma' })
      const problem = condition(chart, first, 'problem', 'asthma', { since: first.day - 120 })
      prescribe(chart, first, 'albuterol', { reason: problem })
      if (random.chance(0.7)) attack(chart, problem)
      const last = visit(chart, 'followUp', ago(chart, 250, 10), {
        reason: 'asthma',
        specialty: 'pulmonology',
      })
      vitals(chart, last, ['pulse', 'respiration', 'saturation'])
      if (person.age >= 6) spirometry(chart, last, 84, 0.92, problem)
      prescribe(chart, last, 'fluticasone', { reason: problem, dispensed: true })
      const written = note(chart, last, 'consult', [
        'Asthma review. Wheezes with colds and on running, wakes once a week. Inhaler technique good.',
        'Plan: low-dose inhaled steroid twice daily, reliever as needed, written action plan. Review in three months.',
      ])
      provenance(chart, last, [last.encounter, written])
      carePlan(chart, last, {
        title: 'Asthma action plan',
        problem,
        team: careTeam(chart, ['pulmonology'], { reason: problem }),
        goals: [{ text: 'No night-time waking and no missed days because of asthma', due: 90 }],
        activities: ['asthmaSelfManagement'],
      })
    }
  },
}

function attack(chart: Chart, problem: Reference): void {
  const seen = visit(chart, 'emergency', ago(chart, 540, 260), { reason: 'asthmaAttack' })
  vitals(chart, seen, ILL, { saturation: 92, respiration: 32, pulse: 122 })
  condition(chart, seen, 'diagnosis', 'asthmaAttack', { until: seen.day + 5 })
  prescribe(chart, seen, 'prednisone', { reason: problem })
  note(chart, seen, 'emergency', [
    `${pronoun(chart)} came with wheeze and shortness of breath since the night, after a cold. Speaks in short sentences.`,
    'Three doses of albuterol, oral steroid; after two hours saturation 97 %, wheeze nearly gone.',
    'Plan: steroid for five days, see the own doctor within a week.',
  ])
}

/** COPD of a smoker: breathlessness, an exacerbation, inhalers, sometimes oxygen at home. */
export const copd: Story = {
  name: 'copd',
  begin(chart) {
    const { body, random } = chart
    const saturation = random.whole(90, 94)
    const oxygen = saturation < 91
    body.saturation = saturation
    body.smoking = random.chance(0.4) ? 'daily' : 'former'
    return () => {
      const predicted = random.whole(38, 68)
      const first = visit(chart, 'followUp', ago(chart, 900, 620), {
        reason: 'copd',
        specialty: 'pulmonology',
      })
      vitals(chart, first, FIRST)
      const problem = condition(chart, first, 'problem', 'copd', { since: first.day - 1200 })
      spirometry(chart, first, predicted, 0.68, problem)
      prescribe(chart, first, 'albuterol', { reason: problem })
      prescribe(chart, first, 'salmeterol', { reason: problem })
      if (random.chance(0.6)) exacerbation(chart)
      const last = visit(chart, 'followUp', ago(chart, 200, 8), { reason: 'copd', specialty: 'pulmonology' })
      vitals(
        chart,
        last,
        ['pressure', 'pulse', 'weight', 'saturation'],
        oxygen ? { oxygenFlow: 2, saturation: 93 } : {},
      )
      if (oxygen) tests(chart, last, { homeOxygen: 2 })
      spirometry(chart, last, predicted - 3, 0.66, problem)
      lifestyle(chart, last)
      if (body.smoking === 'daily') procedure(chart, last, 'smokingCessation', { reason: problem })
      const written = note(chart, last, 'consult', [
        `Lung clinic. Short of breath on one flight of stairs, cough in the morning. Smoking: ${body.smoking}.`,
        'Quiet breath sounds, long expiration, no crackles.',
        `Plan: combined inhaler twice daily, rehabilitation${oxygen ? ', oxygen 2 L/min at home' : ''}.`,
      ])
      provenance(chart, last, [last.encounter, problem, written])
      carePlan(chart, last, {
        title: 'COPD management plan',
        problem,
        team: careTeam(chart, ['pulmonology'], { reason: problem }),
        goals: [{ text: body.smoking === 'daily' ? 'Stop smoking' : 'Walk 20 minutes a day', due: 120 }],
        activities: ['breathingExercises', 'exercise'],
      })
    }
  },
}

function exacerbation(chart: Chart): void {
  const { random } = chart
  const day = ago(chart, 560, 260)
  const nights = random.whole(3, 6)
  const stay = visit(chart, 'inpatient', day, { reason: 'copdAttack', specialty: 'pulmonology', nights })
  vitals(chart, stay, ILL, { temperature: 38.1, saturation: 86, oxygenFlow: 2, respiration: 28, pulse: 104 })
  const found = condition(chart, stay, 'diagnosis', 'copdAttack', { until: stay.day + nights + 6 })
  const pneumonia = random.chance(0.4)
  if (pneumonia) {
    chestXray(
      chart,
      stay,
      'Hyperinflated lungs, new shadow in the right lower lobe.',
      'Pneumonia of the right lower lobe.',
    )
    const reason = condition(chart, stay, 'diagnosis', 'pneumonia', { until: stay.day + 20 })
    prescribe(chart, stay, 'azithromycin', { reason })
  } else chestXray(chart, stay, 'Hyperinflated lungs, flat diaphragm.', 'Emphysema, no new consolidation.')
  labs(chart, stay, ['renal', 'bloodCount'], { leukocytes: pneumonia ? 14.6 : 10.8 })
  procedure(chart, stay, 'oxygenTherapy', { reason: found, minutes: 600 })
  prescribe(chart, stay, 'prednisone', { reason: found })
  note(chart, stay, 'discharge', [
    `Admitted for ${nights} nights with an exacerbation of COPD.`,
    'Oxygen, nebulised bronchodilators, oral steroid. Discharged on room air.',
  ])
}

/** Spirometry: FEV1 at so many per cent of the predicted value, and its share of the forced capacity. */
function spirometry(chart: Chart, seen: Visit, percent: number, ratio: number, reason: Reference): void {
  const { person, body, random } = chart
  const grown = person.age >= 16
  const predicted = grown
    ? (person.sex === 'female' ? 3.4 : 4.4) + 0.25 * body.tall - Math.max(0, person.age - 25) * 0.028
    : 1.1 + (person.age - 5) * 0.2
  const fev1 = (predicted * percent) / 100
  const scale = 0.88 * ratio
  tests(chart, seen, { fev1, fvc: fev1 / scale, fev1Ratio: 100 * scale + random.next() * 0.1 })
  procedure(chart, seen, 'spirometry', { reason, minutes: 20 })
}
