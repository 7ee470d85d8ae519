import { createPublicKey } from 'node:crypto'
import { algorithmOf, endOf } from './ending.ts'
import type { Attempt } from './jwks-cache.ts'
import { canSignAssertions, publicKey } from './key-set.ts'
import type { ClientMetadata } from './metadata.ts'

/** One key of a set as its owner needs to know it; `problem` says why it cannot be used. */
export type ReportedKey = {
  kid: string
  /** `RS384`, `ES384`; of an unknown key what it says of itself. */
  alg: string
  /** `RSA, 3072 bits`, `P-384`. */
  strength: string
  /** Milliseconds since 1970, where the key says it. */
  end: number | undefined
  problem: KeyProblem | undefined
}

export type KeyProblem =
  /** A private or symmetric member: the key is burnt. */
  | 'private'
  /** Well written, and for no algorithm of client assertions (CAUTH-10). */
  | 'algorithm'
  | 'short'
  | 'no-kid'
  | 'same-kid'
  | 'other-use'
  | 'unreadable'

export type KeyReport = { keys: ReportedKey[]; usable: number; hasPrivate: boolean }

const SECRET = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** What a set of keys holds, key by key. @param value JSON as it was read */
export function reportKeys(value: unknown): KeyReport | undefined {
  const list = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
  if (!Array.isArray(list)) return undefined
  const seen = new Set<string>()
  const keys = list.slice(0, 100).map((key: unknown) => {
    const reported = reportKey(key)
    const problem = reported.problem ?? (seen.has(reported.kid) ? ('same-kid' as const) : undefined)
    seen.add(reported.kid)
    return { ...reported, problem }
  })
  return {
    keys,
    usable: keys.filter(({ problem }) => problem === undefined).length,
    hasPrivate: keys.some(({ problem }) => problem === 'private'),
  }
}

/** A key that is registered already. */
export function reportKey(given: unknown): ReportedKey {
  const key = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
  const parsed = publicKey.safeParse(given)
  const said = (member: string) => (typeof key[member] === 'string' ? key[member].slice(0, 200) : '')
  const base = { kid: said('kid'), strength: strengthOf(key) }
  if (!parsed.success) return { ...base, alg: said('alg'), end: undefined, problem: problemOf(key) }
  const alg = algorithmOf(parsed.data)
  const problem = canSignAssertions(parsed.data) ? undefined : 'algorithm'
  return { ...base, alg, end: endOf(parsed.data), problem }
}

function problemOf(key: Record<string, unknown>): KeyProblem {
  if (SECRET.some((member) => member in key)) return 'private'
  if (typeof key.kid !== 'string' || key.kid === '') return 'no-kid'
  if (key.use !== undefined && key.use !== 'sig') return 'other-use'
  if (key.kty === 'RSA' && bitsOf(key) !== undefined && (bitsOf(key) ?? 0) < 2048) return 'short'
  return 'unreadable'
}

function strengthOf(key: Record<string, unknown>): string {
  if (key.kty === 'EC') return typeof key.crv === 'string' ? key.crv.slice(0, 20) : 'EC'
  const bits = bitsOf(key)
  return key.kty === 'RSA' && bits !== undefined ? `RSA, ${bits} bits` : String(key.kty ?? '').slice(0, 20)
}

function bitsOf({ kty, n, e }: Record<string, unknown>): number | undefined {
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return undefined
  try {
    return createPublicKey({ key: { kty, n, e }, format: 'jwk' }).asymmetricKeyDetails?.modulusLength
  } catch {
    return undefined
  }
}

/** The keys of a client as far as they are known here. @param attempt what the last fetch of its JWKS brought */
export function keysOfClient(
  { jwks_uri, jwks, x509 }: Pick<ClientMetadata, 'jwks_uri' | 'jwks' | 'x509'>,
  attempt: Attempt | undefined,
): ReportedKey[] {
  if (jwks_uri !== undefined)
    return attempt !== undefined && 'keys' in attempt ? attempt.keys.map(reportKey) : []
  return x509 === undefined
    ? (jwks?.keys ?? []).map(reportKey)
    : [{ ...reportKey(x509.jwk), end: x509.not_after }]
}
