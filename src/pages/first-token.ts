import type { Endpoints } from '../smart/discovery.ts'
import type { Words } from './words/en.ts'

/** The backend service that demo mode registers: its client_id, and the file with its private key. */
export type DemoBackend = { clientId: string; keyFile: string }

/** Text of a command; what is run stands out. */
type Part = { text: string } | { verb: string }
type Step = {
  title: string
  text: string
  caption: string
  what: string
  command: Part[]
  /** What the server says to it, as its status and the sentence that matters. */
  answer?: { status: string; text: string }
}

/** Where `lanyard token` looks when nobody names a server. */
const USUAL = 'http://localhost:3000'
/** To the next line of the same command. */
const on: Part = { text: ' \\\n  ' }

/** Commands to paste one after the other: a token, what it opens, and what a smaller one does not open. */
export function firstToken({ landing }: Words, endpoints: Endpoints, backend: DemoBackend): Step[] {
  const { get, read, refuse } = landing.firstToken
  const token = (scope: string): Part[] => [
    { text: 'TOKEN=$(' },
    { verb: 'npx lanyard token' },
    { text: ` --client ${quoted(backend.clientId)} --scope '${scope}'` },
    on,
    { text: `--key ${quoted(backend.keyFile)}` },
    ...(endpoints.issuer === USUAL ? [] : [on, { text: `--server ${quoted(endpoints.issuer)}` }]),
    { text: ')' },
  ]
  const fetched = (path: string): Part[] => [
    { verb: 'curl' },
    { text: ` '${endpoints.fhirBase}${path}'` },
    on,
    { text: '-H "Authorization: Bearer $TOKEN"' },
  ]
  const narrow = [...token('system/Patient.rs'), { text: '\n' }]
  return [
    { ...get, command: token('system/*.rs') },
    { ...read, command: fetched('/Patient?_count=2&_pretty=true') },
    { ...refuse, command: [...narrow, ...fetched('/Observation?category=laboratory')] },
  ]
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
