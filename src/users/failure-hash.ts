import { createHmac } from 'node:crypto'
import { usernameOf } from './user-file.ts'

/** Makes a secret for one purpose, the same on every node (keys/seal.ts). */
export type Secrets = { secretFor: (purpose: string) => string }
export type FailureHash = ReturnType<typeof createFailureHash>

/**
 * How failed tries are found again without storing what was typed: what stands in the field of the name may be a
 * password by mistake, and a hash without a key is guessed from a copy of the database.
 */
export function createFailureHash({ secretFor }: Secrets) {
  const secret = secretFor('sign-in-failures')
  const hash = (...parts: string[]): string =>
    createHmac('sha256', secret).update(parts.join('\0')).digest('base64url')
  return {
    /** Of a counter: its kind, and what is counted. */
    counter: hash,
    /** Of all that counts for a name, in any case. */
    name: (username: string) => hash('name', usernameOf(username)),
  }
}
