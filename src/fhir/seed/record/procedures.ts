import { type Day, date, YEAR } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { concept, type Reference, SNOMED } from '../codes.ts'
import { IMPLANTS, type ImplantName, PROCEDURES, type ProcedureName } from '../facts/procedures.ts'
import { TESTS, type TestName } from '../facts/tests.ts'
import { observe, quantity } from './observations.ts'
import { during, type Visit } from './visits.ts'

type ProcedureOptions = { reason?: Reference; minutes?: number; basedOn?: Reference }

/** Writes something done at a visit. */
export function procedure(
  chart: Chart,
  visit: Visit,
  name: ProcedureName,
  { reason, minutes = 30, basedOn }: ProcedureOptions = {},
): Reference {
  return chart.add(
    'Procedure',
    {
      basedOn: basedOn && [basedOn],
      status: 'completed',
      code: PROCEDURES[name],
      subject: chart.patient,
      encounter: visit.encounter,
      performedPeriod: { start: during(visit, 15), end: during(visit, 15 + minutes) },
      recorder: visit.clinician.who,
      performer: [{ actor: visit.clinician.who }],
      location: visit.place,
      reasonReference: reason && [reason],
    },
    { label: visit.label },
  )
}

const ORDERS = {
  imaging: concept(SNOMED, '363679005 Imaging'),
  test: concept(SNOMED, '103693007 Diagnostic procedure'),
  social: concept(SNOMED, '410606002 Social service procedure'),
  therapy: concept(SNOMED, '277132007 Therapeutic procedure'),
}

/** Writes an order or a referral. */
export function order(
  chart: Chart,
  visit: Visit,
  kind: keyof typeof ORDERS,
  name: ProcedureName,
  reason: Reference | undefined = undefined,
  status: 'active' | 'completed' = 'completed',
): Reference {
  return chart.add(
    'ServiceRequest',
    {
      status,
      intent: 'order',
      category: [ORDERS[kind]],
      code: PROCEDURES[name],
      subject: chart.patient,
      encounter: visit.encounter,
      occurrenceDateTime: during(visit, 12),
      authoredOn: during(visit, 10),
      requester: visit.clinician.who,
      reasonReference: reason && [reason],
    },
    { label: visit.label },
  )
}

/** Writes measurements outside the laboratory: spirometry, tracings, echo, examination. */
export function tests(chart: Chart, visit: Visit, found: Partial<Record<TestName, number>>): Reference[] {
  return (Object.entries(found) as [TestName, number][]).map(([name, value]) => {
    const { code, category, ucum, decimals } = TESTS[name]
    const profile =
      category === 'procedure' || category === 'imaging'
        ? 'observation-clinical-result'
        : 'simple-observation'
    const says = { valueQuantity: quantity(value, ucum, decimals) }
    return observe(chart, visit, { code, categories: [category], profile, minutes: 20, says })
  })
}

/** Writes the card of an implant put in on that day. */
export function implant(chart: Chart, name: ImplantName, day: Day): Reference {
  const { type, gtin, maker, model } = IMPLANTS[name]
  const compact = (date: string) => date.slice(2).replaceAll('-', '')
  const made = date(day - 200)
  const expires = date(day + Math.round(4 * YEAR))
  const lot = `L${(day % 9000) + 1000}`
  const serial = String(60_000_000 + ((day * 7919 + chart.person.index * 31) % 9_999_991))
  return chart.add('Device', {
    udiCarrier: [
      {
        deviceIdentifier: gtin,
        issuer: 'http://hl7.org/fhir/NamingSystem/gs1-di',
        jurisdiction: 'http://hl7.org/fhir/NamingSystem/fda-udi',
        carrierHRF: `(01)${gtin}(11)${compact(made)}(17)${compact(expires)}(10)${lot}(21)${serial}`,
      },
    ],
    status: 'active',
    manufacturer: maker,
    manufactureDate: made,
    expirationDate: expires,
    lotNumber: lot,
    serialNumber: serial,
    deviceName: [{ name: model, type: 'model-name' }],
    type,
    patient: chart.patient,
  })
}
