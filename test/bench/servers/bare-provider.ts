import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'

// The floor of a token: oidc-provider as it comes, in memory, access tokens signed RS256.
const jwk = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: 'k',
  alg: 'RS256',
  use: 'sig',
}
process.once('message', ({ port, clientKey }: { port: number; clientKey: Record<string, unknown> }) => {
  const provider = new Provider(`http://localhost:${port}`, {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: 'bench',
        token_endpoint_auth_method: 'private_key_jwt',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        jwks: { keys: [clientKey] },
      },
    ],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `http://localhost:${port}/fhir`,
        getResourceServerInfo: () => ({
          scope: 'system/*.rs',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  })
  provider.listen(port, '127.0.0.1', () => process.send?.({ port }))
})
process.send?.({ waiting: true })
