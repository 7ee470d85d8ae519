import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { randomId } from '../../src/lib/id.ts'
import type { TestServer } from './server.ts'

export const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** A client's key pair; `jwk` is what is registered, `alg` what it signs with. */
export type ClientKey = {
  privateKey: KeyObject
  alg: 'RS384' | 'ES384'
  jwk: Record<string, unknown> & { kid: string; kty: string }
}

/** A new P-384 pair: as good as for nothing. */
export function ecKey(kid: string = randomId(64)): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  return { privateKey, alg: 'ES384', jwk: { ...publicKey.export({ format: 'jwk' }), kid, kty: 'EC' } }
}

/** A new RSA pair: takes a tenth of a second. */
export function rsaKey(kid: string = randomId(64)): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { privateKey, alg: 'RS384', jwk: { ...publicKey.export({ format: 'jwk' }), kid, kty: 'RSA' } }
}

export type AssertionChanges = {
  /** Laid over the right header; `undefined` takes a member away. */
  header?: Record<string, unknown>
  /** Laid over the right claims. */
  claims?: Record<string, unknown>
  /** Laid over the signature's bytes. */
  signature?: (bytes: Buffer) => Buffer
}

/** An assertion that is right (exactly as Inferno makes it: no iat, no nbf), but for the changes. */
export function signAssertion(
  server: Pick<TestServer, 'url' | 'clock'>,
  clientId: string,
  key: ClientKey,
  changes: AssertionChanges = {},
): string {
  const header = { alg: key.alg, kid: key.jwk.kid, typ: 'JWT', ...changes.header }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: `${server.url}/oauth2/token`,
    exp: Math.floor(server.clock.now / 1000) + 300,
    jti: randomId(),
    ...changes.claims,
  }
  const signed = `${encoded(header)}.${encoded(claims)}`
  const bytes = sign('sha384', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${(changes.signature?.(bytes) ?? bytes).toString('base64url')}`
}

/** The two form members of client authentication by assertion. */
export function withAssertion(assertion: string): Record<string, string> {
  return { client_assertion_type: jwtBearer, client_assertion: assertion }
}

export function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

export function headerOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString('utf8'))
}
