import type { Client } from '../../clients/client.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { roleOf } from '../admin/door.ts'
import { type VisitorDeps, visitorOf } from '../visitor.ts'

/**
 * Whether whoever asks may learn what is registered for a client, or that nothing is: in the demo everybody, else its
 * developer, and those who look after all apps.
 */
export async function mayKnowOf(
  ctx: RequestContext,
  deps: VisitorDeps & { demo: boolean },
): Promise<(client: Client | undefined) => boolean> {
  if (deps.demo) return () => true
  const visitor = await visitorOf(ctx, deps)
  if (visitor === undefined) return () => false
  const { user } = visitor
  return (client) => roleOf(user) !== undefined || client?.ownerUser === user.id
}
