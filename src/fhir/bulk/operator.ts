import type { Scope } from '../../smart/scope.ts'
import { type Access, mint } from '../access/access.ts'

const everything: readonly Scope[] = [
  { kind: 'resource', level: 'system', type: '*', letters: 'rs', where: [], v1: false, prefix: '' },
]

/** What an operator may export at the command line: all there is. Whoever may run it holds the database anyway. */
export function asOperator(): Access {
  const claims = { client_id: 'lanyard', sub: 'operator', jti: 'command' }
  const authority = { scopes: everything, patient: undefined, user: undefined, policy: undefined }
  return mint({ claims, authority }, 'named')
}
