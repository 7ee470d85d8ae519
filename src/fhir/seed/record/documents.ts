import { date } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { type Concept, concept, type Label, LOINC, type Reference, US_CORE } from '../codes.ts'
import { fullName } from '../person.ts'
import { HOSPITAL } from '../site.ts'
import { afterwards, during, type Visit } from './visits.ts'

const NOTES = {
  progress: concept(LOINC, '11506-3 Progress note'),
  consult: concept(LOINC, '11488-4 Consult note'),
  emergency: concept(LOINC, '34111-5 Emergency department Note'),
  discharge: concept(LOINC, '18842-5 Discharge summary'),
  psychiatric: concept(LOINC, '75443-2 Mental health Outpatient Note'),
  surgery: concept(LOINC, '11504-8 Surgical operation note'),
}

const CLINICAL_NOTE: Concept = {
  coding: [
    {
      system: `${US_CORE}/CodeSystem/us-core-documentreference-category`,
      code: 'clinical-note',
      display: 'Clinical Note',
    },
  ],
  text: 'Clinical Note',
}
const PLAIN_TEXT = {
  system: 'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode',
  code: 'urn:ihe:iti:xds:2017:mimeTypeSufficient',
  display: 'mimeType Sufficient',
}

/** Writes a clinical note of a visit; its text stands under a letterhead. */
export function note(
  chart: Chart,
  visit: Visit,
  kind: keyof typeof NOTES,
  lines: readonly string[],
): Reference {
  const type = NOTES[kind]
  return chart.add(
    'DocumentReference',
    {
      status: 'current',
      docStatus: 'final',
      type,
      category: [CLINICAL_NOTE],
      subject: chart.patient,
      date: afterwards(visit, 10),
      author: [visit.clinician.who],
      custodian: HOSPITAL,
      content: [{ attachment: attachment(chart, visit, String(type.text), lines), format: PLAIN_TEXT }],
      context: {
        encounter: [visit.encounter],
        period: { start: during(visit, 0), end: afterwards(visit, 0) },
      },
    },
    { label: visit.label },
  )
}

/** A report that is a text: what was seen, and what it means. */
export type Reading = {
  code: Concept
  category: keyof typeof REPORTS
  lines: readonly string[]
  conclusion: string
  result?: readonly Reference[]
  label?: Label
}

const REPORTS = {
  radiology: concept(LOINC, 'LP29684-5 Radiology'),
  cardiology: concept(LOINC, 'LP29708-2 Cardiology'),
  pathology: concept(LOINC, 'LP7839-6 Pathology'),
}

/** Writes a report on pictures, tracings or tissue. */
export function reading(
  chart: Chart,
  visit: Visit,
  { code, category, lines, conclusion, result }: Reading,
): Reference {
  const reader = category === 'radiology' ? chart.specialist('radiology') : visit.clinician
  return chart.add(
    'DiagnosticReport',
    {
      status: 'final',
      category: [REPORTS[category]],
      code,
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: during(visit, 25),
      issued: during(visit, 90),
      performer: [reader.who],
      resultsInterpreter: [reader.who],
      result,
      conclusion,
      presentedForm: [attachment(chart, visit, String(code.text), [...lines, `Impression: ${conclusion}`])],
    },
    { profile: 'diagnosticreport-note' },
  )
}

function attachment({ person }: Chart, visit: Visit, title: string, lines: readonly string[]) {
  const head = [
    'Alder Valley Hospital',
    title,
    `${fullName(person)}, born ${date(person.birth)}, MRN ${person.mrn}`,
    `${during(visit, 0).slice(0, 16).replace('T', ' ')}, ${visit.place.display}, ${visit.clinician.who.display}`,
  ]
  const text = Buffer.from(`${[...head, '', ...lines].join('\n')}\n`)
  return {
    contentType: 'text/plain; charset=utf-8',
    language: 'en-US',
    data: text.toString('base64'),
    size: text.length,
    title,
    creation: afterwards(visit, 10),
  }
}
