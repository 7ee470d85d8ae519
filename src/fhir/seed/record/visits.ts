import { type Day, moment, workday } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { hl7, type Label, type Reference } from '../codes.ts'
import { CONDITIONS, type ConditionName } from '../facts/conditions.ts'
import type { Specialty } from '../facts/staff.ts'
import { VISITS, type VisitKind } from '../facts/visits.ts'
import { type Clinician, HOSPITAL } from '../site.ts'

/** When and by whom something is observed; at home there is no encounter. */
export type Occasion = { day: Day; minute: number; observer: Reference; encounter?: Reference }

/** An encounter that has been written, and what everything written at it needs. */
export type Visit = Occasion & {
  encounter: Reference
  clinician: Clinician
  place: Reference
  label: Label | undefined
  /** When it ended, or would have. */
  left: { day: Day; minute: number }
}

export type VisitOptions = {
  specialty?: Specialty
  reason?: ConditionName
  /** Of an inpatient stay. */
  nights?: number
  /** A stay that was agreed on before: it begins on a working day. */
  planned?: boolean
  /** The visit it follows on the same day: from the emergency department to the ward. */
  after?: Visit
  /** Still going on at the anchor. */
  open?: boolean
  /** The patient died at its end. */
  fatal?: boolean
  /** The last part of the id. */
  id?: string
}

const ATTENDER = [hl7('v3-ParticipationType', 'ATND attender')]
const HOME = hl7('discharge-disposition', 'home Home')
const EXPIRED = hl7('discharge-disposition', 'exp Expired')
const FROM_OUTPATIENTS = hl7('admit-source', 'outp From outpatient department')
const FROM_EMERGENCY = hl7('admit-source', 'emd From accident/emergency department')

/** Writes an encounter on that day, or on the working day before it when it is not an emergency. */
export function visit(chart: Chart, kind: VisitKind, day: Day, options: VisitOptions = {}): Visit {
  const { random, person } = chart
  const facts = VISITS[kind]
  const label = 'label' in facts ? facts.label : undefined
  const specialty = options.specialty ?? facts.specialty
  const clinician = specialty === 'own' ? chart.doctor : chart.specialist(specialty)
  const planned = options.planned ?? (kind !== 'emergency' && kind !== 'inpatient')
  const start = Math.max(planned ? workday(Math.min(day, chart.now)) : Math.min(day, chart.now), person.birth)
  const minute =
    options.after?.left.minute ?? (planned ? random.whole(32, 64) * 15 : random.whole(7 * 4, 19 * 4) * 15)
  const left = options.nights
    ? { day: start + options.nights, minute: 11 * 60 }
    : { day: start, minute: minute + facts.minutes }
  const period = {
    start: moment(start, minute),
    ...(!options.open && { end: moment(left.day, left.minute) }),
  }
  const place = kind === 'inpatient' ? chart.site.ward(person.index, random) : clinician.place
  const reason = options.reason && CONDITIONS[options.reason]
  const encounter = chart.add(
    'Encounter',
    {
      identifier: [
        {
          use: 'official',
          system: 'https://alder-valley.example/fhir/sid/visit',
          value: `${person.mrn}/${moment(start, minute).slice(0, 16)}`,
        },
      ],
      status: options.open ? 'in-progress' : 'finished',
      class: facts.class,
      type: [facts.type],
      subject: chart.patient,
      participant: [{ type: ATTENDER, period, individual: clinician.who }],
      period,
      reasonCode: reason && [reason.code],
      hospitalization: kind === 'inpatient' ? hospitalization(options) : undefined,
      location: [{ location: place, status: options.open ? 'active' : 'completed' }],
      serviceProvider: HOSPITAL,
    },
    { ...(options.id && { id: options.id }), label: label ?? reason?.label },
  )
  const observer = clinician.who
  return { encounter, day: start, minute, observer, clinician, place, label: label ?? reason?.label, left }
}

function hospitalization({ open, fatal, planned }: VisitOptions) {
  return {
    admitSource: planned ? FROM_OUTPATIENTS : FROM_EMERGENCY,
    ...(!open && { dischargeDisposition: fatal ? EXPIRED : HOME }),
  }
}

/** Measured at home, by the patient or a relative. */
export function atHome(chart: Chart, day: Day, observer: Reference): Occasion {
  return { day, minute: 6 * 60 + 40 + chart.random.whole(0, 50), observer }
}

/** The time so many minutes into a visit. */
export function during(visit: Occasion, minutes: number): string {
  return moment(visit.day, visit.minute + minutes)
}

/** The time so many minutes after a visit, or before its end. */
export function afterwards({ left }: Visit, minutes: number): string {
  return moment(left.day, left.minute + minutes)
}
