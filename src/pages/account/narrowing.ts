import type { Consents } from '../../launches/consents.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import { type Consented, grantedByTicks } from '../../smart/consent-ticks.ts'
import { formatScopes, isResourceScope, parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { narrow } from '../../smart/scope-algebra.ts'
import { type Connection, scopesOf } from './connections.ts'

export type NarrowingDeps = {
  grants: Pick<LaunchGrants, 'find' | 'ofApp' | 'narrow' | 'end'>
  consents: Pick<Consents, 'find' | 'remember' | 'forget'>
  vocabulary: Vocabulary
}

/**
 * Takes away what was unticked, from the live grants and from what is remembered for the next launch.
 * @returns `nothing-left`, and nothing is done, if none of the data stays ticked
 */
export async function narrowConnection(
  connection: Connection,
  form: URLSearchParams,
  deps: NarrowingDeps,
): Promise<'narrowed' | 'unchanged' | 'nothing-left'> {
  const decided = grantedByTicks(scopesOf(connection, deps.vocabulary), {
    scopes: form.getAll('scope'),
    partsShown: form.getAll('parts'),
    // Not asked about here.
    offline: true,
  })
  if (!decided.granted.some(isResourceScope)) return 'nothing-left'
  if (decided.refused.length === 0) return 'unchanged'
  // Before the grants, so that no launch in between gets more than is left.
  await remember(connection, decided, deps)
  let contested = false
  // Asked for again: one that rests on what was remembered before may have come in between.
  const { userId, clientId, patient } = connection
  const seen = new Map(connection.grants.map(({ id, scope }) => [id, scope]))
  for (const { id, context, scope } of await deps.grants.ofApp(userId, clientId)) {
    if (context.patient !== patient) continue
    if (await narrowGrant(id, seen.get(id) ?? scope, decided.granted, deps)) contested = true
  }
  // Somebody narrowed it at the same time, and one decision has replaced the other: the next launch asks.
  if (contested) await deps.consents.forget(connection)
  return 'narrowed'
}

async function remember(
  connection: Connection,
  { granted, refused }: Consented,
  { consents }: NarrowingDeps,
): Promise<void> {
  const before = await consents.find(connection)
  const [newest] = connection.grants
  const all = new Set([...(before?.refused ?? '').split(' '), ...formatScopes(refused).split(' ')])
  await consents.remember(connection, {
    granted: formatScopes(granted),
    refused: [...all].join(' ').trim(),
    duration: before?.duration ?? newest.duration,
    until: before?.until ?? newest.expires,
  })
}

/**
 * @param seen what it granted when the decision was made from it
 * @returns whether somebody else narrowed it since; what is left then is narrowed once more
 */
async function narrowGrant(
  id: string,
  seen: string,
  to: readonly Scope[],
  { grants, vocabulary }: NarrowingDeps,
): Promise<boolean> {
  for (let contested = false; ; ) {
    const grant = await grants.find(id)
    if (grant === undefined) return contested
    contested ||= grant.scope !== seen
    const { granted } = narrow(parseScopes(grant.scope, vocabulary).scopes, to)
    const scope = formatScopes(granted)
    if (scope === grant.scope) return contested
    if (!granted.some(isResourceScope)) {
      await grants.end({ id }, 'withdrawn')
      return contested
    }
    if (await grants.narrow(grant, scope)) return contested
  }
}
