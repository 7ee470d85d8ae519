import { type AdapterPayload, errors } from 'oidc-provider'
import type { Client, ClientRegistry } from '../../clients/registry.ts'

/** The pages of Lanyard itself, where people sign in without any app: it gets no code and no token. */
export const ACCOUNT_CLIENT = 'lanyard-account'

/** Where the browser returns to after signing in to the account pages. */
const accountPage = (issuer: string) => `${issuer}/account`

/**
 * The address at which somebody signs in to the account pages.
 * @param state comes back to `/account`, where the browser goes then
 */
export function accountSignIn(issuer: string) {
  return (state: string): string =>
    `/oauth2/authorize?${new URLSearchParams({
      client_id: ACCOUNT_CLIENT,
      response_type: 'none',
      redirect_uri: accountPage(issuer),
      scope: 'openid',
      state,
    })}`
}

/**
 * A client as oidc-provider shall know it: for the authorization endpoint alone. Clients authenticate with us
 * (client-authentication.ts), so it hears of no secret and no key.
 * @throws an error of oidc-provider for an app that waits to be let in (DCR-05): its developer should know why
 */
export async function providerClient(
  id: string,
  { clients, issuer }: { clients: Pick<ClientRegistry, 'find'>; issuer: string },
): Promise<AdapterPayload | undefined> {
  if (id === ACCOUNT_CLIENT) {
    return {
      client_id: ACCOUNT_CLIENT,
      redirect_uris: [accountPage(issuer)],
      response_types: ['none'],
      grant_types: [],
      token_endpoint_auth_method: 'none',
      post_logout_redirect_uris: [`${issuer}/`],
    }
  }
  const client = await clients.find(id)
  if (client?.status === 'waiting')
    throw new errors.InvalidClient('this app waits for an admin to let it in', 'client-waiting')
  return client?.status === 'active' ? fromMetadata(client) : undefined
}

function fromMetadata({ id, metadata }: Client): AdapterPayload | undefined {
  if (!metadata.grant_types.includes('authorization_code')) return undefined
  return {
    client_id: id,
    client_name: metadata.client_name,
    application_type: metadata.application_type,
    redirect_uris: metadata.redirect_uris ?? [],
    response_types: ['code'],
    grant_types: metadata.grant_types.filter((type) => type !== 'client_credentials'),
    token_endpoint_auth_method: 'none',
    post_logout_redirect_uris: metadata.post_logout_redirect_uris ?? [],
  }
}
