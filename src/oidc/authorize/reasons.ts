import { errors } from 'oidc-provider'

/** What oidc-provider says, and our code for it; in the order in which they are tried. */
const said: readonly [RegExp, string][] = [
  [/policy requires PKCE/, 'pkce-missing'],
  [/code_challenge_method must be provided/, 'pkce-method-missing'],
  [/not supported value of code_challenge_method/, 'pkce-plain'],
  [/code_challenge (?:must be|contains)/, 'pkce-malformed'],
  [/must not be provided twice/, 'parameter-repeated'],
  [/missing required parameter.*client_id/, 'client-unknown'],
  [/missing required parameter.*response_type/, 'unsupported-response-type'],
  [/missing required parameter.*redirect_uri/, 'redirect-missing'],
  [/openid scope must be requested/, 'nonce-without-openid'],
  [/unsupported prompt|prompt none/, 'prompt-unknown'],
  [/id_token_hint/, 'id-token-hint'],
  [/max_age/, 'max-age'],
]

/** The reason code of an error of the authorization endpoint, for the flight record, the log and the audit. */
export function reasonOf(error: Error): string {
  if (!(error instanceof errors.OIDCProviderError)) return 'unexpected'
  const { error_detail: detail, error_description: description = '' } = error
  // Ours are codes; oidc-provider's details are sentences.
  if (detail !== undefined && /^[a-z]+(-[a-z]+)+$/.test(detail)) return detail
  if (error instanceof errors.InvalidRedirectUri) return 'redirect-mismatch'
  if (error instanceof errors.InvalidClient) return 'client-unknown'
  if (error instanceof errors.InvalidTarget) return 'aud-mismatch'
  if (error instanceof errors.SessionNotFound) return 'sign-in-expired'
  const found = error instanceof errors.InvalidRequest && said.find(([pattern]) => pattern.test(description))
  return found ? found[1] : error.error.replaceAll('_', '-')
}
