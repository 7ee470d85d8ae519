/** Seconds: what an app's own value for its access tokens may be (TOK-08). */
export const SHORTEST_TOKEN = 30
export const LONGEST_TOKEN = 3600
/** Seconds: of a backend service (BACK-03). */
const LONGEST_OF_SERVICE = 300

/** How long access tokens live where the app has no value of its own: of apps with users, and of services (seconds). */
export type ServerLifetimes = { app: number; service: number }

/** What of a client's metadata decides how long its access tokens live. */
type Of = {
  grant_types: readonly string[]
  token_endpoint_auth_method: string
  access_token_lifetime?: number | undefined
  max_consent_duration?: string | undefined
}

/**
 * The longest that a client's own value can be, in seconds: five minutes for a backend service (BACK-03); for an app that
 * keeps no secret what the server gives everybody, so that none has longer than those that keep one (TOK-08).
 * @param everybody how long the tokens of apps live that have no value of their own, in seconds
 */
export function longestTokenOf(metadata: Of, everybody: number): number {
  if (metadata.grant_types.includes('client_credentials')) return LONGEST_OF_SERVICE
  return metadata.token_endpoint_auth_method === 'none' ? Math.min(everybody, LONGEST_TOKEN) : LONGEST_TOKEN
}

/**
 * How long an access token of a client lives, in seconds.
 * @param server the server's own value for this kind of token, in seconds
 */
export function tokenLifetime(metadata: Of, server: number): number {
  const { access_token_lifetime: own } = metadata
  // The server may have been told to be stricter since the client was registered.
  return own === undefined ? server : Math.min(own, longestTokenOf(metadata, server))
}

/** Members about lifetimes that are right one by one and wrong with the rest of the metadata. */
export function lifetimeContradictions(
  metadata: Of,
): ['access_token_lifetime' | 'max_consent_duration', string][] {
  const { access_token_lifetime: own, max_consent_duration: longest, grant_types } = metadata
  const found: ReturnType<typeof lifetimeContradictions> = []
  if (own !== undefined && grant_types.includes('client_credentials') && own > LONGEST_OF_SERVICE)
    found.push(['access_token_lifetime', `must be at most ${LONGEST_OF_SERVICE} seconds`])
  if (longest !== undefined && !grant_types.includes('authorization_code'))
    found.push(['max_consent_duration', 'is for apps that users launch'])
  return found
}
