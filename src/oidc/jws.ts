import { type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'

/** RFC 7518 §3.1: the algorithms of client assertions and of access tokens. */
export type JwsAlgorithm = 'RS384' | 'ES384' | 'ES256'

const digests: Readonly<Record<JwsAlgorithm, string>> = { RS384: 'sha384', ES384: 'sha384', ES256: 'sha256' }
const verifyInThread = promisify(verify)

/**
 * Verifies the signature of a compact JWS (RFC 7515 §5.2). The caller has chosen the key by the header and knows
 * that it fits the algorithm. node:crypto in place of jose, whose WebCrypto hands every signature to a thread:
 * that costs more than verifying RS384, which takes 30 µs. P-384 takes 700, and is handed over.
 */
export async function isSigned(jws: string, alg: JwsAlgorithm, key: KeyObject): Promise<boolean> {
  const dot = jws.lastIndexOf('.')
  const signature = Buffer.from(jws.slice(dot + 1), 'base64url')
  // Decoding is lenient; a signature has one spelling only.
  if (signature.length === 0 || signature.toString('base64url') !== jws.slice(dot + 1)) return false
  const content = Buffer.from(jws.slice(0, dot))
  if (alg === 'RS384') return verify(digests[alg], content, key, signature)
  return await verifyInThread(digests[alg], content, raw(key), signature)
}

/** Makes a compact JWS with ES256 (RFC 7515 §5.1). */
export function signed(header: { typ: string; kid: string }, claims: object, key: KeyObject): string {
  const content = `${encoded({ alg: 'ES256', ...header })}.${encoded(claims)}`
  return `${content}.${sign(digests.ES256, Buffer.from(content), raw(key)).toString('base64url')}`
}

/** RFC 7518 §3.4: R and S side by side, not in DER. */
function raw(key: KeyObject) {
  return { key, dsaEncoding: 'ieee-p1363' } as const
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
