import { z } from 'zod'

/** JWK members that only a private or a symmetric key has (RFC 7518 §6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding')
const common = {
  kid: z.string().min(1).max(200),
  alg: z.string().max(20).optional(),
  use: z.literal('sig').optional(),
}

/** A modulus of at least 2048 bits: 256 bytes, of which base64url makes 342 characters. */
const rsa = z.looseObject({
  ...common,
  kty: z.literal('RSA'),
  n: base64url.min(342, 'is shorter than 2048 bits').max(1400),
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

export type PublicKey = z.infer<typeof publicKey>

/** RFC 7517 §5 with what SMART demands of it: every key has a `kid`, and no two the same. */
export const keySet = z
  .object({ keys: z.array(publicKey).min(1).max(50) })
  .refine((set) => new Set(set.keys.map((key) => key.kid)).size === set.keys.length, {
    error: 'has two keys with the same kid',
  })

export type KeySet = z.infer<typeof keySet>
