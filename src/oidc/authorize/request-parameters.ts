import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { askedBy } from '../../clients/asked-by.ts'
import type { Client, ClientRegistry } from '../../clients/registry.ts'
import type { LaunchHandles } from '../../launches/handles.ts'
import type { NotGranted } from '../../smart/asked-scopes.ts'
import { isEhrLaunch } from '../../smart/context-needs.ts'
import { formatScopes, isResourceScope, parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { simulatedAtAuthorize } from '../simulated.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { invalidRequest, invalidScope, launchRefused } from './provider-error.ts'

type Deps = {
  clients: Pick<ClientRegistry, 'find'>
  handles: Pick<LaunchHandles, 'find' | 'findAlone' | 'burn'>
  vocabulary: Vocabulary
  fhirBase: string
  /** Writes down what of the request the app cannot get, and what it seems to have forgotten. */
  told: (
    ctx: KoaContextWithOIDC,
    facts: { notGranted: readonly NotGranted[]; reason?: 'launch-scope-missing' | undefined },
  ) => void
  /** Writes on the record of a launch of the simulator that another app came with it. */
  otherCame: (ctx: KoaContextWithOIDC, flightId: string) => void
}

/**
 * Scopes of data that an app may ask for in one request; people could not read more, and comparing them costs the
 * square of their number. 32 kB of them fit, unless they are very short (AUTHZ-11).
 */
const MOST = 500

/**
 * What SMART asks of an authorization request beyond OAuth and OpenID Connect: `state`, `aud`, `launch`, and scopes by
 * SMART's grammar. oidc-provider calls it last of its own checks, on the first request only.
 * @throws errors of oidc-provider, whose `error_detail` is the reason code
 */
export function checkSmartParameters(deps: Deps) {
  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const params = ctx.oidc.params ?? {}
    const id = ctx.oidc.client?.clientId ?? ''
    if (id === ACCOUNT_CLIENT) return
    // Kept with the request until it is answered.
    params.flight = ctx.state.flight
    // AUTHZ-07: a required parameter in SMART.
    if (params.state === undefined) {
      throw invalidRequest('state is missing; SMART requires it', 'state-missing')
    }
    checkAudience(ctx, deps.fhirBase)
    const client = await deps.clients.find(id)
    if (client === undefined)
      throw new errors.InvalidClient('the client is not active any more', 'client-unknown')
    const asked = askedOf(ctx, client, deps)
    if (isEhrLaunch(asked)) await checkLaunch(ctx, client, deps)
    else await checkAlone(ctx, deps)
    params.scope = formatScopes(asked)
    // To the letter, for the page on which somebody decides.
    params.asked = ctx.state.scope
  }
}

/** AUTHZ-04, AUTHZ-05. One trailing slash is the same server; anything else is another. */
function checkAudience(ctx: KoaContextWithOIDC, fhirBase: string): void {
  const { aud } = ctx.oidc.params ?? {}
  // oidc-provider fills `resource` in, and refuses other resources by itself; what was sent stands in the query.
  const { resource } = ctx.query
  const named = aud ?? resource
  if (named === undefined) {
    throw invalidRequest(`aud is missing; it must be ${fhirBase}`, 'aud-missing')
  }
  if (typeof named === 'string' && named.replace(/\/$/, '') === fhirBase) return
  if (resource !== undefined)
    throw new errors.InvalidTarget('aud and resource must name the same server', 'aud-mismatch')
  throw invalidRequest(`aud must be ${fhirBase}`, 'aud-mismatch')
}

function askedOf(ctx: KoaContextWithOIDC, client: Client, deps: Deps): readonly Scope[] {
  const { metadata } = client
  const text = ctx.state.scope || (metadata.default_scope ?? '')
  // Before they are compared with what is registered, which takes long for very many.
  if (parseScopes(text, deps.vocabulary).scopes.filter(isResourceScope).length > MOST) {
    throw invalidScope(
      `the request names more than ${MOST} scopes of data; ask for fewer, wider ones`,
      'scope-too-many',
    )
  }
  const { asked, notGranted } = askedBy(client, text, deps.vocabulary)
  const forgotten = ctx.oidc.params?.launch !== undefined && !isEhrLaunch(asked)
  deps.told(ctx, { notGranted, reason: forgotten ? 'launch-scope-missing' : undefined })
  if (asked.length === 0) {
    throw invalidScope(notGranted[0]?.sentence ?? 'the request names no scope', 'scope-none-left')
  }
  return asked
}

/** EHRL-03, EHRL-04: never a silent standalone launch; the parameter without the scope is ignored. */
async function checkLaunch(ctx: KoaContextWithOIDC, client: Client, deps: Deps): Promise<void> {
  const launch = ctx.oidc.params?.launch
  if (typeof launch !== 'string') {
    throw invalidRequest(
      'the scope launch needs the parameter launch that the EHR handed over',
      'launch-missing',
    )
  }
  const found = await deps.handles.find(launch)
  if ('refused' in found) throw launchRefused(found.refused)
  if (found.clientId !== client.id) {
    if (found.simulation !== undefined) deps.otherCame(ctx, found.simulation.flightId)
    throw launchRefused('launch-other-client')
  }
  const simulated = simulatedAtAuthorize(found.simulation?.simulated)
  if (simulated !== undefined) throw simulated
}

/** A launch that the app begins by itself, in a browser that the simulator made ready for the next one. */
async function checkAlone({ state, oidc }: KoaContextWithOIDC, { handles }: Deps): Promise<void> {
  const { alone } = state
  if (typeof alone !== 'string') return
  const found = await handles.findAlone(alone)
  const simulated = 'refused' in found ? undefined : simulatedAtAuthorize(found.simulation?.simulated)
  if (simulated === undefined) {
    // Kept with the request until it is answered.
    if (oidc.params !== undefined) oidc.params.alone = alone
    return
  }
  await handles.burn(alone)
  throw simulated
}
