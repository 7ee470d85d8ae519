import type { Client, ClientRegistry } from '../../clients/registry.ts'
import type { LaunchHandles } from '../../launches/handles.ts'
import { forUser, type NotGranted } from '../../smart/asked-scopes.ts'
import { isEhrLaunch } from '../../smart/context-needs.ts'
import type { LaunchContext } from '../../smart/launch-context.ts'
import { parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import type { UserRegistry } from '../../users/registry.ts'
import { reachOf, type User } from '../../users/user.ts'
import { type Chosen, type ResolvedContext, resolveContext, type Visible } from './context.ts'
import { launchRefused } from './provider-error.ts'

export type RequestDeps = {
  clients: Pick<ClientRegistry, 'find'>
  users: Pick<UserRegistry, 'find'>
  handles: Pick<LaunchHandles, 'find'>
  vocabulary: Vocabulary
  visible: Visible
}

/** An authorization request of a user, with what the registers say about it. */
export type LaunchRequest = {
  client: Client
  user: User
  /** What this app may get of this user at most, and what it asked for beyond that. */
  asked: readonly Scope[]
  notGranted: readonly NotGranted[]
  context: ResolvedContext
  /** The EHR's handle, if it is an EHR launch. */
  handle: string | undefined
}

/** What an EHR's handle stands for. */
export type Handed = { handle: string; userId: string; context: LaunchContext }

type Params = Readonly<Record<string, unknown>>

/**
 * The EHR's launch that a request comes from, if it is an EHR launch.
 * @throws errors of oidc-provider if the handle is no good any more: never a silent standalone launch (EHRL-03)
 */
export async function handedOver(
  { scope, launch }: Params,
  { handles, vocabulary }: Pick<RequestDeps, 'handles' | 'vocabulary'>,
): Promise<Handed | undefined> {
  if (typeof launch !== 'string' || !isEhrLaunch(scopesOf(scope, vocabulary))) return undefined
  const found = await handles.find(launch)
  if ('refused' in found) throw launchRefused(found.refused)
  return { handle: launch, userId: found.userId, context: found.context }
}

/**
 * @param params of the request, as request-parameters.ts left them
 * @returns nothing if the client or the user is not there any more
 */
export async function loadRequest(
  params: Params,
  userId: string | undefined,
  chosen: Chosen,
  deps: RequestDeps,
): Promise<LaunchRequest | undefined> {
  const client = await deps.clients.find(String(params.client_id))
  const user = userId === undefined ? undefined : await deps.users.find(userId)
  if (client === undefined || user?.status !== 'active') return undefined
  const handed = await handedOver(params, deps)
  const { asked, notGranted } = forUser(scopesOf(params.scope, deps.vocabulary), reachOf(user))
  const context = await resolveContext(
    { asked, launch: handed?.context, chosen, who: reachOf(user) },
    deps.visible,
  )
  return { client, user, asked, notGranted, context, handle: handed?.handle }
}

function scopesOf(text: unknown, vocabulary: Vocabulary): readonly Scope[] {
  return typeof text === 'string' ? parseScopes(text, vocabulary).scopes : []
}
