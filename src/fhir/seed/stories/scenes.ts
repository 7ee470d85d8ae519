import type { Day } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { concept, LOINC } from '../codes.ts'
import { CONDITIONS, type ConditionName } from '../facts/conditions.ts'
import type { PanelName } from '../facts/labs.ts'
import type { MedicineName } from '../facts/medicines.ts'
import { condition } from '../record/conditions.ts'
import { note, reading } from '../record/documents.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { order, procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { visit } from '../record/visits.ts'
import { ILL, vitals } from '../record/vitals.ts'
import { pronoun } from './story.ts'

type Illness = {
  name: ConditionName
  fever: boolean
  medicine: MedicineName
  /** A test that confirms it: what it shows. */
  test?: readonly [PanelName, shows: Record<string, string>]
  story: string
  advice: string
}

const CHILD: readonly Illness[] = [
  {
    name: 'otitis',
    fever: true,
    medicine: 'amoxicillinLiquid',
    story: 'Ear pain and fever since yesterday, slept badly. Left eardrum red and bulging, right one normal.',
    advice: 'Antibiotic for ten days, pain relief as needed. Back if not better in three days.',
  },
  {
    name: 'strepThroat',
    fever: true,
    medicine: 'amoxicillinLiquid',
    test: ['strep', { strep: 'detected' }],
    story: 'Sore throat for two days, no cough. Tonsils swollen with exudate, tender nodes on both sides.',
    advice: 'Antibiotic for ten days. May return to school after one day of treatment.',
  },
  {
    name: 'pharyngitis',
    fever: false,
    medicine: 'acetaminophen',
    test: ['strep', { strep: 'notDetected' }],
    story: 'Sore throat, runny nose and cough for three days. Throat mildly red, lungs clear.',
    advice: 'Viral. Fluids and rest; antibiotics would not help.',
  },
]

const ADULT: readonly Illness[] = [
  {
    name: 'bronchitis',
    fever: false,
    medicine: 'acetaminophen',
    story: 'Cough with some sputum for eight days, no shortness of breath. Scattered rhonchi, no crackles.',
    advice: 'Cough may last three weeks. Return if breathless or feverish.',
  },
  {
    name: 'pharyngitis',
    fever: false,
    medicine: 'ibuprofen',
    story: 'Sore throat and hoarse voice for two days. Throat red, no exudate, no swollen nodes.',
    advice: 'Viral. Rest, fluids, pain relief for a few days.',
  },
  {
    name: 'backPain',
    fever: false,
    medicine: 'ibuprofen',
    story: 'Low back pain since lifting boxes a week ago, none in the legs. Strength and reflexes normal.',
    advice: 'Keep moving, warmth, pain relief for a week. No imaging needed now.',
  },
  {
    name: 'ankleSprain',
    fever: false,
    medicine: 'ibuprofen',
    story:
      'Turned the right ankle on the stairs. Swollen over the outer side, can bear weight, no bony tenderness.',
    advice: 'Rest, ice, compression, elevation. Exercises after one week.',
  },
]

const CYSTITIS: Illness = {
  name: 'urinaryInfection',
  fever: false,
  medicine: 'nitrofurantoin',
  test: ['urine', { culture: 'coli', appearance: 'cloudy' }],
  story: 'Burning on passing water and frequency for two days, no fever, no flank pain.',
  advice: 'Antibiotic for five days, plenty of fluids. Culture sent.',
}

/** A minor illness of the patient's age: visit, diagnosis, treatment, note. */
export function minorIllness(chart: Chart, day: Day): void {
  const { person, random } = chart
  const adults = person.sex === 'female' ? [...ADULT, CYSTITIS] : ADULT
  const illness = random.pick(person.age < 16 ? CHILD : adults)
  const seen = visit(chart, 'symptom', day, { reason: illness.name })
  vitals(chart, seen, ILL, { temperature: (illness.fever ? 38.6 : 37.2) + 0.3 * random.bell() })
  if (illness.test) labs(chart, seen, [illness.test[0]], illness.test[1])
  const found = condition(chart, seen, 'diagnosis', illness.name, { until: seen.day + random.whole(6, 14) })
  const gentle = illness.medicine === 'ibuprofen' && person.age >= 65
  prescribe(chart, seen, gentle ? 'acetaminophen' : illness.medicine, { reason: found })
  const text = [illness.story, `Assessment: ${CONDITIONS[illness.name].name}.`, `Plan: ${illness.advice}`]
  provenance(chart, seen, [found, note(chart, seen, 'progress', text)])
}

/** A broken forearm: emergency department, X-ray, cast. */
export function brokenArm(chart: Chart, day: Day): void {
  const hurt = visit(chart, 'emergency', day, { reason: 'forearmFracture' })
  vitals(chart, hurt, ['pulse', 'saturation'])
  const found = condition(chart, hurt, 'diagnosis', 'forearmFracture', { until: hurt.day + 45 })
  reading(chart, hurt, {
    code: concept(LOINC, '24926-8 XR Radius and Ulna Views'),
    category: 'radiology',
    lines: ['Two views of the forearm.', 'Transverse fracture of the distal radius without displacement.'],
    conclusion: 'Undisplaced fracture of the distal radius.',
  })
  procedure(chart, hurt, 'immobilization', { reason: found })
  prescribe(chart, hurt, 'ibuprofen', { reason: found })
  note(chart, hurt, 'emergency', [
    `${pronoun(chart)} fell on the outstretched hand. Wrist swollen and tender, hand warm, feeling and movement intact.`,
    'X-ray shows an undisplaced fracture of the distal radius. Cast applied.',
    'Plan: cast check tomorrow, X-ray in one week.',
  ])
  order(chart, hurt, 'therapy', 'physicalTherapy', found, hurt.day + 60 > chart.now ? 'active' : 'completed')
}
