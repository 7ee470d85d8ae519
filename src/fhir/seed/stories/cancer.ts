import type { Chart } from '../chart.ts'
import { concept, LOINC } from '../codes.ts'
import type { ConditionName } from '../facts/conditions.ts'
import { CONDITIONS } from '../facts/conditions.ts'
import type { PanelName } from '../facts/labs.ts'
import type { MedicineName } from '../facts/medicines.ts'
import type { ProcedureName } from '../facts/procedures.ts'
import { carePlan, careTeam } from '../record/care.ts'
import { condition } from '../record/conditions.ts'
import { note, reading } from '../record/documents.ts'
import { family } from '../record/identity.ts'
import { labs } from '../record/labs.ts'
import { prescribe } from '../record/medicines.ts'
import { order, procedure } from '../record/procedures.ts'
import { provenance } from '../record/provenance.ts'
import { wish } from '../record/surveys.ts'
import { visit } from '../record/visits.ts'
import { FIRST, ROUTINE, vitals } from '../record/vitals.ts'
import { lifestyle } from './adult.ts'
import { ago, type Story } from './story.ts'

type Cancer = {
  name: ConditionName
  operation: ProcedureName
  after: readonly ProcedureName[]
  medicine?: MedicineName
  marker: PanelName
  /** The yearly test and what it showed last. */
  check: ProcedureName
  tissue: string
}

const BREAST: Cancer = {
  name: 'breastCancer',
  operation: 'lumpectomy',
  after: ['radiotherapy'],
  medicine: 'anastrozole',
  marker: 'bloodCount',
  check: 'mammography',
  tissue:
    'Invasive ductal carcinoma, 14 mm, grade 2, hormone receptors positive, margins clear, nodes 0 of 2.',
}
const PROSTATE: Cancer = {
  name: 'prostateCancer',
  operation: 'prostatectomy',
  after: [],
  marker: 'psa',
  check: 'medicationReview',
  tissue: 'Adenocarcinoma of the prostate, Gleason 3+4, confined to the gland, margins clear.',
}
const COLON: Cancer = {
  name: 'colonCancer',
  operation: 'colectomy',
  after: ['chemotherapy', 'chemotherapy'],
  marker: 'cea',
  check: 'colonoscopy',
  tissue: 'Adenocarcinoma of the sigmoid colon, pT3, 1 of 18 nodes involved, margins clear.',
}

/** Cancer some years ago, operated and in remission; seen twice a year. */
export const cancer: Story = {
  name: 'cancer',
  begin(chart) {
    const { random, person, body } = chart
    body.lab.psa = 0.04
    return () => {
      const facts = random.chance(0.3) ? COLON : person.sex === 'female' ? BREAST : PROSTATE
      const found = ago(chart, 2600, 1000)
      const stay = visit(chart, 'inpatient', found, {
        reason: facts.name,
        specialty: 'surgery',
        nights: random.whole(2, 6),
        planned: true,
      })
      const problem = condition(chart, stay, 'problem', facts.name, {
        since: found - 25,
        until: found + 260,
        remission: true,
      })
      const done = procedure(chart, stay, facts.operation, { reason: problem, minutes: 130 })
      reading(chart, stay, {
        code: concept(LOINC, '60568-3 Pathology Synoptic report'),
        category: 'pathology',
        lines: ['Specimen: surgical resection, fixed in formalin.'],
        conclusion: facts.tissue,
      })
      const report = note(chart, stay, 'surgery', [
        'Operation without complications, blood loss 150 mL.',
        `Histology: ${facts.tissue}`,
      ])
      provenance(chart, stay, [stay.encounter, done, report])
      for (const [i, name] of facts.after.entries()) {
        const day = visit(chart, 'followUp', found + 40 + 30 * i, {
          reason: facts.name,
          specialty: 'oncology',
        })
        procedure(chart, day, name, { reason: problem, minutes: 90 })
        if (i === 0 && facts.medicine)
          prescribe(chart, day, facts.medicine, { reason: problem, dispensed: true })
      }
      for (const back of [430, random.whole(10, 100)]) {
        const seen = visit(chart, 'followUp', chart.now - back, { reason: facts.name, specialty: 'oncology' })
        vitals(chart, seen, back === 430 ? FIRST : ROUTINE)
        labs(chart, seen, back === 430 ? [facts.marker] : [facts.marker, 'metabolic'])
        if (back === 430) continue
        checkAgain(chart, seen, facts)
        lifestyle(chart, seen)
        wish(chart, seen, 'Wants to be told every result by telephone, also bad ones.')
        const written = note(chart, seen, 'consult', [
          'Cancer follow-up. Feels well, weight steady, no new complaints.',
          'No sign of recurrence. Plan: next visit in six months.',
        ])
        provenance(chart, seen, [seen.encounter, written])
        carePlan(chart, seen, {
          title: 'Survivorship care plan',
          problem,
          team: careTeam(chart, ['oncology'], { reason: problem }),
          goals: [{ text: 'All follow-up tests done on time', due: 200 }],
          activities: [facts.check, 'exercise'],
        })
      }
      if (facts === BREAST && random.chance(0.5))
        family(chart, 'MTH', CONDITIONS.breastCancer.code, random.whole(45, 75))
    }
  },
}

function checkAgain(chart: Chart, seen: Parameters<typeof labs>[1], facts: Cancer): void {
  const asked = order(chart, seen, facts.check === 'mammography' ? 'imaging' : 'test', facts.check)
  procedure(chart, seen, facts.check, { basedOn: asked })
  if (facts.check !== 'mammography') return
  reading(chart, seen, {
    code: concept(LOINC, '24606-6 MG Breast Screening'),
    category: 'radiology',
    lines: ['Both breasts in two planes. Scar on the left, unchanged.'],
    conclusion: 'No suspicious finding, BI-RADS 2.',
  })
}
