import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { randomId } from '../../src/lib/id.ts'

/** A backend service with a key of its own, as its author would write it. */
export type BackendClient = {
  id: string
  /** What it registers with. */
  metadata: Record<string, unknown>
  /** A signed assertion, new each time. @param now milliseconds */
  assertion(url: string, now?: number): Promise<string>
  /** Asks for a token with this assertion. */
  token(url: string, assertion: string): Promise<Response>
  /** Asks for a token and gets one. @param now milliseconds */
  accessToken(url: string, now?: number): Promise<string>
  /** Asks whether a token is active. */
  introspect(url: string, token: string, now?: number): Promise<Record<string, unknown>>
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export async function backendClient(id = 'nightly-report', more: object = {}): Promise<BackendClient> {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true })
  const kid = `${id}-key`
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES384' }
  const assertion = (url: string, now = Date.now()) => signed({ id, kid, key: privateKey, url, now })
  const post = async (url: string, path: string, form: Record<string, string>) =>
    await fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(form) })
  const token = async (url: string, given: string) =>
    await post(url, '/oauth2/token', {
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: assertionType,
      client_assertion: given,
    })
  return {
    id,
    metadata: {
      client_id: id,
      client_name: 'Nightly report',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      jwks: { keys: [jwk] },
      scope: 'system/Patient.rs system/Observation.rs',
      ...more,
    },
    assertion,
    token,
    async accessToken(url, now) {
      const response = await token(url, await assertion(url, now))
      const body = (await response.json()) as { access_token?: string }
      if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`)
      return body.access_token
    },
    async introspect(url, token, now) {
      const response = await post(url, '/oauth2/introspect', {
        token,
        client_assertion_type: assertionType,
        client_assertion: await assertion(url, now),
      })
      return (await response.json()) as Record<string, unknown>
    },
  }
}

type Signing = { id: string; kid: string; key: CryptoKey; url: string; now: number }

async function signed({ id, kid, key, url, now }: Signing): Promise<string> {
  return await new SignJWT({ jti: randomId() })
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(`${url}/oauth2/token`)
    .setExpirationTime(Math.floor(now / 1000) + 240)
    .sign(key)
}
