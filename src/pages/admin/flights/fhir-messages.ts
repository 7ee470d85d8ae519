import type { FhirMessages, Message } from '../../../launches/fhir-messages.ts'
import { parseJson } from '../../../lib/json.ts'
import type { Words } from '../../words/en.ts'
import type { Code } from '../parts.ts'

type Pieces = Code['pieces']

/** What was sent and answered in a FHIR call. */
export function fhirCodes({ line, status, request, response }: FhirMessages, { admin }: Words): Code[] {
  const { trace } = admin.flights.one
  const code = (caption: string, first: string, message: Message): Code => ({
    caption,
    what: trace.copy,
    pieces: [{ text: first, as: 'b' }, ...headerPieces(message), ...bodyPieces(message, trace.cut)],
  })
  return [code(trace.request, line, request), code(trace.response, String(status), response)]
}

/** The sentences of an OperationOutcome, if that is what was answered. */
export function outcomeSentence({ response: { body = '', whole } }: FhirMessages): string | undefined {
  const read = whole === undefined ? parseJson(body) : { problem: 'cut' }
  if ('problem' in read) return undefined
  const { resourceType, issue } = (read.value ?? {}) as { resourceType?: unknown; issue?: unknown }
  if (resourceType !== 'OperationOutcome' || !Array.isArray(issue)) return undefined
  const said = issue.flatMap((one: { diagnostics?: unknown }) =>
    typeof one?.diagnostics === 'string' ? [one.diagnostics] : [],
  )
  return said.length === 0 ? undefined : said.join(' ')
}

function headerPieces({ headers }: Message): Pieces {
  return headers.map(([name, value]) => ({ text: `\n${name}: ${value}` }))
}

function bodyPieces({ body, whole }: Message, cut: (characters: number) => string): Pieces {
  if (body === undefined) return []
  const end = whole === undefined ? [] : [{ text: `\n… ${cut(whole)}`, as: 'i' as const }]
  return [{ text: `\n\n${body}` }, ...end]
}
