import { z } from 'zod'
import { NO_PLAIN_LINE, plainLine } from '../lib/plain-line.ts'
import { roleName } from '../smart/policy.ts'
import { canSignAssertions, keySet } from './key-set.ts'
import { LONGEST_TOKEN, lifetimeContradictions, SHORTEST_TOKEN } from './lifetimes.ts'
import { redirectUriProblem, webOriginProblem, webUriProblem } from './uris.ts'
import { certificate } from './x509.ts'

/** Most entries of any list; most characters of any text a client registers. */
const LIST = 50
const TEXT = 2000

const text = (most = 200) => z.string().min(1).max(most).regex(plainLine, NO_PLAIN_LINE)
const uri = (problem: (value: string) => string | undefined) =>
  text(TEXT).superRefine((value, context) => {
    const found = problem(value)
    if (found !== undefined) context.addIssue({ code: 'custom', message: `"${value}" ${found}` })
  })
const webUri = uri(webUriProblem)

/**
 * The alphabet in which HTTP Basic needs no encoding, whoever reads RFC 6749 §2.3.1 how (CAUTH-02); without the two
 * that a path takes for a step.
 */
export const clientId = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}$/

export const authMethods = ['none', 'client_secret_basic', 'private_key_jwt'] as const
export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  // RFC 8693 §2.1
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const

/**
 * RFC 7591 client metadata, the same shape for the command line, the configuration folder, dynamic
 * registration and the admin API. Members RFC 7591 does not know are ours and say so.
 */
export const metadataSchema = z
  .strictObject({
    client_id: z
      .string()
      .regex(clientId, 'must be 1 to 100 of the characters A-Z a-z 0-9 . _ ~ -')
      .optional(),
    client_name: text(),
    client_uri: webUri.optional(),
    logo_uri: webUri.optional(),
    tos_uri: webUri.optional(),
    policy_uri: webUri.optional(),
    contacts: z.array(text()).max(LIST).optional(),
    software_id: text().optional(),
    software_version: text().optional(),
    application_type: z.enum(['web', 'native']).default('web'),
    token_endpoint_auth_method: z.enum(authMethods).default('client_secret_basic'),
    /** None at all: a resource server, which only introspects, or a system that calls with API keys. */
    grant_types: z.array(z.enum(grantTypes)).max(LIST).default(['authorization_code']),
    response_types: z.array(z.literal('code')).max(1).optional(),
    redirect_uris: z.array(text(TEXT)).max(LIST).optional(),
    /** OpenID Connect RP-Initiated Logout 1.0 §3.1. */
    post_logout_redirect_uris: z.array(text(TEXT)).max(LIST).optional(),
    /** Ours, as SMART names no member: where an EHR may launch the app. */
    launch_uris: z.array(webUri).max(LIST).optional(),
    jwks: keySet.optional(),
    jwks_uri: webUri.optional(),
    /** Ours: a PEM certificate in place of `jwks`; its key becomes the client's single key. */
    x509: certificate.optional(),
    /** RFC 7591 §2: what the client may ask for at most, separated by spaces. */
    scope: z.string().max(20_000).default(''),
    /** Ours: what a request without `scope` gets; otherwise such a request is refused. */
    default_scope: z.string().min(1).max(20_000).optional(),
    /** Ours: accept an assertion without `kid` when the client has exactly one key. */
    allow_missing_kid: z.boolean().optional(),
    /** Ours: browser origins that may call the token endpoint and the FHIR server. */
    allowed_origins: z.array(uri(webOriginProblem)).max(LIST).optional(),
    /** Ours: the hospital has checked this app and says so to users. */
    verified: z.boolean().optional(),
    /** Ours: the hospital's own app, whose users are not asked for consent. */
    skip_consent: z.boolean().optional(),
    /** Ours: the person or department that answers for this client. */
    owner: text().optional(),
    /** Ours: the user account that the audit names for what a backend service does. */
    responsible_user: text().optional(),
    /** Ours: roles whose rules limit what a backend service sees, on top of its scopes. */
    roles: z.array(z.string().regex(roleName, 'must be the name of a role')).min(1).max(LIST).optional(),
    /** Ours: may introspect the tokens of other clients, as resource servers do. */
    introspects_all: z.boolean().optional(),
    /** Ours: `jwt` unless the client wants tokens it cannot read. */
    access_token_format: z.enum(['jwt', 'opaque']).default('jwt'),
    /** Ours: seconds that its access tokens are good; otherwise as long as the server says. */
    access_token_lifetime: z
      .int()
      .min(SHORTEST_TOKEN, `must be at least ${SHORTEST_TOKEN} seconds`)
      .max(LONGEST_TOKEN, `must be at most ${LONGEST_TOKEN} seconds`)
      .optional(),
    /** Ours: the longest that its users can allow it: an hour, or three months after its last use. */
    max_consent_duration: z.enum(['hour', 'months']).optional(),
  })
  .superRefine((client, context) => {
    for (const [path, message] of contradictions(client)) {
      context.addIssue({ code: 'custom', path: [path], message })
    }
  })
  // RFC 7591 §2: `code` is the default, and what authorization_code needs.
  .transform((client) => ({
    ...client,
    response_types: client.grant_types.includes('authorization_code') ? (['code'] as const) : [],
  }))

