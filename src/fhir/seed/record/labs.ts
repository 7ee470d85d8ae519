import type { Chart } from '../chart.ts'
import { type Concept, codingOf, concept, hl7, type Label, type Reference, SNOMED } from '../codes.ts'
import { PANELS, type Panel, type PanelName } from '../facts/labs.ts'
import { type Given, LABORATORY, result } from './results.ts'
import { during, type Visit } from './visits.ts'

const ORDER_CATEGORY = [concept(SNOMED, '108252007 Laboratory procedure')]
const SEVERAL = concept(SNOMED, '15220000 Laboratory test')
const REPORT_CATEGORY = [hl7('v2-0074', 'LAB Laboratory')]

/**
 * Orders panels, draws what they need, and reports every test with its flag. `given` are levels of this day
 * only (an infection, a loss of iron) instead of the body's own.
 */
export function labs(chart: Chart, visit: Visit, names: readonly PanelName[], given: Given = {}): void {
  const panels = names.map((name) => PANELS[name])
  // A restricted test has an order of its own, so that the other order does not tell of it.
  const orders = new Map<Label | undefined, Reference>()
  for (const label of new Set(panels.map((panel) => panel.label))) {
    const codes = panels.filter((panel) => panel.label === label).map((panel) => panel.code)
    orders.set(label, order(chart, visit, codes, label))
  }
  const specimens = new Map<Concept, Reference>()
  for (const { specimen } of panels) {
    if (!specimens.has(specimen)) specimens.set(specimen, collect(chart, visit, specimen))
  }
  const levels = { ...given }
  for (const panel of panels) {
    const specimen = specimens.get(panel.specimen) as Reference
    const results = panel.tests.map((test) => result(chart, visit, test, levels, specimen))
    report(chart, visit, panel, { order: orders.get(panel.label) as Reference, specimen, results })
  }
}

function order(chart: Chart, visit: Visit, codes: Concept[], label: Label | undefined): Reference {
  const [only, ...others] = codes
  return chart.add(
    'ServiceRequest',
    {
      status: 'completed',
      intent: 'order',
      category: ORDER_CATEGORY,
      ...(others.length ? { code: SEVERAL, orderDetail: codes } : { code: only }),
      subject: chart.patient,
      encounter: visit.encounter,
      occurrenceDateTime: during(visit, 10),
      authoredOn: during(visit, 8),
      requester: visit.clinician.who,
    },
    { label },
  )
}

function collect(chart: Chart, visit: Visit, type: Concept): Reference {
  const number = `${visit.day}-${chart.person.mrn.slice(4)}-${codingOf(type).code.slice(-3)}`
  return chart.add('Specimen', {
    identifier: [{ system: 'https://alder-valley.example/fhir/sid/specimen', value: number }],
    status: 'available',
    type,
    subject: chart.patient,
    receivedTime: during(visit, 60),
    collection: { collector: visit.clinician.who, collectedDateTime: during(visit, 12) },
  })
}

type Outcome = { order: Reference; specimen: Reference; results: Reference[] }

function report(
  chart: Chart,
  visit: Visit,
  { code, label }: Panel,
  { order, specimen, results }: Outcome,
): void {
  chart.add(
    'DiagnosticReport',
    {
      basedOn: [order],
      status: 'final',
      category: REPORT_CATEGORY,
      code,
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: during(visit, 12),
      issued: during(visit, 190),
      performer: [LABORATORY],
      specimen: [specimen],
      result: results,
    },
    { label },
  )
}
