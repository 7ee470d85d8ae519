import { type Day, date, moment, workday } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { hl7, type Reference } from '../codes.ts'
import type { AllergenName } from '../facts/allergies.ts'
import { CONDITIONS } from '../facts/conditions.ts'
import { AT_HOME, FORMULARY, MEDICINES, type Medicine, type MedicineName } from '../facts/medicines.ts'
import { slug } from '../facts/names.ts'
import { quantity } from './observations.ts'
import { afterwards, during, type Visit } from './visits.ts'

const PHARMACY = { reference: 'Organization/hilltop-pharmacy', display: 'Hilltop Pharmacy' }

/** Nobody gets what they are allergic to: what to give instead. */
const INSTEAD: Partial<Record<MedicineName, readonly [MedicineName, ...AllergenName[]]>> = {
  amoxicillin: ['azithromycin', 'penicillin', 'amoxicillin'],
  amoxicillinLiquid: ['azithromycin', 'penicillin', 'amoxicillin'],
  ibuprofen: ['acetaminophen', 'ibuprofen'],
}

export type PrescribeOptions = {
  /** The condition it is for, when that was written before. */
  reason?: Reference
  /** What it is for, in words, when no condition says it. */
  because?: string
  /** Stopped early on that day, and why. */
  stopped?: { on: Day; why: string }
  /** Ended as planned, although it could be refilled. */
  ended?: boolean
  /** Whether the pharmacy has handed it over; left out: mostly. */
  dispensed?: boolean
}

/** Prescribes at a visit, or the alternative when the patient is allergic; the pharmacy mostly hands it over. */
export function prescribe(
  chart: Chart,
  visit: Visit,
  wanted: MedicineName,
  options: PrescribeOptions = {},
): Reference {
  const [substitute, ...allergens] = INSTEAD[wanted] ?? []
  const name =
    substitute && allergens.some((one) => chart.allergies.has(one as AllergenName)) ? substitute : wanted
  const medicine = MEDICINES[name]
  const over = options.ended || (medicine.refills === 0 && visit.left.day + medicine.days <= chart.now)
  const order = chart.add(
    'MedicationRequest',
    {
      status: options.stopped ? 'stopped' : over ? 'completed' : 'active',
      statusReason: options.stopped && { text: options.stopped.why },
      intent: 'order',
      category: [AT_HOME],
      reportedBoolean: false,
      ...medication(name),
      subject: chart.patient,
      encounter: visit.encounter,
      authoredOn: afterwards(visit, -5),
      requester: visit.clinician.who,
      reasonCode: options.reason ? undefined : reasonInWords(medicine, options.because),
      reasonReference: options.reason && [options.reason],
      dosageInstruction: [dosage(medicine)],
      dispenseRequest: {
        numberOfRepeatsAllowed: medicine.refills,
        quantity: supply(medicine),
        expectedSupplyDuration: quantity(medicine.days, 'd'),
      },
    },
    { label: medicine.label },
  )
  if (options.dispensed ?? chart.random.chance(0.6)) dispense(chart, visit, name, order)
  return order
}

function reasonInWords({ reason }: Medicine, because: string | undefined) {
  if (because) return [{ text: because }]
  return reason && [CONDITIONS[reason].code]
}

function dispense(chart: Chart, visit: Visit, name: MedicineName, order: Reference): void {
  const medicine = MEDICINES[name]
  const { day, minute } = visit.left
  const on = Math.min(day + chart.random.whole(0, 2), chart.now)
  const handedOver = on > day ? moment(on, 600 + chart.random.whole(0, 30) * 15) : moment(day, minute + 60)
  chart.add(
    'MedicationDispense',
    {
      status: 'completed',
      ...medication(name),
      subject: chart.patient,
      context: visit.encounter,
      performer: [{ actor: PHARMACY }],
      authorizingPrescription: [order],
      type: hl7('v3-ActCode', 'FF First Fill'),
      quantity: supply(medicine),
      daysSupply: quantity(medicine.days, 'd'),
      whenHandedOver: handedOver,
      dosageInstruction: [dosage(medicine)],
    },
    { label: medicine.label },
  )
}

/** What the patient says they take, bought without a prescription. */
export function taking(chart: Chart, visit: Visit, name: MedicineName): void {
  chart.add('MedicationStatement', {
    status: 'active',
    ...medication(name),
    subject: chart.patient,
    context: visit.encounter,
    effectivePeriod: { start: date(workday(visit.day - 40)) },
    dateAsserted: during(visit, 6),
    informationSource: chart.patient,
    dosage: [dosage(MEDICINES[name])],
  })
}

function medication(name: MedicineName): Record<string, unknown> {
  const { code } = MEDICINES[name]
  return FORMULARY.includes(name)
    ? { medicationReference: { reference: `Medication/formulary-${slug(name)}`, display: code.text } }
    : { medicationCodeableConcept: code }
}

function supply({ dose, times, days, form }: Medicine) {
  return form.pack ? { value: 1, ...form.pack } : { value: dose * Math.max(times, 1) * days, ...form.unit }
}

const OFTEN = ['as needed', 'once daily', 'twice daily', 'three times daily']

/** The dosage as a sentence and as data. */
function dosage({ dose, times, form }: Medicine) {
  const amount = `${dose} ${form.unit.unit}${form.plural && dose > 1 ? 's' : ''}`
  return {
    text: `${form.verb} ${amount} ${form.where} ${OFTEN[times]}`,
    ...(times
      ? { timing: { repeat: { frequency: times, period: 1, periodUnit: 'd' } } }
      : { asNeededBoolean: true }),
    route: form.route,
    doseAndRate: [{ doseQuantity: { value: dose, ...form.unit } }],
  }
}
