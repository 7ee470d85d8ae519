import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { messageOf } from '../lib/errors.ts'

/** JWK members that only a private or a symmetric key has (RFC 7518 §6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding')
const common = {
  kid: z.string().min(1).max(200),
  alg: z.string().max(20).optional(),
  use: z.literal('sig').optional(),
}

const rsa = z.looseObject({
  ...common,
  kty: z.literal('RSA'),
  n: base64url.max(1400),
  e: base64url.max(12),
})
const ec = z.looseObject({
  ...common,
  kty: z.literal('EC'),
  crv: z.enum(['P-256', 'P-384', 'P-521']),
  x: base64url.max(90),
  y: base64url.max(90),
})

/** A public key that may sign assertions (CAUTH-16). Private keys are refused: they are burnt once shown. */
export const publicKey = z
  .looseObject({})
  .superRefine((key, context) => {
    const found = privateMembers.filter((member) => member in key)
    if (found.length > 0) {
      context.addIssue({
        code: 'custom',
        message: `holds the private member "${found[0]}"; register the public key only, and make a new pair, as this one is no longer secret`,
      })
    }
  })
  .pipe(z.discriminatedUnion('kty', [rsa, ec]))
  .superRefine((key, context) => {
    const problem = keyProblem(key)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

export type PublicKey = z.infer<typeof rsa> | z.infer<typeof ec>

/** RFC 7517 §5 with what SMART demands of it: every key has a `kid`, and no two the same. */
export const keySet = z
  .object({ keys: z.array(publicKey).min(1).max(50) })
  .refine((set) => new Set(set.keys.map((key) => key.kid)).size === set.keys.length, {
    error: 'has two keys with the same kid',
  })

export type KeySet = z.infer<typeof keySet>

/** What a person pasted as keys: a JWK alone is a set of one; everything else stays what it is, for `keySet` to judge. */
export function asKeySet(value: unknown): unknown {
  const isKey = typeof value === 'object' && value !== null && 'kty' in value && !('keys' in value)
  return isKey ? { keys: [value] } : value
}

/** True if the key fits an algorithm of client assertions: RS384 or ES384 (CAUTH-10). */
export function canSignAssertions(key: PublicKey): boolean {
  if (key.kty === 'EC' && key.crv !== 'P-384') return false
  return key.alg === undefined || key.alg === (key.kty === 'RSA' ? 'RS384' : 'ES384')
}

/**
 * What is wrong with a key that is well written: a point that is not on its curve, a modulus that is too short
 * whatever its length as text, an exponent under which everybody can sign.
 */
function keyProblem(key: PublicKey): string | undefined {
  try {
    const jwk =
      key.kty === 'RSA'
        ? { kty: key.kty, n: key.n, e: key.e }
        : { kty: key.kty, crv: key.crv, x: key.x, y: key.y }
    const { modulusLength, publicExponent } =
      createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails ?? {}
    if (key.kty === 'EC') return undefined
    if (modulusLength === undefined || modulusLength < 2048) return 'has a modulus shorter than 2048 bits'
    if (modulusLength > 8192) return 'has a modulus longer than 8192 bits'
    if (publicExponent === undefined || publicExponent < 3n || publicExponent % 2n === 0n)
      return 'has a public exponent that is no exponent: it must be odd and at least 3, usually "AQAB"'
    return undefined
  } catch (error) {
    return `is not a key that exists (${messageOf(error)})`
  }
}
