import { mistakeOf } from '../../../launches/flight-mistakes.ts'
import type { Flight, FlightStep } from '../../../launches/flights.ts'
import { SECOND } from '../../../lib/time.ts'
import { lookUp } from '../../person.ts'
import type { Words } from '../../words/en.ts'
import type { Badge, Trace } from '../parts.ts'
import type { Section } from '../sheet.ts'
import { messagesOf } from './messages.ts'

/** All steps of a flight, in the order of time. */
export function traceSection(flight: Flight, steps: readonly FlightStep[], words: Words): Section {
  const { trace } = words.admin.flights.one
  const redirectUri = steps.find(({ event }) => event === 'request')?.detail.parameters?.redirect_uri
  const numbers = new Intl.NumberFormat(words.locale)
  const more = flight.steps - steps.length
  return {
    heading: trace.heading,
    badge: { text: trace.steps(numbers.format(flight.steps)), tone: '' },
    trace: steps.map((step) => tracedStep(step, flight.started, redirectUri, words)),
    ...(more > 0 ? { text: trace.more(numbers.format(more)) } : {}),
  }
}

function tracedStep(
  step: FlightStep,
  started: number,
  redirectUri: string | undefined,
  words: Words,
): Trace[number] {
  const { trace, events } = words.admin.flights.one
  const { event, outcome, reason = '', detail } = step
  const named = lookUp(events, event)
  const sentence =
    mistakeOf(reason, detail)?.mistake ?? (outcome === 'ok' ? named?.text : undefined) ?? reason
  const time = new Intl.NumberFormat(words.locale, {
    style: 'unit',
    unit: 'second',
    maximumFractionDigits: 1,
  }).format(Math.max(0, step.at - started) / SECOND)
  return {
    title: named?.title ?? event,
    failed: outcome === 'refused',
    badges: badgesOf(step, words),
    time: trace.after(time),
    text: [sentence, ...(detail.requestId === undefined ? [] : [trace.requestId(detail.requestId)])].join(
      ' ',
    ),
    codes: messagesOf(step, redirectUri, words),
  }
}

function badgesOf({ outcome, reason = '', detail }: FlightStep, words: Words): Badge[] {
  const { trace } = words.admin.flights.one
  return [
    ...(reason.startsWith('simulated-') ? [{ text: trace.simulated, tone: 'warn' as const }] : []),
    ...(detail.status === undefined
      ? []
      : [{ text: String(detail.status), tone: outcome === 'ok' ? ('ok' as const) : ('danger' as const) }]),
    ...(outcome === 'refused' ? [{ text: trace.refused, tone: 'danger' as const, mark: 'stop' }] : []),
  ]
}
