/** The client_id under which the API explorer of the developer pages signs people in. */
export const API_EXPLORER = 'api-explorer'

/**
 * The API explorer as an app: public, with PKCE, on this server's own origin. What a person gets is what their own
 * rights leave of it, after a consent page.
 * @param baseUrl the public address of this server
 * @returns RFC 7591 metadata
 */
export function apiExplorerMetadata(baseUrl: string) {
  return {
    client_id: API_EXPLORER,
    client_name: 'API explorer',
    client_uri: `${baseUrl}/developer/explorer`,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [`${baseUrl}/developer/explorer/oauth2-redirect.html`],
    scope: 'openid fhirUser launch/patient patient/*.cruds user/*.cruds',
    verified: true,
  }
}
