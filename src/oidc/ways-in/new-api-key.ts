import type { ClientRegistry } from '../../clients/registry.ts'
import { type ApiKey, type KeyOwner, type NewApiKey, newApiKey } from '../../keys/api-key.ts'
import type { ApiKeys } from '../../keys/api-keys.ts'
import type { Act } from '../../lib/act.ts'
import { LanyardError, type Problem } from '../../lib/errors.ts'
import { mistakeOf, problemsIn } from '../../lib/mistakes.ts'
import { formatScope, parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { narrow } from '../../smart/scope-algebra.ts'
import type { UserRegistry } from '../../users/registry.ts'
import type { RoleRegister } from '../../users/roles.ts'
import { isForServices } from '../client-credentials.ts'
import { isForUserKeys } from './api-key-check.ts'

type Deps = {
  apiKeys: Pick<ApiKeys, 'add'>
  users: Pick<UserRegistry, 'findByName'>
  clients: Pick<ClientRegistry, 'find'>
  roles: Pick<RoleRegister, 'unknown'>
  vocabulary: Vocabulary
}

/** Makes an API key; the input is that of the command line and of the admin API (`newApiKey`). */
export type MakeApiKey = (input: unknown, act?: Act) => Promise<{ key: ApiKey; secret: string }>

/**
 * A key opens nothing that its owner may not do: what is asked for is checked when it is made, so that a mistake is
 * told to whoever made it. (What the owner loses later, the key loses too: api-key-check.ts.)
 * @returns a function that throws LanyardError `invalid-request` with every mistake, `not-found`
 */
export function apiKeyMaker(deps: Deps): MakeApiKey {
  return async (input, act) => {
    const parsed = newApiKey.safeParse(input)
    if (!parsed.success) throw refused(problemsIn(parsed.error))
    const asked = parsed.data
    const { scopes, problems } = parseScopes(asked.scope, deps.vocabulary)
    const [problem] = problems
    if (problem !== undefined)
      throw refused([{ path: 'scope', message: problem.sentence.replace(/\.$/, '') }])
    const { owner, roles } =
      asked.user === undefined
        ? await forClient(asked.client_id ?? '', asked.roles ?? [], scopes, deps)
        : await forUser(asked.user, asked.roles, scopes, deps)
    return await deps.apiKeys.add(asked, owner, roles, act)
  }
}

type Owned = { owner: KeyOwner; roles: readonly string[] }

async function forUser(
  username: string,
  wanted: NewApiKey['roles'],
  scopes: readonly Scope[],
  { users }: Deps,
): Promise<Owned> {
  const user = await users.findByName(username)
  if (user === undefined) throw missing('user', `There is no user "${username}".`)
  const foreign = (wanted ?? []).filter((role) => !user.roles.includes(role))
  if (foreign.length > 0)
    throw refused([{ path: 'roles', message: `${user.username} does not have the role ${foreign[0]}` }])
  const misfit = scopes.find((scope) => !isForUserKeys(scope))
  if (misfit !== undefined)
    throw refused([
      { path: 'scope', message: `a user's key opens user/ scopes only, and not "${formatScope(misfit)}"` },
    ])
  return { owner: { kind: 'user', id: user.id }, roles: wanted ?? user.roles }
}

async function forClient(
  id: string,
  wanted: readonly string[],
  scopes: readonly Scope[],
  { clients, roles, vocabulary }: Deps,
): Promise<Owned> {
  const client = await clients.find(id)
  if (client === undefined) throw missing('client_id', `There is no client "${id}".`)
  const misfit = scopes.find((scope) => !isForServices(scope))
  if (misfit !== undefined)
    throw refused([
      {
        path: 'scope',
        message: `a client's key opens system/ scopes only, and not "${formatScope(misfit)}"`,
      },
    ])
  const [beyond] = narrow(scopes, parseScopes(client.metadata.scope, vocabulary).scopes).refused
  if (beyond !== undefined)
    throw refused([
      { path: 'scope', message: `"${formatScope(beyond.scope)}" is more than ${id} is registered for` },
    ])
  const own = client.metadata.roles
  const foreign =
    own === undefined ? await roles.unknown(wanted) : wanted.filter((role) => !own.includes(role))
  if (foreign.length > 0)
    throw refused([
      {
        path: 'roles',
        message: `${own === undefined ? 'there is no role' : `${id} does not have the role`} ${foreign[0]}`,
      },
    ])
  return { owner: { kind: 'client', id: client.id, since: client.created }, roles: wanted }
}

function refused(problems: readonly Problem[]): LanyardError {
  const why = problems.map(mistakeOf).join('; ')
  return new LanyardError('invalid-request', `The API key cannot be made: ${why}.`, { problems })
}

function missing(path: 'user' | 'client_id', message: string): LanyardError {
  return new LanyardError('not-found', message, { problems: [{ path, message }] })
}
