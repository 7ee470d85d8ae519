import { generateKeyPairSync } from 'node:crypto'
import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider'

// The floor of an app's tokens: oidc-provider as it comes, in memory. Access tokens ES256 and ID tokens RS256, as ours.
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const scope = 'openid offline_access patient/*.rs'

/** A memory without a limit: oidc-provider's own forgets after a thousand entries. */
function memory(name: string): Adapter {
  const kept = new Map<string, AdapterPayload>()
  const none = async () => undefined
  return {
    upsert: async (id, payload) => void kept.set(id, payload),
    find: async (id) => kept.get(id),
    findByUid: none,
    findByUserCode: none,
    destroy: async (id) => void kept.delete(id),
    consume: async (id) => {
      const found = kept.get(id)
      if (found !== undefined) kept.set(id, { ...found, consumed: Math.floor(Date.now() / 1000) })
    },
    revokeByGrantId: async () => {
      throw new Error(`nothing is to be revoked in ${name}`)
    },
  }
}

type Wanted = { port: number; codes: number; codeChallenge: string }

process.once('message', async ({ port, codes, codeChallenge }: Wanted) => {
  const resource = `http://localhost:${port}/fhir`
  const provider = new Provider(`http://localhost:${port}`, {
    jwks: {
      keys: [
        { ...rsa, kid: 'rsa', alg: 'RS256', use: 'sig' },
        { ...ec, kid: 'ec', alg: 'ES256', use: 'sig' },
      ] as never,
    },
    clients: [
      {
        client_id: 'bench-app',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['https://app.example.org/callback'],
      },
    ],
    adapter: memory,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  })
  const client = await provider.Client.find('bench-app')
  const made: string[] = []
  for (let index = 0; index < codes; index++) {
    const grant = new provider.Grant({ accountId: 'user', clientId: 'bench-app' })
    grant.addOIDCScope('openid offline_access')
    grant.addResourceScope(resource, scope)
    const grantId = await grant.save()
    const code = new provider.AuthorizationCode({
      accountId: 'user',
      client,
      grantId,
      scope,
      resource,
      redirectUri: 'https://app.example.org/callback',
      codeChallenge,
      codeChallengeMethod: 'S256',
      gty: 'authorization_code',
      sessionUid: 'session',
    } as never)
    made.push(await code.save())
  }
  provider.listen(port, '127.0.0.1', () => process.send?.({ codes: made }))
})
process.send?.({ waiting: true })
