import { createPublicKey, type KeyObject } from 'node:crypto'
import type { JwksCache } from '../clients/jwks-cache.ts'
import type { PublicKey } from '../clients/key-set.ts'
import type { Client } from '../clients/registry.ts'
import type { Certificate } from '../clients/x509.ts'
import { LanyardError } from '../lib/errors.ts'
import type { Clock } from '../lib/time.ts'
import {
  type Assertion,
  type AssertionAlgorithm,
  assertionAlgorithms,
  candidateKey,
  type Failure,
  shown,
} from './assertion-rules.ts'
import { isSigned } from './jws.ts'

/** Who has registered keys, in whichever way. */
export type KeyHolder = { readonly metadata: Pick<Client['metadata'], 'jwks' | 'jwks_uri' | 'x509'> }

export type KeyDeps = { jwks: Pick<JwksCache, 'keys'>; clock: Clock }

/** Imported keys kept: importing costs more than verifying. */
const KEPT = 1000

/** Verifies assertions with the key that the client registered; tells what is wrong, or nothing. */
export function assertionVerifier(deps: KeyDeps) {
  const imported = importedKeys()
  return async (client: KeyHolder, assertion: Assertion): Promise<Failure | undefined> => {
    const keys = await keysOf(client, assertion, deps)
    if ('reason' in keys) return keys
    const key = candidateKey(keys, assertion.header)
    if (key === undefined) return noSuchKey(assertion, 'assertion-kid-unknown')
    if (!(await isSigned(assertion.jws, assertion.header.alg as AssertionAlgorithm, imported.of(key))))
      return forged
    return outsideValidity(client.metadata.x509, deps.clock())
  }
}

/**
 * The part of the verification that can be told without an algorithm: whether the client has the key that is named,
 * once. For the assertion doctor only: nothing is verified by it.
 */
export function keyIsMissing(keys: readonly PublicKey[], assertion: Assertion): Failure | undefined {
  const { kid } = assertion.header
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
  return named.length === 1 ? undefined : noSuchKey(assertion, 'assertion-kid-unknown')
}

/** One sentence for an unknown client, a disabled one and a key that is not there: it tells nobody which. */
export function noSuchKey({ header, claims }: Assertion, reason: string): Failure {
  const kid = header.kid === undefined ? 'its only key' : `the key ${shown(header.kid, 60)}`
  const who = shown(claims.iss, 60)
  // One that is not supported here is a mistake of its own.
  const use = isSupported(header.alg) ? ` for ${header.alg}` : ''
  return {
    reason,
    sentence: `Client assertion: no active client ${who} with ${kid}${use} is registered here. Check the client_id, that it is enabled, and that its key set holds this kid exactly once.`,
  }
}

/** True for an algorithm that a signature can be verified by. */
export function isSupported(alg: unknown): alg is AssertionAlgorithm {
  return typeof alg === 'string' && Object.hasOwn(assertionAlgorithms, alg)
}

const forged: Failure = {
  reason: 'assertion-signature',
  sentence: 'Client assertion: the signature does not verify with the registered key of this kid.',
}

/** The keys that a client registered, or fetched from where it publishes them; or why they cannot be had. */
export async function keysOf(
  { metadata: { jwks, jwks_uri: uri, x509 } }: KeyHolder,
  { header: { kid } }: Pick<Assertion, 'header'>,
  deps: KeyDeps,
): Promise<readonly PublicKey[] | Failure> {
  if (jwks !== undefined) return jwks.keys
  if (x509 !== undefined) return [x509.jwk]
  if (uri === undefined) return []
  try {
    return await deps.jwks.keys(uri, typeof kid === 'string' ? kid : undefined)
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error
    return {
      reason: 'jwks-unavailable',
      sentence: "Client assertion: the client's keys could not be read from its registered JWKS URL.",
      detail: error.detail,
    }
  }
}

/** RFC 5280 §4.1.2.5: a certificate is good from its first to its last moment. */
function outsideValidity(certificate: Certificate | undefined, now: number): Failure | undefined {
  if (certificate === undefined) return undefined
  if (now > certificate.not_after) {
    return {
      reason: 'certificate-expired',
      sentence: "Client assertion: the client's registered certificate has expired; register a new one.",
    }
  }
  if (now < certificate.not_before) {
    return {
      reason: 'certificate-not-yet-valid',
      sentence: "Client assertion: the client's registered certificate is not valid yet.",
    }
  }
  return undefined
}

/** Imported keys by their content. */
function importedKeys() {
  const known = new Map<string, KeyObject>()
  return {
    of(jwk: PublicKey): KeyObject {
      const [content, members] =
        jwk.kty === 'RSA'
          ? [`${jwk.n} ${jwk.e}`, { kty: jwk.kty, n: jwk.n, e: jwk.e }]
          : [`${jwk.x} ${jwk.y}`, { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }]
      const found = known.get(content)
      if (found !== undefined) return found
      const key = createPublicKey({ key: members, format: 'jwk' })
      if (known.size >= KEPT) known.clear()
      known.set(content, key)
      return key
    },
  }
}
