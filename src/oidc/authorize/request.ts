import type { Client, ClientRegistry } from '../../clients/registry.ts'
import type { LaunchHandles, LaunchRefusal } from '../../launches/handles.ts'
import { forUser, type NotGranted } from '../../smart/asked-scopes.ts'
import { isEhrLaunch } from '../../smart/context-needs.ts'
import type { Simulation } from '../../smart/fault.ts'
import type { LaunchContext } from '../../smart/launch-context.ts'
import { parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import type { UserRegistry } from '../../users/registry.ts'
import { reachOf, type User } from '../../users/user.ts'
import { type Chosen, type ResolvedContext, resolveContext, type Visible } from './context.ts'

export type RequestDeps = {
  clients: Pick<ClientRegistry, 'find'>
  users: Pick<UserRegistry, 'find'>
  handles: Pick<LaunchHandles, 'find' | 'findAlone'>
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
  /** Of a launch that was made before its app asked: by an EHR, or by the simulator. */
  handed: Pick<Handed, 'handle' | 'context'> | undefined
  /** Of a launch that the simulator made. */
  simulated: Simulation | undefined
}

/** Why there is no such request any more: the app or the user has ended, or the EHR's launch has. */
export type NoRequest = { refused: 'ended' | LaunchRefusal }

/** What a handle stands for. */
export type Handed = {
  handle: string
  userId: string
  /** What the EHR handed over; nothing where the app begins by itself, in a browser made ready by the simulator. */
  context?: LaunchContext | undefined
  simulated?: Simulation | undefined
}

type Params = Readonly<Record<string, unknown>>

/**
 * The launch that a request comes from: an EHR's, or why it is no good any more (EHRL-03), or one of the app's own for
 * which the simulator made this browser ready. If that is over, the request is one as any other.
 */
export async function handedOver(
  { scope, launch, alone }: Params,
  { handles, vocabulary }: Pick<RequestDeps, 'handles' | 'vocabulary'>,
): Promise<Handed | { refused: LaunchRefusal } | undefined> {
  if (!isEhrLaunch(scopesOf(scope, vocabulary))) {
    const found = typeof alone === 'string' ? await handles.findAlone(alone) : undefined
    if (found === undefined || 'refused' in found) return undefined
    return { handle: String(alone), userId: found.userId, simulated: found.simulation?.simulated }
  }
  if (typeof launch !== 'string') return undefined
  const found = await handles.find(launch)
  if ('refused' in found) return found
  const { userId, context, simulation } = found
  return { handle: launch, userId, context, simulated: simulation?.simulated }
}

/** @param params of the request, as request-parameters.ts left them */
export async function loadRequest(
  params: Params,
  userId: string | undefined,
  chosen: Chosen,
  deps: RequestDeps,
): Promise<LaunchRequest | NoRequest> {
  const client = await deps.clients.find(String(params.client_id))
  const user = userId === undefined ? undefined : await deps.users.find(userId)
  if (client?.status !== 'active' || user?.status !== 'active') return { refused: 'ended' }
  const handed = await handedOver(params, deps)
  if (handed !== undefined && 'refused' in handed) return handed
  const who = reachOf(user, client.id)
  const { asked, notGranted } = forUser(scopesOf(params.scope, deps.vocabulary), who)
  const context = await resolveContext({ asked, launch: handed?.context, chosen, who }, deps.visible)
  return { client, user, asked, notGranted, context, handed, simulated: handed?.simulated }
}

function scopesOf(text: unknown, vocabulary: Vocabulary): readonly Scope[] {
  return typeof text === 'string' ? parseScopes(text, vocabulary).scopes : []
}
