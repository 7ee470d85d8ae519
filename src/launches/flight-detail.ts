import type { NotGranted } from '../smart/asked-scopes.ts'

/** What is told about a step, as it is handed in. */
export type NewStepDetail = {
  /** What the request asked, as it came; it is redacted before it is kept. */
  parameters?: Iterable<readonly [name: string, value: string]> | undefined
  /** The address that was sent to, or was wrong, and those that would have been right. */
  sent?: string | undefined
  expected?: readonly string[] | undefined
  /** The client_id of another app, which came with a launch of this one. */
  asker?: string | undefined
  /** The scopes that were granted, and those that were not. */
  granted?: string | undefined
  notGranted?: readonly NotGranted[] | undefined
  /** Of a consent: by the person now or before, or by the registration of the app. */
  decided?: 'now' | 'before' | 'registration' | undefined
  /** Of a FHIR call; never an id. `status` also of the token endpoint. */
  interaction?: string | undefined
  type?: string | undefined
  status?: number | undefined
  /** The word of OAuth that the app was told, with the sentence beside it. */
  error?: string | undefined
  description?: string | undefined
  /** What the app was given, without what opens anything: of launches of the simulator only, as it names people. */
  issued?: Issued | undefined
  /** Of discovery: what was read, by a page of which site, how long before the app's request, and what it says. */
  asked?: 'smart-configuration' | 'metadata' | undefined
  origin?: string | undefined
  /** Milliseconds. */
  before?: number | undefined
  answered?: Readonly<Record<string, unknown>> | undefined
  /** How long a FHIR call of a simulated launch took, in milliseconds. */
  took?: number | undefined
  /** Leads to the lines of this request in the log and in the audit. */
  requestId?: string | undefined
}
/** The members of the answer and the claims of the tokens in it, by their names. */
export type Issued = Readonly<
  Partial<Record<'answer' | 'access_token' | 'id_token', Readonly<Record<string, unknown>>>>
>
/** The same as it is stored. */
export type StepDetail = Omit<NewStepDetail, 'parameters'> & {
  parameters?: Readonly<Record<string, string>> | undefined
}

/** Parameters whose value explains a launch and gives nothing away, and how many characters of it are kept. */
const told: ReadonlyMap<string, number> = new Map([
  ['scope', 2000],
  ['iss', 500],
  ['client_id', 100],
  ['redirect_uri', 500],
  ['aud', 500],
  ['resource', 500],
  ['response_type', 50],
  ['response_mode', 50],
  ['code_challenge_method', 50],
  ['prompt', 50],
  ['max_age', 50],
  ['grant_type', 100],
  ['client_assertion_type', 100],
  ['subject_token_type', 100],
  ['requested_token_type', 100],
  ['audience', 500],
])
/** Of lists that a stranger fills: entries, and characters of each. */
const LIST = 50
const TEXT = 500

/**
 * The parameters of a request as a record may hold them. Of those that are not known to be harmless (`code`,
 * `state`, `launch`, `login_hint`, tokens, secrets, whatever an app makes up) only the length is told, so that none
 * is forgotten here.
 */
export function redacted(
  parameters: Iterable<readonly [name: string, value: string]>,
): Record<string, string> {
  const shown = new Map<string, string>()
  for (const [name, value] of parameters) {
    if (shown.has(name)) shown.set(name, '(sent more than once)')
    else if (shown.size < LIST) shown.set(cut(name, 50), shownValue(name, value))
  }
  return Object.fromEntries(shown)
}

function shownValue(name: string, value: string): string {
  const most = told.get(name)
  return most === undefined ? `(${value.length} characters)` : cut(value, most)
}

/** A detail that is safe to store: redacted, and of bounded length. */
export function storable({
  parameters,
  sent,
  expected,
  granted,
  notGranted,
  issued,
  description,
  ...rest
}: NewStepDetail): StepDetail {
  return {
    ...rest,
    parameters: parameters === undefined ? undefined : redacted(parameters),
    sent: sent === undefined ? undefined : cut(sent, TEXT),
    expected: expected?.slice(0, LIST).map((address) => cut(address, TEXT)),
    granted: granted === undefined ? undefined : cut(granted, 2000),
    notGranted: notGranted?.slice(0, LIST).map(shortened),
    issued: issued === undefined ? undefined : boundedIssued(issued),
    description: description === undefined ? undefined : cut(description, TEXT),
  }
}

/** A claim that is too long to be read is told by its beginning. */
function boundedIssued(issued: Issued): Issued {
  const bounded = Object.entries(issued).map(([of, members]) => [
    of,
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => {
        const text = JSON.stringify(value) ?? ''
        return [name, text.length <= 2000 ? value : cut(text, 2000)]
      }),
    ),
  ])
  return Object.fromEntries(bounded) as Issued
}

function shortened({ scope, reason, sentence }: NotGranted): NotGranted {
  return { scope: cut(scope, 200), reason, sentence: cut(sentence, 500) }
}

/** What a stranger sent, at a bounded length and without what would confuse a terminal or a database. */
export function cut(text: string, most: number): string {
  const shown = text.slice(0, most).replace(/\p{Cc}/gu, '?')
  return text.length <= most ? shown : `${shown}… (${text.length} characters)`
}
