import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import type { Ask } from './load.ts'

/** A backend service with an RSA key, and its assertions signed beforehand: signing is not what is measured. */
export function createClient() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS384', use: 'sig' }
  return {
    jwk,
    metadata: {
      client_id: 'bench',
      client_name: 'Bench',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scope: 'system/*.rs',
      jwks: { keys: [jwk] },
    },
    /** @param endpoint the token endpoint's full address */
    tokenRequests: (endpoint: string, path: string, count: number, id = 'bench'): Ask[] =>
      Array.from({ length: count }, () => tokenRequest(privateKey, endpoint, path, id)),
  }
}

function tokenRequest(key: KeyObject, endpoint: string, path: string, id: string): Ask {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iss: id,
    sub: id,
    aud: endpoint,
    exp: Math.floor(Date.now() / 1000) + 290,
    jti: randomUUID(),
  }
  const content = `${part({ alg: 'RS384', typ: 'JWT', kid: 'k' })}.${part(claims)}`
  const signature = createSign('sha384').update(content).sign(key).toString('base64url')
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/*.rs',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${content}.${signature}`,
  })
  return {
    path,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(body),
  }
}

export async function fetchToken(url: string, { path, body, headers }: Ask): Promise<string> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers: headers ?? {}, body: body ?? '' })
  return ((await answer.json()) as { access_token: string }).access_token
}