export type ClientMetadata = z.infer<typeof metadataSchema>

/** Members that are right one by one and wrong together (RFC 7591 §2, DCR-03, DCR-04). */
function contradictions(
  client: Omit<ClientMetadata, 'response_types'> & { response_types?: readonly 'code'[] | undefined },
): [keyof ClientMetadata, string][] {
  const found: [keyof ClientMetadata, string][] = []
  const uses = (grant: (typeof grantTypes)[number]) => client.grant_types.includes(grant)
  const method = client.token_endpoint_auth_method
  const keys = (['jwks', 'jwks_uri', 'x509'] as const).filter((name) => client[name] !== undefined)

  if (keys.length > 1)
    found.push([keys[1] ?? 'jwks', `and ${keys[0]} exclude each other: register one of them`])
  if (method === 'private_key_jwt' && keys.length === 0) {
    found.push(['token_endpoint_auth_method', 'private_key_jwt needs jwks, jwks_uri or x509'])
  }
  if (client.jwks?.keys.some(canSignAssertions) === false) {
    found.push([
      'jwks',
      'holds no key for RS384 (RSA) or ES384 (EC P-384), so no assertion could be verified',
    ])
  }
  if (method !== 'private_key_jwt' && keys.length > 0) {
    found.push([keys[0] ?? 'jwks', `is of no use with token_endpoint_auth_method ${method}`])
  }
  // SMART backend-services: asymmetric authentication only.
  if (uses('client_credentials') && method !== 'private_key_jwt') {
    found.push(['grant_types', 'client_credentials needs token_endpoint_auth_method private_key_jwt'])
  }
  if (client.roles !== undefined && !uses('client_credentials') && client.grant_types.length > 0) {
    found.push(['roles', 'are for backend services: with an app, the roles of its user count'])
  }
  if (uses('urn:ietf:params:oauth:grant-type:token-exchange') && method === 'none') {
    found.push(['grant_types', 'token exchange needs a client that authenticates, not "none"'])
  }
  if (uses('refresh_token') && !uses('authorization_code')) {
    found.push(['grant_types', 'refresh_token needs authorization_code beside it'])
  }
  if (client.response_types?.includes('code') && !uses('authorization_code')) {
    found.push(['response_types', 'code needs the grant type authorization_code'])
  }
  if (client.response_types?.length === 0 && uses('authorization_code')) {
    found.push(['response_types', 'must hold code for the grant type authorization_code'])
  }
  if (uses('authorization_code') && !client.redirect_uris?.length) {
    found.push(['redirect_uris', 'must hold at least one address for the grant type authorization_code'])
  }
  found.push(...lifetimeContradictions(client))
  for (const name of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const address of client[name] ?? []) {
      const problem = redirectUriProblem(address, client.application_type)
      if (problem !== undefined) found.push([name, `"${address}" ${problem}`])
    }
  }
  return found
}
