import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Client, ClientRegistry } from '../../clients/registry.ts'
import type { LaunchHandles } from '../../launches/handles.ts'
import { askedScopes, type NotGranted } from '../../smart/asked-scopes.ts'
import { isEhrLaunch } from '../../smart/context-needs.ts'
import { formatScopes, parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { invalidRequest, launchRefused } from './provider-error.ts'

type Deps = {
  clients: Pick<ClientRegistry, 'find'>
  handles: Pick<LaunchHandles, 'find'>
  vocabulary: Vocabulary
  fhirBase: string
  /** Writes down what was asked and what of it this app cannot get. */
  told: (ctx: KoaContextWithOIDC, client: Client, notGranted: readonly NotGranted[]) => void
}

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
    // AUTHZ-07: a required parameter in SMART.
    if (params.state === undefined) {
      throw invalidRequest('state is missing; SMART requires it', 'state-missing')
    }
    checkAudience(ctx, deps.fhirBase)
    const client = await deps.clients.find(id)
    if (client === undefined)
      throw new errors.InvalidClient('the client is not active any more', 'client-unknown')
    const asked = askedOf(ctx, client, deps)
    await checkLaunch(params.launch, asked, client, deps)
    params.scope = formatScopes(asked)
  }
}

/** AUTHZ-04, AUTHZ-05. One trailing slash is the same server; anything else is another. */
function checkAudience(ctx: KoaContextWithOIDC, fhirBase: string): void {
  const { aud } = ctx.oidc.params ?? {}
  // oidc-provider fills `resource` in; what was sent stands in the query. It refuses other resources by itself.
  const named = typeof aud === 'string' ? aud : ctx.query.resource
  if (named === undefined) {
    throw invalidRequest(`aud is missing; it must be ${fhirBase}`, 'aud-missing')
  }
  if (typeof named !== 'string' || named.replace(/\/$/, '') !== fhirBase) {
    throw invalidRequest(`aud must be ${fhirBase}`, 'aud-mismatch')
  }
}

/** From the request itself: oidc-provider has taken offline_access out, as OpenID Connect asks for prompt=consent. */
function askedOf(ctx: KoaContextWithOIDC, client: Client, deps: Deps): readonly Scope[] {
  const { scope = '' } = ctx.query
  const { asked, notGranted } = askedScopes(typeof scope === 'string' ? scope : '', {
    vocabulary: deps.vocabulary,
    ceiling: parseScopes(client.metadata.scope, deps.vocabulary).scopes,
    mayRefresh: client.metadata.grant_types.includes('refresh_token'),
  })
  deps.told(ctx, client, notGranted)
  if (asked.length === 0) {
    throw new errors.InvalidScope(
      notGranted[0]?.sentence ?? 'the request names no scope',
      ctx.oidc.params?.scope as string,
      'scope-none-left',
    )
  }
  return asked
}

/** EHRL-03, EHRL-04: never a silent standalone launch; the parameter without the scope is ignored. */
async function checkLaunch(
  launch: unknown,
  asked: readonly Scope[],
  client: Client,
  { handles }: Deps,
): Promise<void> {
  if (!isEhrLaunch(asked)) return
  if (typeof launch !== 'string') {
    throw invalidRequest(
      'the scope launch needs the parameter launch that the EHR handed over',
      'launch-missing',
    )
  }
  const found = await handles.find(launch)
  if ('refused' in found) throw launchRefused(found.refused)
  if (found.clientId !== client.id) throw launchRefused('launch-other-client')
}
