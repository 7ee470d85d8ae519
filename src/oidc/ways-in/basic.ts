import type { Audit } from '../../audit/audit.ts'
import type { CheckedGround, Ground } from '../../smart/ground.ts'
import { withBasic } from '../../smart/policy.ts'
import { parseScopes, type Vocabulary } from '../../smart/scope.ts'
import type { rememberedSignIn } from '../../users/remembered-sign-in.ts'
import { reachOf, type User } from '../../users/user.ts'

/** What stands for the app of who shows name and password; no client has such a name. */
const APP = 'basic:'

type Deps = {
  signIn: ReturnType<typeof rememberedSignIn>
  audit: Pick<Audit, 'write'>
  vocabulary: Vocabulary
}

/**
 * HTTP Basic for users (RFC 7617): everything that the user may see, as far as the user's roles say `basic`. It is no
 * way for a client's secret. Guessing is held up as on the sign-in page, and told as little.
 */
export function basicCheck({ signIn, audit, vocabulary }: Deps) {
  const { scopes } = parseScopes('user/*.cruds', vocabulary)
  /** The same ground for the same user, as long as nothing changed. */
  const grounds = new WeakMap<User, Ground>()

  return async (credentials: string, address: string, requestId: string): Promise<CheckedGround> => {
    const pair = pairIn(credentials)
    if (pair === undefined) return { refused: 'basic-malformed' }
    const result = await signIn({ ...pair, address })
    const entry = { event: 'user.sign-in', requestId, detail: { way: 'basic' } } as const
    if ('refused' in result) {
      const { refused, userId, retryAfter } = result
      if (result.remembered === undefined)
        await audit.write({ ...entry, outcome: 'refused', reason: refused, userId })
      return { refused: `basic-${refused}`, retryAfter }
    }
    if (result.remembered === undefined)
      await audit.write({ ...entry, outcome: 'success', userId: result.user.id })
    return { live: groundOf(result.user) }
  }

  function groundOf(user: User): Ground {
    const known = grounds.get(user)
    if (known !== undefined) return known
    const reach = reachOf(user, APP)
    const ground: Ground = {
      claims: { client_id: APP, sub: user.id, jti: APP },
      authority: {
        scopes,
        patient: undefined,
        user: { ...reach, policy: withBasic(reach.policy) },
        policy: undefined,
      },
    }
    grounds.set(user, ground)
    return ground
  }
}

/** RFC 7617 §2: UTF-8, and the name ends at the first colon. */
function pairIn(credentials: string): { username: string; password: string } | undefined {
  if (!/^[A-Za-z0-9+/]{4,2000}={0,2}$/.test(credentials)) return undefined
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1 || text.length > 1200) return undefined
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
