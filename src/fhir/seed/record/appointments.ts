import { type Day, moment, workday } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { hl7, type Reference } from '../codes.ts'
import type { Clinician } from '../site.ts'
import { slot, specialtyOf } from '../site-resources.ts'

const FOLLOW_UP = hl7('v2-0276', 'FOLLOWUP A follow up visit from a previous appointment')
const CHECK_UP = hl7('v2-0276', 'CHECKUP A routine check-up, such as an annual physical')

/** Writes an appointment and the slot it takes; past ones were kept, missed or called off. */
export function appointment(
  chart: Chart,
  clinician: Clinician,
  wanted: Day,
  reason: string | undefined,
): Reference {
  const { random, site, today } = chart
  const day = workday(wanted)
  const minute = site.book(clinician, day, random.whole(17, 31) * 30)
  const past = day < today
  const status = past
    ? random.weighted([
        [82, 'fulfilled'],
        [10, 'noshow'],
        [8, 'cancelled'],
      ] as const)
    : random.weighted([
        [85, 'booked'],
        [15, 'pending'],
      ] as const)
  const taken = slot(clinician, day, minute, status === 'cancelled' ? 'free' : 'busy')
  chart.resources.push(taken)
  const attends = (actor: Reference, answer = 'accepted') => ({ actor, required: 'required', status: answer })
  return chart.add(
    'Appointment',
    {
      status,
      cancelationReason:
        status === 'cancelled' ? hl7('appointment-cancellation-reason', 'pat Patient') : undefined,
      specialty: [specialtyOf(clinician)],
      appointmentType: reason ? FOLLOW_UP : CHECK_UP,
      reasonCode: reason ? [{ text: reason }] : undefined,
      description: reason ?? 'Check-up',
      start: taken.start,
      end: taken.end,
      minutesDuration: 30,
      slot: [{ reference: `Slot/${taken.id}` }],
      created: moment(Math.min(day, today) - random.whole(8, 40), random.whole(17, 33) * 30),
      participant: [
        attends(
          chart.patient,
          status === 'pending' ? 'needs-action' : status === 'cancelled' ? 'declined' : 'accepted',
        ),
        attends(clinician.who),
        attends(clinician.place),
      ],
    },
    { label: clinician.specialty === 'psychiatry' ? 'mental' : undefined },
  )
}
