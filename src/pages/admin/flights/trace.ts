import type { FhirMessages } from '../../../launches/fhir-messages.ts'
import { mistakeOf } from '../../../launches/flight-mistakes.ts'
import type { FlightStep } from '../../../launches/flights.ts'
import { SECOND } from '../../../lib/time.ts'
import { lookUp } from '../../person.ts'
import type { Words } from '../../words/en.ts'
import type { Badge, Trace } from '../parts.ts'
import type { Section } from '../sheet.ts'
import { discoveryText } from './discovery.ts'
import { fhirCodes, outcomeSentence } from './fhir-messages.ts'
import { answeredCode, messagesOf } from './messages.ts'
import type { Told } from './sections.ts'

/** All steps of a flight, in the order of time. */
export function traceSection(told: Told, words: Words): Section & { trace: Trace } {
  const { flight, steps } = told
  const { trace } = words.admin.flights.one
  const numbers = new Intl.NumberFormat(words.locale)
  const more = flight.steps - steps.length
  const called = steps.some(({ event }) => event === 'fhir')
  const isKept = flight.simulated === undefined || (told.messages?.size ?? 0) > 0
  const notes = [
    ...(more > 0 ? [trace.more(numbers.format(more))] : []),
    // To whoever looks at it here; a link tells nothing of answers.
    ...(called && !isKept && told.messages !== undefined ? [trace.notKept] : []),
  ]
  return {
    heading: trace.heading,
    badge: { text: trace.steps(numbers.format(flight.steps)), tone: '' },
    trace: steps.map((step) => tracedStep(step, told, words)),
    text: notes.length === 0 ? undefined : notes.join(' '),
  }
}

function tracedStep(step: FlightStep, told: Told, words: Words): Trace[number] {
  const { trace, events } = words.admin.flights.one
  const { event, outcome, detail } = step
  const redirectUri = told.steps.find(({ event }) => event === 'request')?.detail.parameters?.redirect_uri
  const messages = told.messages?.get(step.step)
  return {
    title: lookUp(events, event)?.title ?? event,
    failed: outcome === 'refused',
    badges: badgesOf(step, words),
    time: timeOf(step, told.flight.started, words),
    text: sentenceOf(step, messages, words),
    line: messages?.line,
    hint: detail.requestId === undefined ? undefined : trace.requestId(detail.requestId),
    codes: messages === undefined ? messagesOf(step, redirectUri, words) : [],
    folded: foldedOf(step, messages, words),
  }
}

/** What happened, or what was wrong about it; of a FHIR call also what the server said. */
function sentenceOf(step: FlightStep, messages: FhirMessages | undefined, words: Words): string {
  const { event, outcome, reason = '', detail } = step
  const { events, decided } = words.admin.flights.one
  const told = detail.decided === undefined ? lookUp(events, event)?.text : decided[detail.decided]
  const usual = outcome === 'ok' ? told : undefined
  const known = mistakeOf(reason, detail, words.mistakes)?.mistake
  if (event === 'discovery') return discoveryText(detail, words)
  const said = messages === undefined ? undefined : outcomeSentence(messages)
  if (outcome === 'refused' && said !== undefined && known === undefined) return said
  return [known ?? usual ?? detail.description ?? reason, ...(said === undefined ? [] : [said])].join(' ')
}

function foldedOf(
  { detail: { answered } }: FlightStep,
  messages: FhirMessages | undefined,
  words: Words,
): Trace[number]['folded'] {
  const { trace } = words.admin.flights.one
  if (messages !== undefined) return { summary: trace.both, codes: fhirCodes(messages, words) }
  return answered && { summary: trace.answer, codes: [answeredCode(answered, words)] }
}

/** When it was, and of a call how long it took. */
function timeOf({ at, detail: { took } }: FlightStep, started: number, words: Words): string {
  const { trace } = words.admin.flights.one
  const of = (unit: 'second' | 'millisecond', value: number) =>
    new Intl.NumberFormat(words.locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value)
  const after = trace.after(of('second', Math.max(0, at - started) / SECOND))
  return took === undefined ? after : `${after}, ${of('millisecond', took)}`
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
