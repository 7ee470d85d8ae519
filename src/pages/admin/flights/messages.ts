import type { StepDetail } from '../../../launches/flight-detail.ts'
import type { FlightStep } from '../../../launches/flights.ts'
import type { Words } from '../../words/en.ts'
import type { Code } from '../parts.ts'

type Pieces = Code['pieces']

const AUTHORIZE = 'GET /oauth2/authorize'
const TOKEN = 'POST /oauth2/token'
/** What the record says in place of a secret. */
const hiddenForm = /^\(\d+ characters\)$/

/**
 * The messages of a step, as far as the record has them: what was sent, what was answered, secrets by their length.
 * @param redirectUri where the app of this flight gets its answers
 */
export function messagesOf(step: FlightStep, redirectUri: string | undefined, words: Words): Code[] {
  const { event, outcome, detail } = step
  const { request, response } = words.admin.flights.one.trace
  const { parameters, sent, error, description, issued } = detail
  const told = (caption: string, pieces: Pieces): Code => ({
    caption,
    what: words.admin.flights.one.trace.copy,
    pieces,
  })
  const codes: Code[] = []
  if (event === 'launch' && parameters !== undefined)
    codes.push(told(request, withQuery(`GET ${sent ?? ''}`, parameters)))
  if (event === 'request' && parameters !== undefined)
    codes.push(told(request, withQuery(AUTHORIZE, parameters)))
  if ((event === 'token' || event === 'refresh' || event === 'exchange') && parameters !== undefined)
    codes.push(told(request, withForm(TOKEN, parameters)))
  if (event === 'fhir' && detail.interaction !== undefined)
    codes.push(told(request, [{ text: detail.interaction, as: 'b' }, { text: ` ${detail.type ?? ''}` }]))
  if (event === 'code') codes.push(told(response, backTo(redirectUri, { code: '…', state: '…' })))
  if (error !== undefined) {
    const said = { error, ...(description === undefined ? {} : { error_description: description }) }
    codes.push(told(response, refusalOf(step, said, redirectUri, words)))
  }
  if (issued?.answer !== undefined && outcome === 'ok') codes.push(told(response, json(issued.answer)))
  return [...codes, ...compared(event, detail, words)]
}

/** The token endpoint answers with JSON; the authorization endpoint sends the browser back, if it may, or stops it. */
function refusalOf(
  { event, detail: { status } }: FlightStep,
  said: Readonly<Record<string, string>>,
  redirectUri: string | undefined,
  words: Words,
): Pieces {
  if (event === 'token' || event === 'refresh') return json(said, 'mark')
  if (status === undefined || status < 400) return backTo(redirectUri, said)
  const { toPerson } = words.admin.flights.one.trace
  return [{ text: `${status}\n`, as: 'b' }, ...json(said, 'mark'), { text: `\n${toPerson}`, as: 'i' }]
}

/** A document that was answered, as JSON. */
export function answeredCode(answered: Readonly<Record<string, unknown>>, words: Words): Code {
  const { response, copy } = words.admin.flights.one.trace
  return { caption: response, what: copy, pieces: [{ text: JSON.stringify(answered, null, 2) }] }
}

/** What the developer of the app should compare. */
function compared(event: string, { sent, expected }: StepDetail, words: Words): Code[] {
  const { trace } = words.admin.flights.one
  if (event === 'launch') return []
  return [
    ...(sent === undefined
      ? []
      : [{ caption: trace.sent, what: trace.copy, pieces: [{ text: sent, as: 'mark' as const }] }]),
    ...(expected === undefined || expected.length === 0
      ? []
      : [{ caption: trace.expected, what: trace.copy, pieces: [{ text: expected.join('\n') }] }]),
  ]
}

function withQuery(verb: string, parameters: Readonly<Record<string, string>>): Pieces {
  return [
    { text: verb, as: 'b' },
    ...Object.entries(parameters).flatMap(([name, value], index) => [
      { text: `\n  ${index === 0 ? '?' : '&'}${name}=` },
      shown(value),
    ]),
  ]
}

function withForm(verb: string, parameters: Readonly<Record<string, string>>): Pieces {
  return [
    { text: verb, as: 'b' },
    ...Object.entries(parameters).flatMap(([name, value], index) => [
      { text: `\n${index === 0 ? '' : '&'}${name}=` },
      shown(value),
    ]),
  ]
}

function backTo(redirectUri: string | undefined, parameters: Readonly<Record<string, string>>): Pieces {
  return withQuery(`303 See Other\nLocation: ${redirectUri ?? '…'}`, parameters)
}

function json(members: Readonly<Record<string, unknown>>, as?: 'mark'): Pieces {
  const lines = Object.entries(members).flatMap(([name, value], index) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const piece =
      typeof value === 'string' && hiddenForm.test(text) ? shown(text) : { text: JSON.stringify(value) }
    return [
      { text: index === 0 ? '{\n  ' : ',\n  ' },
      { text: JSON.stringify(name), as: 'b' as const },
      { text: ': ' },
      as === undefined ? piece : { ...piece, as },
    ]
  })
  return [...lines, { text: '\n}' }]
}

function shown(value: string): Pieces[number] {
  return hiddenForm.test(value) || value === '…' ? { text: value, as: 'i' } : { text: value }
}
