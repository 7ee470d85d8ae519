import type { Audit } from '../../audit/audit.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { ApiKeys } from '../../keys/api-keys.ts'
import type { Clock } from '../../lib/time.ts'
import type { CheckBearer, Ground, OtherWays } from '../../smart/ground.ts'
import type { Policy } from '../../smart/policy.ts'
import { parseScopes, type Vocabulary } from '../../smart/scope.ts'
import type { Database } from '../../store/database.ts'
import type { UserRegistry } from '../../users/registry.ts'
import { rememberedSignIn } from '../../users/remembered-sign-in.ts'
import { createSignIn } from '../../users/sign-in.ts'
import type { AccessTokens } from '../access-tokens.ts'
import { apiKeyCheck } from './api-key-check.ts'
import { basicCheck } from './basic.ts'
import { bearerCheck } from './bearer-check.ts'
import type { OutsideTokens } from './outside-tokens.ts'
import type { StandingOf } from './outsiders.ts'

type Deps = {
  db: Database
  clock: Clock
  seal: { secretFor: (purpose: string) => string }
  audit: Pick<Audit, 'write'>
  apiKeys: ApiKeys
  users: UserRegistry
  clients: ClientRegistry
  roles: { policyOf(names: readonly string[]): Promise<Policy> }
  vocabulary: Vocabulary
  tokens: Pick<AccessTokens, 'check' | 'count'>
  outside: OutsideTokens
  standingOf: StandingOf
  config: { basicAuthentication: boolean; noAuthentication: boolean }
}

/** Every way into the FHIR server: bearer tokens, and what there is beside them. */
export function waysIn({ tokens, config, ...deps }: Deps): { check: CheckBearer; ways: OtherWays } {
  const { count } = tokens
  const signIn = () => rememberedSignIn({ ...deps, signIn: createSignIn(deps), count })
  return {
    check: bearerCheck({ ...deps, own: tokens.check, count }),
    ways: {
      apiKey: apiKeyCheck({ ...deps, count }),
      basic: config.basicAuthentication ? basicCheck({ ...deps, signIn: signIn() }) : undefined,
      nobody: config.noAuthentication ? anybody(deps.vocabulary) : undefined,
    },
  }
}

/** For debugging only (`noAuthentication`): whoever asks without credentials may do everything. */
function anybody(vocabulary: Vocabulary): Ground {
  const name = 'no-authentication:'
  return {
    claims: { client_id: name, sub: `client:${name}`, jti: name },
    authority: {
      scopes: parseScopes('system/*.cruds', vocabulary).scopes,
      patient: undefined,
      user: undefined,
      policy: undefined,
    },
  }
}
