import { type CryptoKey, compactVerify, importJWK } from 'jose'
import type { JwksCache } from '../clients/jwks-cache.ts'
import type { PublicKey } from '../clients/key-set.ts'
import type { Client, ClientRegistry } from '../clients/registry.ts'
import { LanyardError } from '../lib/errors.ts'
import { type Clock, seconds } from '../lib/time.ts'
import {
  type Assertion,
  candidateKey,
  type Failure,
  firstFailure,
  readAssertion,
  rememberedUntil,
} from './assertion-rules.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Remembers that a client used a `jti`.
 * It is **important** that of any number of calls with the same pair, on any number of nodes, exactly one
 * returns true (CAUTH-09).
 */
export type UseAssertion = (clientId: string, jti: string, expires: number) => Promise<boolean>

export type Deps = {
  clients: Pick<ClientRegistry, 'find'>
  jwks: Pick<JwksCache, 'keys'>
  useAssertion: UseAssertion
  clock: Clock
  /** What an assertion may name as `aud`: the token endpoint first. */
  audiences: readonly string[]
}

/**
 * Authentication by signed assertion (private_key_jwt): SMART "client-confidential-asymmetric", RFC 7523.
 * @throws LanyardError `invalid_client` with the rule that was broken
 */
export function assertionAuthentication(deps: Deps): (parameters: Parameters) => Promise<Client> {
  const keys = importedKeys()
  return (parameters) => byAssertion(parameters, deps, keys)
}

async function byAssertion(
  parameters: Parameters,
  deps: Deps,
  keys: ReturnType<typeof importedKeys>,
): Promise<Client> {
  const jws = parameters.get('client_assertion')
  if (parameters.get('client_assertion_type') !== assertionType) {
    throw invalid({ reason: 'assertion-type', sentence: `client_assertion_type must be '${assertionType}'.` })
  }
  const assertion = jws === undefined ? undefined : readAssertion(jws)
  if (assertion === undefined) {
    throw invalid({
      reason: 'assertion-malformed',
      sentence: 'client_assertion is missing or not a signed JWT in compact form.',
    })
  }
  const claimed = parameters.get('client_id') ?? assertion.claims.iss
  const client = typeof claimed === 'string' ? await deps.clients.find(claimed) : undefined
  const metadata = client?.metadata
  const failure = firstFailure(assertion, {
    now: seconds(deps.clock()),
    audiences: deps.audiences,
    clientId: parameters.get('client_id'),
    mayOmitKid: metadata?.allow_missing_kid ?? metadata?.x509 !== undefined,
    jwksUri: metadata?.jwks_uri,
  })
  if (failure !== undefined) throw invalid(failure, client)
  if (
    client === undefined ||
    client.status !== 'active' ||
    metadata?.token_endpoint_auth_method !== 'private_key_jwt'
  ) {
    throw invalid(
      noSuchKey(
        assertion,
        client === undefined
          ? 'client-unknown'
          : client.status === 'active'
            ? 'client-method'
            : 'client-disabled',
      ),
    )
  }
  const key = candidateKey(await keysOf(client, assertion, deps), assertion.header)
  if (key === undefined) throw invalid(noSuchKey(assertion, 'assertion-kid-unknown'), client)
  await verifySignature(assertion, await keys.of(key), client)
  const certificate = metadata.x509
  if (certificate !== undefined && deps.clock() > certificate.not_after) {
    throw invalid(
      {
        reason: 'certificate-expired',
        sentence: "Client assertion: the client's registered certificate has expired.",
      },
      client,
    )
  }
  // Last, so that nobody but the client itself can use up a jti.
  const fresh = await deps.useAssertion(client.id, String(assertion.claims.jti), rememberedUntil(assertion))
  if (!fresh) {
    throw invalid(
      {
        reason: 'assertion-replayed',
        sentence: 'Client assertion: this jti was used before; make a new assertion for every request.',
      },
      client,
    )
  }
  return client
}

async function keysOf(client: Client, assertion: Assertion, deps: Deps): Promise<readonly PublicKey[]> {
  const { jwks, jwks_uri: uri, x509 } = client.metadata
  if (jwks !== undefined) return jwks.keys
  if (x509 !== undefined) return [x509.jwk]
  if (uri === undefined) return []
  const { kid } = assertion.header
  try {
    return await deps.jwks.keys(uri, typeof kid === 'string' ? kid : undefined)
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error
    const failure = {
      reason: 'jwks-unavailable',
      sentence: "Client assertion: the client's keys could not be read from its registered JWKS URL.",
    }
    throw invalid(failure, client, error.detail)
  }
}

async function verifySignature(assertion: Assertion, key: CryptoKey, client: Client): Promise<void> {
  try {
    await compactVerify(assertion.jws, key, { algorithms: [String(assertion.header.alg)] })
  } catch {
    throw invalid(
      {
        reason: 'assertion-signature',
        sentence: 'Client assertion: the signature does not verify with the registered key of this kid.',
      },
      client,
    )
  }
}

/** One sentence for an unknown client, a disabled one and a key that is not there: it tells nobody which. */
function noSuchKey({ header, claims }: Assertion, reason: string): Failure {
  const kid = header.kid === undefined ? 'its only key' : `the key '${String(header.kid).slice(0, 60)}'`
  const who = String(claims.iss).slice(0, 60)
  return {
    reason,
    sentence: `Client assertion: no active client '${who}' with ${kid} for ${String(header.alg)} is registered here. Check the client_id, that it is enabled, and that its key set holds this kid exactly once.`,
  }
}

function invalid(failure: Failure, client?: Client, detail?: string): LanyardError {
  const facts = [client === undefined ? undefined : `client ${client.id}`, detail].filter(
    (fact) => fact !== undefined,
  )
  return oauthError(
    'invalid_client',
    failure.reason,
    failure.sentence,
    facts.length === 0 ? {} : { detail: facts.join(': ') },
  )
}

/** Imported keys by their content: importing costs more than verifying. */
function importedKeys() {
  const known = new Map<string, CryptoKey>()
  return {
    async of(jwk: PublicKey): Promise<CryptoKey> {
      const content = jwk.kty === 'RSA' ? `${jwk.n} ${jwk.e}` : `${jwk.x} ${jwk.y}`
      const found = known.get(content)
      if (found !== undefined) return found
      const key = await importJWK(
        jwk.kty === 'RSA'
          ? { kty: jwk.kty, n: jwk.n, e: jwk.e }
          : { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y },
        jwk.kty === 'RSA' ? 'RS384' : 'ES384',
      )
      if (key instanceof Uint8Array) throw new Error('a client key must be asymmetric')
      if (known.size >= 1000) known.clear()
      known.set(content, key)
      return key
    },
  }
}
