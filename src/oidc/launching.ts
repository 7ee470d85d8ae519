import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Audit } from '../audit/audit.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { Seal } from '../keys/seal.ts'
import type { KeyRing } from '../keys/signing-keys.ts'
import type { Consents } from '../launches/consents.ts'
import type { DiscoveryTrail } from '../launches/discovery-trail.ts'
import type { Flights } from '../launches/flights.ts'
import type { LaunchGrants } from '../launches/grants.ts'
import type { LaunchHandles } from '../launches/handles.ts'
import type { Clock } from '../lib/time.ts'
import type { Log } from '../observe/log.ts'
import type { Endpoints } from '../smart/discovery.ts'
import type { Vocabulary } from '../smart/scope.ts'
import type { Database } from '../store/database.ts'
import type { UserRegistry } from '../users/registry.ts'
import type { Visible } from './authorize/context.ts'
import { authorizeEndpoint } from './authorize/endpoint.ts'
import { createGranting } from './authorize/granting.ts'
import { promptPolicy } from './authorize/prompts.ts'
import { buildProvider, type SignOutPage } from './authorize/provider.ts'
import { checkSmartParameters } from './authorize/request-parameters.ts'
import { createSessions, currentSession } from './authorize/sessions.ts'
import { createSignInSteps } from './authorize/steps.ts'

export type LaunchingDeps = {
  db: Database
  clock: Clock
  log: Log
  seal: Seal
  ring: () => KeyRing
  clients: ClientRegistry
  users: Pick<UserRegistry, 'find'>
  handles: LaunchHandles
  grants: LaunchGrants
  consents: Consents
  flights: Flights
  trail: DiscoveryTrail
  smartConfiguration: Readonly<Record<string, unknown>>
  audit: Audit
  vocabulary: Vocabulary
  endpoints: Endpoints
  visible: Visible
  framed: boolean
  /** Where the look of the server is told (CTX-07). */
  styleUrl: () => string
  signOutPage: SignOutPage
  signedOutPage: (ctx: KoaContextWithOIDC) => void
}

/** The parts that lead from an authorization request to a code, put together. */
export function launching(deps: LaunchingDeps) {
  const { users, flights, endpoints } = deps
  const { issuer, fhirBase } = endpoints
  const grant = createGranting({
    ...deps,
    standing: () => ({ need_patient_banner: true, smart_style_url: deps.styleUrl() }),
  })
  const policy = promptPolicy({ ...deps, grant })
  const checkParameters = checkSmartParameters({
    ...deps,
    fhirBase,
    told: tellFlight(flights),
    otherCame: tellSimulated(flights),
  })
  const cookieKeys = [deps.seal.secretFor('cookies')]

  // Built anew when the signing keys change; all state is in the database.
  let built: { ring: KeyRing; provider: Provider } | undefined
  const provider = (): Provider => {
    const ring = deps.ring()
    if (built?.ring !== ring) {
      const idTokenKeys = ring
        .all('RS256')
        .map(({ kid, key }) => ({ ...key.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }))
      const isActive = async (id: string) => (await users.find(id))?.status === 'active'
      built = {
        ring,
        provider: buildProvider({
          ...deps,
          issuer,
          fhirBase,
          idTokenKeys,
          cookieKeys,
          policy,
          checkParameters,
          isActive,
          sessionBegun,
        }),
      }
    }
    return built.provider
  }

  const sessions = { ...createSessions(deps), current: currentSession(provider) }
  const sessionBegun = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { session } = ctx.oidc
    if (session?.accountId === undefined) return
    await sessions.begun({ uid: session.uid, userId: session.accountId }, ctx.ip, ctx.get('user-agent'))
  }
  return {
    cookieKeys,
    sessions,
    steps: createSignInSteps({ ...deps, provider, sessions }),
    authorize: authorizeEndpoint({ ...deps, fhirBase, provider, sessions }),
  }
}

/** What of the request the app cannot get, for its developer. */
function tellFlight(flights: Pick<Flights, 'note'>): Parameters<typeof checkSmartParameters>[0]['told'] {
  return (ctx, { notGranted, reason }) =>
    flights.note(ctx.state.flight, { event: 'authorize', outcome: 'ok', reason, detail: { notGranted } })
}

/** Which other app came with a launch: whoever made it looks there, and the app is told no more than before. */
function tellSimulated(
  flights: Pick<Flights, 'note'>,
): Parameters<typeof checkSmartParameters>[0]['otherCame'] {
  return ({ state, oidc }, flightId) =>
    flights.note(flightId, {
      event: 'authorize',
      outcome: 'refused',
      reason: 'launch-other-client',
      detail: { asker: oidc.client?.clientId, requestId: state.requestId },
    })
}
