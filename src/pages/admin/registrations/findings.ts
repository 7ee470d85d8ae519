import { type Client, kindOf } from '../../../clients/client.ts'
import { isResourceScope, parseScopes, type Vocabulary } from '../../../smart/scope.ts'
import type { Words } from '../../words/en.ts'

export type Finding = Exclude<keyof Words['admin']['registrations']['findings'], 'title' | 'none'>

/** What to look at before an app is let in. */
export function findingsOf({ metadata }: Pick<Client, 'metadata'>, vocabulary: Vocabulary): Finding[] {
  const { scopes } = parseScopes(metadata.scope, vocabulary)
  const data = scopes.filter(isResourceScope)
  const isService = kindOf(metadata) === 'service'
  const found: readonly [Finding, boolean][] = [
    ['everything', data.some(({ type }) => type === '*')],
    ['system', data.some(({ level }) => level === 'system')],
    ['write', data.some(({ letters }) => /[cud]/.test(letters))],
    ['offline', scopes.some((scope) => scope.kind === 'identity' && scope.name === 'offline_access')],
    ['http', metadata.redirect_uris?.some((uri) => uri.startsWith('http://')) === true],
    ['secret', metadata.token_endpoint_auth_method === 'client_secret_basic'],
    ['noPrivacy', !isService && metadata.policy_uri === undefined],
    ['noOwner', metadata.owner === undefined],
  ]
  return found.filter(([, holds]) => holds).map(([finding]) => finding)
}
