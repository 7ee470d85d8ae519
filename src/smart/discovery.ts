import { usCoreCategories, usCoreTypes } from './us-core.ts'

/** The addresses of one server; all absolute, all from the configuration, never from a request (SEC-05). */
export type Endpoints = ReturnType<typeof endpointsOf>

/** @param baseUrl the issuer, without trailing slash */
export function endpointsOf(baseUrl: string) {
  return {
    issuer: baseUrl,
    fhirBase: `${baseUrl}/fhir`,
    authorize: `${baseUrl}/oauth2/authorize`,
    token: `${baseUrl}/oauth2/token`,
    introspect: `${baseUrl}/oauth2/introspect`,
    revoke: `${baseUrl}/oauth2/revoke`,
    userinfo: `${baseUrl}/oauth2/userinfo`,
    logout: `${baseUrl}/oauth2/logout`,
    /** Where users see and withdraw what they allowed. */
    account: `${baseUrl}/account`,
    jwks: `${baseUrl}/oauth2/jwks`,
    /** RFC 9728, named in the challenge of a 401. */
    protectedResource: `${baseUrl}/.well-known/oauth-protected-resource/fhir`,
  }
}

/** What this server can do at this point: discovery lists nothing else (DISC-07). */
export type Abilities = {
  grantTypes: readonly string[]
  authMethods: readonly string[]
  assertionAlgorithms: readonly string[]
  /** SMART capabilities. */
  capabilities: readonly string[]
  scopes: readonly string[]
}

/** SMART App Launch 2.2, conformance: `{fhirBase}/.well-known/smart-configuration`. */
export function smartConfiguration(at: Endpoints, able: Abilities) {
  return {
    // `issuer` and `jwks_uri` belong to sso-openid-connect and are left out without it (DISC-08).
    ...(able.capabilities.includes('sso-openid-connect') ? { issuer: at.issuer, jwks_uri: at.jwks } : {}),
    authorization_endpoint: at.authorize,
    token_endpoint: at.token,
    token_endpoint_auth_methods_supported: able.authMethods,
    token_endpoint_auth_signing_alg_values_supported: able.assertionAlgorithms,
    grant_types_supported: able.grantTypes.filter((type) => type !== 'refresh_token'),
    scopes_supported: able.scopes,
    introspection_endpoint: at.introspect,
    revocation_endpoint: at.revoke,
    management_endpoint: at.account,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    capabilities: able.capabilities,
  }
}

/** RFC 8414, which is also what OpenID Connect Discovery asks for (DISC-13, DISC-14). */
export function authorizationServerMetadata(at: Endpoints, able: Abilities) {
  return {
    issuer: at.issuer,
    authorization_endpoint: at.authorize,
    token_endpoint: at.token,
    jwks_uri: at.jwks,
    introspection_endpoint: at.introspect,
    revocation_endpoint: at.revoke,
    userinfo_endpoint: at.userinfo,
    end_session_endpoint: at.logout,
    grant_types_supported: able.grantTypes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    // RFC 9207
    authorization_response_iss_parameter_supported: true,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'auth_time', 'name', 'fhirUser'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: able.authMethods,
    token_endpoint_auth_signing_alg_values_supported: able.assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'Bearer'],
    introspection_endpoint_auth_signing_alg_values_supported: able.assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: able.assertionAlgorithms,
    code_challenge_methods_supported: ['S256'],
    scopes_supported: able.scopes,
    protected_resources: [at.fhirBase],
  }
}

/** RFC 9728: `/.well-known/oauth-protected-resource/fhir`. */
export function protectedResourceMetadata(at: Endpoints, able: Abilities) {
  return {
    resource: at.fhirBase,
    authorization_servers: [at.issuer],
    jwks_uri: at.jwks,
    scopes_supported: able.scopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Lanyard FHIR R4 server',
  }
}

/** The scopes that discovery lists for one level: wildcard, US Core's types and granular scopes (DISC-10). */
export function advertisedScopes(level: 'patient' | 'user' | 'system'): string[] {
  const ofType = usCoreTypes.map((type) => `${level}/${type}.rs`)
  const granular = usCoreCategories.map(
    ({ type, system, code }) => `${level}/${type}.rs?category=${system}|${code}`,
  )
  return [`${level}/*.rs`, ...ofType, ...granular]
}
