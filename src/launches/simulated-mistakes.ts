import { type Fault, faults, simulatedReason } from '../smart/fault.ts'
import type { Mistake } from './authorize-mistakes.ts'

const said: Readonly<Record<Fault, string>> = {
  'authorize-access-denied': 'the authorization endpoint answered access_denied, as if the user had said no',
  'authorize-invalid-scope':
    'the authorization endpoint answered invalid_scope, as if nothing could be granted',
  'authorize-server-error': 'the authorization endpoint answered server_error, as if this server had failed',
  'token-code-expired': 'the token endpoint answered invalid_grant, as if the code had come too late',
  'token-verifier-wrong': 'the token endpoint answered invalid_grant, as if code_verifier did not fit',
  'token-unavailable': 'the token endpoint answered 503, as if this server could not be reached',
  'fhir-unauthorized': 'the FHIR server answered 401, as if the access token had expired',
  'fhir-forbidden': 'the FHIR server answered 403, as if no scope covered the call',
  'fhir-broken': 'the FHIR server answered 500, as if something had failed there',
}

const advice =
  'Nothing is wrong with the app so far. Look at what it tells its user now, and whether it can go on from there.'

type SimulatedReason = ReturnType<typeof simulatedReason>

/** What the launch simulator broke on purpose. */
export const simulatedMistakes = Object.fromEntries(
  faults.map((fault) => [simulatedReason(fault), { mistake: `Simulated error: ${said[fault]}.`, advice }]),
) as Record<SimulatedReason, Mistake>
