import { changing } from '../chart.ts'
import { condition } from '../record/conditions.ts'
import { note } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { implant, order, procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { visit } from '../record/visits.ts'
import { FIRST, vitals } from '../record/vitals.ts'
import { ago, type Story } from './story.ts'

/** HIV, restricted: one tablet a day, no virus to be found. */
export const hiv: Story = {
  name: 'hiv',
  begin(chart) {
    const { body, random } = chart
    const found = ago(chart, 1300, 700)
    Object.assign(body.lab, {
      hivScreen: 'positive',
      viralLoad: changing(random.whole(18_000, 90_000), [found, 11]),
      cd4: changing(430, [found, 690]),
    })
    return () => {
      const first = visit(chart, 'followUp', found, { reason: 'hiv' })
      labs(chart, first, ['hivScreen', 'viralLoad', 'cd4'])
      const problem = condition(chart, first, 'problem', 'hiv')
      prescribe(chart, first, 'antiretroviral', { reason: problem, dispensed: true })
      for (const back of [360, random.whole(20, 120)]) {
        const seen = visit(chart, 'followUp', chart.now - back, { reason: 'hiv' })
        labs(chart, seen, ['viralLoad', 'cd4'])
        if (back === 360) continue
        const written = note(chart, seen, 'progress', [
          'Takes the tablet every evening, missed none. No side effects.',
          'Virus not detectable, CD4 count normal. Plan: laboratory in six months.',
        ])
        provenance(chart, seen, [seen.encounter, written])
      }
    }
  },
}

/** A worn knee, replaced. */
export const newKnee: Story = {
  name: 'new-knee',
  begin(chart) {
    const { random } = chart
    return () => {
      const first = visit(chart, 'symptom', ago(chart, 1500, 900), { reason: 'kneeArthrosis' })
      const problem = condition(chart, first, 'problem', 'kneeArthrosis', { since: first.day - 900 })
      order(chart, first, 'therapy', 'physicalTherapy', problem)
      const nights = random.whole(2, 4)
      const stay = visit(chart, 'inpatient', ago(chart, 800, 200), {
        reason: 'kneeArthrosis',
        specialty: 'surgery',
        nights,
        planned: true,
      })
      vitals(chart, stay, [...FIRST, 'saturation'])
      labs(chart, stay, ['bloodCount'])
      const done = procedure(chart, stay, 'kneeReplacement', { reason: problem, minutes: 95 })
      const device = implant(chart, 'kneeProsthesis', stay.day)
      prescribe(chart, stay, 'acetaminophen', { reason: problem })
      const report = note(chart, stay, 'surgery', [
        'Total knee replacement on the right under spinal anaesthesia, cemented, no complications.',
        'Mobilised on the same day. Plan: physiotherapy, stitches out after 12 days.',
      ])
      provenance(chart, stay, [done, device, report])
    }
  },
}

/** A week in which the appendix came out. */
export const appendicitis: Story = {
  name: 'appendicitis',
  begin(chart) {
    return () => {
      const day = ago(chart, 1400, 100)
      const seen = visit(chart, 'emergency', day, { reason: 'appendicitis' })
      vitals(chart, seen, ['temperature', 'pulse', 'pressure'], { temperature: 38.3, pulse: 102 })
      labs(chart, seen, ['bloodCount'], { leukocytes: 14.8 })
      const stay = visit(chart, 'inpatient', day, {
        reason: 'appendicitis',
        specialty: 'surgery',
        nights: 2,
        after: seen,
      })
      const found = condition(chart, stay, 'diagnosis', 'appendicitis', { until: day + 14 })
      procedure(chart, stay, 'appendectomy', { reason: found, minutes: 45 })
      note(chart, stay, 'discharge', [
        'Laparoscopic appendectomy, inflamed but not perforated. Home on the second day.',
      ])
    }
  },
}
