import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * An unguessable value in the alphabet `[A-Za-z0-9_-]`, safe in URLs and in HTTP Basic (CAUTH-02). None begins with
 * "-", which commands would take for an option.
 */
export function randomId(bits = 128): string {
  const id = randomBytes(Math.ceil(bits / 8)).toString('base64url')
  return id.startsWith('-') ? randomId(bits) : id
}

/** SHA-256 as base64url: for secrets of full entropy and for cache keys, never for passwords. */
export function sha256(value: string | Uint8Array): string {
  return hash('sha256', value, 'base64url')
}

/** Compares two strings without telling by its duration where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest()
  const right = createHash('sha256').update(b).digest()
  return timingSafeEqual(left, right)
}
