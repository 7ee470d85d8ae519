import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { type JwksCache, lifetime } from '../../clients/jwks-cache.ts'
import type { PublicKey } from '../../clients/key-set.ts'
import type { OutsideAlgorithm, TrustedIssuer } from '../../config/trusted-issuers.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { Fetched } from '../../lib/guarded-fetch.ts'
import { type Clock, MINUTE, SECOND } from '../../lib/time.ts'

export type IssuerKeyDeps = {
  jwks: Pick<JwksCache, 'keys'>
  fetch: (url: string) => Promise<Fetched>
  clock: Clock
  /** Shared secrets, by issuer. */
  secrets: Readonly<Record<string, string>>
}

/** Milliseconds that metadata is kept at least, and after a failure. */
const LEAST = 5 * MINUTE
const PATIENCE = 10 * SECOND

/** Where the keys of trusted issuers are found, and which of them a token names. */
export function issuerKeys({ jwks, fetch, clock, secrets }: IssuerKeyDeps) {
  const found = new Map<string, { until: number; at: Promise<string> }>()

  /** OpenID Connect Discovery §4, RFC 8414 §3: the metadata must name the issuer that was asked for. */
  async function discovered({ issuer, discovery }: TrustedIssuer): Promise<string> {
    const address = discovery ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const known = found.get(issuer)
    if (known !== undefined && clock() < known.until) return await known.at
    const entry = { until: clock() + PATIENCE, at: asked() }
    found.set(issuer, entry)
    return await entry.at

    async function asked(): Promise<string> {
      const answer = await fetch(address)
      const uri = jwksUriIn(answer, issuer)
      entry.until = clock() + Math.max(LEAST, lifetime(answer.headers))
      return uri
    }
  }

  async function keysOf(issuer: TrustedIssuer, kid: string | undefined): Promise<PublicKey[]> {
    return await jwks.keys(issuer.jwksUri ?? (await discovered(issuer)), kid)
  }

  return {
    /**
     * The one key that a token may be signed with, by its header; none or several: nothing.
     * @throws LanyardError `unavailable` when the keys cannot be had
     */
    async keyFor(
      issuer: TrustedIssuer,
      { alg, kid }: { alg: OutsideAlgorithm; kid?: string | undefined },
    ): Promise<KeyObject | undefined> {
      if (issuer.secret !== undefined) {
        const secret = secrets[issuer.issuer]
        return secret === undefined ? undefined : createSecretKey(Buffer.from(secret))
      }
      const fitting = (await keysOf(issuer, kid)).filter(
        (key) => fits(key, alg) && (kid === undefined || key.kid === kid),
      )
      const [key] = fitting
      return key === undefined || fitting.length > 1 ? undefined : imported(key)
    },
    /** All of its keys, for whoever wants to know whether they can be had. */
    keysOf,
  }
}

function jwksUriIn({ status, body }: Fetched, issuer: string): string {
  const wrong = (why: string) =>
    new LanyardError('unavailable', 'The metadata of an outside issuer could not be used.', {
      detail: `${issuer}: ${why}`,
    })
  if (status !== 200) throw wrong(`status ${status}`)
  let metadata: unknown
  try {
    metadata = JSON.parse(body)
  } catch {
    throw wrong('the metadata is not JSON')
  }
  const { issuer: named, jwks_uri: uri } = (metadata ?? {}) as Record<string, unknown>
  if (named !== issuer) throw wrong('the metadata is of another issuer')
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw wrong('the metadata has no jwks_uri')
  return uri
}

/** RFC 7518 §3.1: the kind of key that an algorithm needs, and no other. */
function fits(key: PublicKey, alg: OutsideAlgorithm): boolean {
  if (key.alg !== undefined && key.alg !== alg) return false
  if (key.kty === 'RSA') return alg.startsWith('RS') || alg.startsWith('PS')
  return { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[key.crv] === alg
}

function imported(key: PublicKey): KeyObject {
  const jwk =
    key.kty === 'RSA'
      ? { kty: key.kty, n: key.n, e: key.e }
      : { kty: key.kty, crv: key.crv, x: key.x, y: key.y }
  return createPublicKey({ key: jwk, format: 'jwk' })
}
