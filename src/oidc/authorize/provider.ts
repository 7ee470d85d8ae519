import {
  type Configuration,
  errors,
  type interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import { LanyardError } from '../../lib/errors.ts'
import { DAY, MINUTE, SECOND } from '../../lib/time.ts'
import { passingTrouble } from '../../store/trouble.ts'
import { createAdapter } from './adapter.ts'
import { ACCOUNT_CLIENT, providerClient } from './provider-client.ts'
import { reasonOf } from './reasons.ts'

type Deps = Parameters<typeof providerClient>[1] & {
  db: Parameters<typeof createAdapter>[0]
  clock: Parameters<typeof createAdapter>[1]
  issuer: string
  fhirBase: string
  /** Private RSA keys, the current one first: ID tokens that come back as hints were signed by one of them. */
  idTokenKeys: readonly Record<string, unknown>[]
  cookieKeys: readonly string[]
  /** Whether cookies must come along in a frame of an EHR on another site. */
  framed: boolean
  policy: interactionPolicy.Prompt[]
  checkParameters: (ctx: KoaContextWithOIDC) => Promise<void>
  /** True for a user who may sign in. */
  isActive: (userId: string) => Promise<boolean>
  sessionBegun: (ctx: KoaContextWithOIDC) => Promise<void>
  signOutPage: SignOutPage
  signedOutPage: (ctx: KoaContextWithOIDC) => void
}

/** What the form that ends a session posts, and where oidc-provider leads the browser then. */
export type SignOutPage = (
  ctx: KoaContextWithOIDC,
  form: { action: string; xsrf: string; returnTo?: string },
) => void

/** The cookie that says which session of ours a browser has. */
export const SESSION_COOKIE = 'lanyard_session'
/** Seconds. */
const SESSION = (12 * 60 * MINUTE) / SECOND
const INTERACTION = (30 * MINUTE) / SECOND
const CODE = MINUTE / SECOND

/**
 * oidc-provider as we use it: the authorization endpoint with its checks, sessions, the order of prompts, codes, and
 * sign-out. Tokens are ours (token-endpoint.ts), as are introspection, revocation and discovery.
 */
export function buildProvider(deps: Deps): Provider {
  const cookie = deps.framed
    ? // A frame on another site sends nothing else; browsers that block such cookies keep a jar per site for it.
      ({ httpOnly: true, sameSite: 'none', secure: true, partitioned: true } as const)
    : ({ httpOnly: true, sameSite: 'lax' } as const)
  const configuration: Configuration = {
    adapter: (name: string) => adapterOf(name, deps),
    // As Node exports them; its type says of no member that it is there, not even of kty.
    jwks: { keys: deps.idTokenKeys as never },
    routes: { authorization: '/oauth2/authorize', end_session: '/oauth2/logout' },
    responseTypes: ['code', 'none'],
    scopes: ['openid', 'offline_access', 'fhirUser', 'profile'],
    pkce: { required: (_ctx, client) => client.clientId !== ACCOUNT_CLIENT },
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: {
      keys: [...deps.cookieKeys],
      names: { session: SESSION_COOKIE, interaction: 'lanyard_step', resume: 'lanyard_resume' },
      long: cookie,
      short: cookie,
    },
    ttl: {
      Session: SESSION,
      Interaction: INTERACTION,
      AuthorizationCode: CODE,
      Grant: DAY / SECOND,
      IdToken: CODE,
      AccessToken: CODE,
      RefreshToken: CODE,
    },
    extraParams: {
      aud: null,
      launch: null,
      asked: null,
      alone: null,
      flight: (ctx) => deps.checkParameters(ctx),
    },
    findAccount: async (ctx, id) => {
      if (!(await deps.isActive(id))) return undefined
      // Only now that oidc-provider has taken the sign-in over the session has its uid.
      if (ctx.oidc.result?.login !== undefined) await deps.sessionBegun(ctx)
      return { accountId: id, claims: async () => ({ sub: id }) }
    },
    loadExistingGrant: async (ctx) => accountGrant(ctx),
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}`, policy: deps.policy },
    renderError: (_ctx, out, error) => {
      throw asLanyardError(out, error)
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => deps.signOutPage(ctx, signOutOf(ctx)),
        postLogoutSuccessSource: (ctx) => deps.signedOutPage(ctx),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => deps.fhirBase,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => resourceServer(ctx, resource, deps.fhirBase),
      },
    },
  }
  return new Provider(deps.issuer, configuration)
}

function signOutOf(ctx: KoaContextWithOIDC): Parameters<SignOutPage>[1] {
  const { state } = ctx.oidc.session ?? {}
  const returnTo = ctx.oidc.params?.post_logout_redirect_uri
  return {
    action: ctx.oidc.urlFor('end_session_confirm'),
    xsrf: String(state?.secret),
    ...(typeof returnTo === 'string' ? { returnTo } : {}),
  }
}

function adapterOf(name: string, deps: Deps) {
  const stored = createAdapter(deps.db, deps.clock, name)
  return name === 'Client' ? { ...stored, find: (id: string) => providerClient(id, deps) } : stored
}

/** The account pages ask for nothing but a session; everything else is granted by granting.ts. */
function accountGrant(ctx: KoaContextWithOIDC) {
  if (ctx.oidc.client?.clientId !== ACCOUNT_CLIENT) return undefined
  const grant = new ctx.oidc.provider.Grant({
    accountId: ctx.oidc.account?.accountId ?? '',
    clientId: ACCOUNT_CLIENT,
  })
  grant.jti = ACCOUNT_CLIENT
  grant.addOIDCScope('openid')
  return grant
}

/** AUTHZ-05: the FHIR server is the only resource. Which scopes there are is decided by request-parameters.ts. */
function resourceServer(ctx: KoaContextWithOIDC, resource: string, fhirBase: string) {
  if (resource.replace(/\/$/, '') !== fhirBase) {
    throw new errors.InvalidTarget(`resource must be ${fhirBase}`, 'aud-mismatch')
  }
  return {
    scope: String(ctx.oidc.params?.scope ?? ''),
    audience: fhirBase,
    accessTokenFormat: 'jwt' as const,
  }
}

/** An error that cannot be told to the app: the person gets a page (AUTHZ-03). */
function asLanyardError(
  out: { error: string; error_description?: string | undefined },
  thrown: Error,
): LanyardError {
  const passing = passingTrouble(thrown)
  if (passing !== undefined) return passing
  const known = thrown instanceof errors.OIDCProviderError
  return new LanyardError(
    known ? 'invalid-request' : 'internal',
    known ? (out.error_description ?? out.error) : 'Something went wrong on our side.',
    {
      word: out.error,
      reason: reasonOf(thrown),
      cause: thrown,
    },
  )
}
