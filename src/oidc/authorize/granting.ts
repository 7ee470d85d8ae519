import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Client } from '../../clients/registry.ts'
import type { Consents, RememberedConsent } from '../../launches/consents.ts'
import { type Duration, longestFor, shorterOf } from '../../launches/durations.ts'
import type { Flights } from '../../launches/flights.ts'
import type { LaunchGrant, LaunchGrants } from '../../launches/grants.ts'
import type { LaunchHandles } from '../../launches/handles.ts'
import { type NotGranted, notGranted } from '../../smart/asked-scopes.ts'
import { grantedBefore, needsConsent } from '../../smart/consent-ticks.ts'
import type { LaunchContext } from '../../smart/launch-context.ts'
import { formatScopes, parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { narrow } from '../../smart/scope-algebra.ts'
import { isInContext } from './context.ts'
import type { StepResults } from './prompts.ts'
import { launchRefused } from './provider-error.ts'
import type { LaunchRequest } from './request.ts'

type Deps = {
  grants: Pick<LaunchGrants, 'create'>
  consents: Pick<Consents, 'find'>
  handles: Pick<LaunchHandles, 'burn'>
  flights: Pick<Flights, 'note' | 'bind'>
  vocabulary: Vocabulary
  /** Context members that every launch has (CTX-06, CTX-07). */
  standing: () => LaunchContext
}

/** What was decided about a request, by whomever. */
type Decision = {
  granted: readonly Scope[]
  duration: Duration
  decided: 'now' | 'before' | 'registration'
  /** What was decided before, if nobody is asked now. */
  remembered?: RememberedConsent
}

/**
 * Grants a launch, once it is decided, and tells oidc-provider, which then issues the code.
 * @returns false if the user must be asked
 * @throws errors of oidc-provider: nothing is left to grant, or the EHR's handle was used meanwhile
 */
export function createGranting(deps: Deps) {
  return async (ctx: KoaContextWithOIDC, request: LaunchRequest): Promise<boolean> => {
    const decision = await decisionOf(ctx, request, deps)
    if (decision === undefined) return false
    if (!('context' in request.context) || 'missing' in request.context)
      throw new Error('a launch without its context')
    const { context } = request.context
    const granted = decision.granted.filter((scope) => isInContext(scope, context))
    if (granted.length === 0)
      throw new errors.AccessDenied('nothing of what was asked was chosen', 'picker-cancelled')
    const refresh = refreshOf(granted)
    const wanted = {
      clientId: request.client.id,
      userId: request.user.id,
      scope: formatScopes(granted),
      context: { ...deps.standing(), ...context },
      refresh,
      sessionUid: ctx.oidc.session?.uid,
      // Without a refresh token there is nothing to go on with after the access token.
      duration:
        refresh === undefined
          ? 'hour'
          : // An admin may have shortened it since it was decided.
            shorterOf(decision.duration, longestFor(request.client.metadata)),
      flightId: ctx.oidc.params?.flight as string | undefined,
      simulated: request.simulated,
    }
    const grant = await deps.grants.create(wanted, decision.remembered)
    if (grant === undefined) return false
    // Law 5: of two requests with one handle, one goes on; the grant of the other ends without having been used.
    const { handed } = request
    if (handed !== undefined && !(await deps.handles.burn(handed.handle)) && handed.context !== undefined)
      throw launchRefused('launch-used')
    tellProvider(ctx, grant)
    noteFlight(grant, request, leftOut(request.asked, granted, context), decision, deps)
    return true
  }
}

async function decisionOf(
  ctx: KoaContextWithOIDC,
  request: LaunchRequest,
  { consents, vocabulary }: Deps,
): Promise<Decision | undefined> {
  const { client, user, asked } = request
  const { consent } = (ctx.oidc.result ?? {}) as StepResults
  if (consent !== undefined)
    return {
      granted: parseScopes(consent.granted, vocabulary).scopes,
      duration: consent.duration,
      decided: 'now',
    }
  if (ctx.oidc.prompts.has('consent') || isAnybody(client)) return undefined
  if (client.metadata.skip_consent === true)
    return { granted: asked, duration: 'months', decided: 'registration' }
  const found = await consents.find({ userId: user.id, clientId: client.id, patient: patientOf(request) })
  if (found === undefined) return undefined
  const remembered = {
    granted: parseScopes(found.granted, vocabulary).scopes,
    refused: parseScopes(found.refused, vocabulary).scopes,
  }
  if (needsConsent(asked, remembered).length > 0) return undefined
  return {
    granted: grantedBefore(asked, remembered),
    duration: found.duration,
    decided: 'before',
    remembered: found,
  }
}

/** RFC 8252 §8.6: any program of a device can pose as a native app that has no secret. Only a person notices. */
function isAnybody({ metadata }: Client): boolean {
  return metadata.application_type === 'native' && metadata.token_endpoint_auth_method === 'none'
}

/** The patient that a request is about, as far as it is known. */
export function patientOf({ context }: Pick<LaunchRequest, 'context'>): string | undefined {
  return 'context' in context ? context.context.patient : undefined
}

/** REFR-01: offline rather than online where an app asked for both; neither without having asked. */
function refreshOf(granted: readonly Scope[]): LaunchGrant['refresh'] {
  const has = (name: string) => granted.some((scope) => scope.kind === 'identity' && scope.name === name)
  return has('offline_access') ? 'offline' : has('online_access') ? 'online' : undefined
}

/** oidc-provider issues a code for a grant of its own, which here is no more than a name for ours. */
function tellProvider(ctx: KoaContextWithOIDC, grant: LaunchGrant): void {
  const { Grant } = ctx.oidc.provider
  const theirs = new Grant({ accountId: grant.userId, clientId: grant.clientId })
  theirs.jti = grant.id
  // It looks for something of what was asked; what was granted may be parts of that, by other names.
  for (const resource of Object.keys(ctx.oidc.resourceServers ?? {}))
    theirs.addResourceScope(resource, String(ctx.oidc.params?.scope))
  ctx.oidc.entity('Grant', theirs)
  ctx.oidc.session?.ensureClientContainer(grant.clientId)
  ctx.oidc.session?.grantIdFor(grant.clientId, grant.id)
}

/** What was asked and not granted, or not in full, and why. */
function leftOut(asked: readonly Scope[], granted: readonly Scope[], context: LaunchContext): NotGranted[] {
  return narrow(asked, granted).refused.map(({ scope }) =>
    notGranted(scope, isInContext(scope, context) ? 'unticked' : 'no-context'),
  )
}

/** For the developer of the app. */
function noteFlight(
  { flightId, id, userId, scope }: LaunchGrant,
  request: LaunchRequest,
  left: readonly NotGranted[],
  { decided }: Decision,
  { flights }: Deps,
): void {
  if (flightId === undefined) return
  flights.bind(flightId, { userId, grantId: id })
  flights.note(flightId, {
    event: 'consent',
    outcome: 'ok',
    detail: { decided, granted: scope, notGranted: [...request.notGranted, ...left] },
  })
}
