import { algorithmOf } from '../clients/ending.ts'
import { canSignAssertions, type PublicKey } from '../clients/key-set.ts'
import type { Assertion } from './assertion-rules.ts'

/** What an assertion in place of one that was examined should say, as far as it is known to whoever asks. */
export type RightValues = {
  readonly clientId: string | undefined
  readonly kid: string | undefined
  /** `RS384` or `ES384`. */
  readonly alg: string
}

/**
 * The values of an assertion that would be right: of the keys that may sign, the one that was named, or one for the
 * algorithm that was used, or else the first.
 * @param clientId the client that it is of, if that is known
 * @param keys what the client may sign with; none if that is not known
 */
export function rightValues(
  { header }: Pick<Assertion, 'header'>,
  clientId: string | undefined,
  keys: readonly PublicKey[],
): RightValues {
  const usable = keys.filter(canSignAssertions)
  const key =
    usable.find(({ kid }) => kid === header.kid) ??
    usable.find((one) => algorithmOf(one) === header.alg) ??
    usable[0]
  if (key !== undefined) return { clientId, kid: key.kid, alg: algorithmOf(key) }
  return { clientId, kid: undefined, alg: header.alg === 'RS384' ? 'RS384' : 'ES384' }
}
