/** What the launch simulator can break on purpose, by where it happens. */
export const faultsAt = {
  authorize: ['authorize-access-denied', 'authorize-invalid-scope', 'authorize-server-error'],
  token: ['token-code-expired', 'token-verifier-wrong', 'token-unavailable'],
  fhir: ['fhir-unauthorized', 'fhir-forbidden', 'fhir-broken'],
} as const

export type AuthorizeFault = (typeof faultsAt.authorize)[number]
export type TokenFault = (typeof faultsAt.token)[number]
export type FhirFault = (typeof faultsAt.fhir)[number]
export type Fault = AuthorizeFault | TokenFault | FhirFault

export const faults = [...faultsAt.authorize, ...faultsAt.token, ...faultsAt.fhir] as const

/** A launch of the simulator: with nothing broken, or one thing. A launch that it did not make has none. */
export type Simulation = 'plain' | Fault

/** What an app is told of any of them, in the characters of RFC 6749 §5.2. */
export const onPurpose = 'made on purpose by the simulator of this server'

/** The reason code of a refusal that the simulator asked for; it is no reason of any other. */
export function simulatedReason(fault: Fault): `simulated-${Fault}` {
  return `simulated-${fault}`
}

/** The fault of a launch, if it is one of this place. */
export function faultOf<Place extends keyof typeof faultsAt>(
  place: Place,
  simulated: Simulation | undefined,
): (typeof faultsAt)[Place][number] | undefined {
  const here: readonly (typeof faultsAt)[Place][number][] = faultsAt[place]
  return here.find((fault) => fault === simulated)
}
