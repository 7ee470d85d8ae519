import { createHash } from 'node:crypto'
import type { PublicKey } from './key-set.ts'

/** Names a key by what it is, whatever its owner calls it (RFC 7638, SHA-256, base64url). */
export function thumbprintOf(key: PublicKey): string {
  // RFC 7638 §3.2: these members alone, in this order.
  const members =
    key.kty === 'RSA'
      ? { e: key.e, kty: key.kty, n: key.n }
      : { crv: key.crv, kty: key.kty, x: key.x, y: key.y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
