import type { FhirMessages } from '../../../launches/fhir-messages.ts'
import type { Issued } from '../../../launches/flight-detail.ts'
import type { ToldFlight } from '../../../launches/flight-document.ts'
import { readFlightId } from '../../../launches/flight-id.ts'
import type { Flight, FlightStep, Flights } from '../../../launches/flights.ts'
import type { Act } from '../../../lib/act.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import type { Looks } from '../looks.ts'
import type { Role } from './operation.ts'

export type FlightSightDeps = {
  flights: Pick<Flights, 'show' | 'messages' | 'flush'>
  users: Pick<UserRegistry, 'find'>
  /** Whom one can be in the demo, where passwords are public. */
  demoPeople: () => Promise<{ usernames: readonly string[] } | undefined>
  looks: Looks
}
/** Somebody in the console, or a client (`by`). */
export type Looker = Omit<Act, 'reason'> & { role: Role }
export type SeenFlight = ToldFlight & {
  /** What was said in FHIR calls, by the number of the step. */
  messages: ReadonlyMap<number, FhirMessages>
}

/** In place of what an auditor has no use for. */
export const HIDDEN_CLAIM = '(not shown to auditors)'
/** Claims that say nothing of the user or the record. */
const plainClaims: ReadonlySet<string> = new Set([
  'access_token',
  'id_token',
  'refresh_token',
  'token_type',
  'expires_in',
  'scope',
  'iss',
  'aud',
  'client_id',
  'iat',
  'exp',
  'auth_time',
  'nonce',
  'simulated',
  'need_patient_banner',
  'smart_style_url',
])

/**
 * Whether somebody may be shown what the launches of a user show: nobody sees by the simulator what they would not see
 * by signing in as who they are. In the demo everybody can be its people.
 */
export async function mayWatch(
  looker: Pick<Looker, 'userId'>,
  user: { id: string; username: string },
  { demoPeople }: Pick<FlightSightDeps, 'demoPeople'>,
): Promise<boolean> {
  return looker.userId === user.id || (await demoPeople())?.usernames.includes(user.username) === true
}

/**
 * A flight record as this person may see it.
 * @throws LanyardError `not-found`
 */
export async function seeFlight(
  typed: string,
  looker: Looker,
  { flights, users, demoPeople, looks }: FlightSightDeps,
): Promise<SeenFlight> {
  // What has just happened may not be stored yet.
  await flights.flush()
  const found = await flights.show(readFlightId(typed))
  if (found === undefined)
    throw new LanyardError('not-found', 'There is no such flight record: it may be too old, or mistyped.')
  const { flight, steps } = found
  const patient = looker.role === 'auditor' ? undefined : patientIn(steps)
  looks.note(
    { event: 'flight.read', clientId: flight.clientId, patient, detail: { flight: flight.id } },
    looker,
  )
  if (looker.role === 'auditor') return { flight, steps: steps.map(forAuditor), messages: new Map() }
  return { flight, steps, messages: await messagesFor(flight, looker, { flights, users, demoPeople }) }
}

/** Whose record the app was given, where the steps tell it: those of launches of the simulator do. */
function patientIn(steps: readonly FlightStep[]): string | undefined {
  const patients = steps.flatMap(({ detail }) => detail.issued?.answer?.patient ?? [])
  return patients.find((patient) => typeof patient === 'string')
}

async function messagesFor(
  { id, userId, watched }: Flight,
  looker: Looker,
  { flights, users, demoPeople }: Omit<FlightSightDeps, 'looks'>,
): Promise<SeenFlight['messages']> {
  const user = watched === true && userId !== undefined ? await users.find(userId) : undefined
  const may = user !== undefined && (await mayWatch(looker, user, { demoPeople }))
  return may ? await flights.messages(id) : new Map()
}

/** An auditor sees that there are claims, and what names nobody. */
function forAuditor(step: FlightStep): FlightStep {
  const { issued } = step.detail
  return issued === undefined ? step : { ...step, detail: { ...step.detail, issued: withoutPeople(issued) } }
}

function withoutPeople(issued: Issued): Issued {
  const shown = Object.entries(issued).map(([of, members]) => [
    of,
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => [name, plainClaims.has(name) ? value : HIDDEN_CLAIM]),
    ),
  ])
  return Object.fromEntries(shown) as Issued
}
