import type { LaunchGrant, LaunchGrants } from '../../launches/grants.ts'
import { LanyardError } from '../../lib/errors.ts'
import { formatScopes, parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import type { User } from '../../users/user.ts'

/**
 * What a user allowed one app for one patient. Each launch grants anew; to its user it is one app, and withdrawing it
 * ends them all.
 */
export type Connection = {
  /** That of the newest grant; an older one names the same connection. */
  id: string
  userId: string
  clientId: string
  /** A bare id. */
  patient: string | undefined
  /** Newest first. */
  grants: readonly [LaunchGrant, ...LaunchGrant[]]
}

/** @param grants of one user, newest first */
export function connectionsOf(grants: readonly LaunchGrant[]): Connection[] {
  const byApp = Map.groupBy(grants, ({ clientId, context }) => `${clientId} ${context.patient ?? ''}`)
  return [...byApp.values()].flatMap(([newest, ...older]) => {
    if (newest === undefined) return []
    const { id, userId, clientId, context } = newest
    return [{ id, userId, clientId, patient: context.patient, grants: [newest, ...older] }]
  })
}

/**
 * The connection to which one of this user's grants belongs.
 * @throws LanyardError `not-found`, for another user's too
 */
export async function connectionOf(
  grantId: string,
  user: User,
  grants: Pick<LaunchGrants, 'find' | 'ofApp'>,
): Promise<Connection> {
  const grant = /^[\w-]{1,64}$/.test(grantId) ? await grants.find(grantId) : undefined
  const all = grant?.userId === user.id ? await grants.ofApp(user.id, grant.clientId) : []
  const found = connectionsOf(all).find(({ grants }) => grants.some(({ id }) => id === grantId))
  if (found !== undefined) return found
  throw new LanyardError('not-found', 'You have not allowed this app anything, or not any more.', {
    reason: 'grant-unknown',
  })
}

/** All that an app may do by any of the grants. */
export function scopesOf({ grants }: Connection, vocabulary: Vocabulary): readonly Scope[] {
  const texts = new Set(grants.flatMap(({ scope }) => scope.split(' ')))
  return parseScopes([...texts].join(' '), vocabulary).scopes
}

/** The facts of the account page about all the grants together. */
export function factsOf(connection: Connection, vocabulary: Vocabulary) {
  const { id, grants } = connection
  const used = grants.flatMap(({ used }) => used ?? [])
  return {
    id,
    scopes: formatScopes(scopesOf(connection, vocabulary)),
    since: Math.min(...grants.map(({ created }) => created)),
    lastUsed: used.length === 0 ? undefined : Math.max(...used),
    until: Math.max(...grants.map(({ expires }) => expires)),
    offline: grants.some(({ refresh }) => refresh === 'offline'),
  }
}
