import type { Client } from '../../clients/client.ts'
import type { OwnApps } from '../../clients/own-apps.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { roleOf } from '../admin/door.ts'
import { type VisitorDeps, visitorOf } from '../visitor.ts'
import type { Diagnosis } from './diagnosis.ts'

/** The last assertion of an app that failed, as oidc/failed-assertions.ts keeps it. */
type Failed = {
  clientId: string
  header: Diagnosis['header']
  claims: Diagnosis['claims']
  sentClientId: string | undefined
  reason: string
  sentence: string
  at: number
}

export type FailedDeps = VisitorDeps & {
  clients: { find: (id: string) => Promise<Client | undefined> }
  ownApps: Pick<OwnApps, 'list'>
  failedAssertions: {
    last: (clientId: string) => Promise<Failed | undefined>
    latest: (of: readonly string[] | undefined, most: number) => Promise<Failed[]>
  }
  /** Explains one as of the time when it failed. */
  explainFailed: (failed: Failed, client: Client) => Diagnosis
}

/** One that may be looked at by whoever asks. */
export type FailedOfApp = { client: Client; failed: Failed }

/** Listed at most. */
const MOST = 10

/**
 * The last failed assertions of the visitor's own apps, newest first; for admins and auditors, of all apps.
 * @param wanted the app whose last one is to be shown: undefined if it has none, or not for the visitor
 */
export async function failedFor(
  ctx: RequestContext,
  wanted: string | undefined,
  deps: FailedDeps,
): Promise<{ failures: FailedOfApp[]; last: FailedOfApp | undefined }> {
  const visitor = await visitorOf(ctx, deps)
  if (visitor === undefined) return { failures: [], last: undefined }
  const seesAll = roleOf(visitor.user) !== undefined
  const own = seesAll ? undefined : (await deps.ownApps.list(visitor.user.id)).map(({ id }) => id)
  const failures = await named(await deps.failedAssertions.latest(own, MOST), deps)
  if (wanted === undefined || own?.includes(wanted) === false) return { failures, last: undefined }
  const failed = await deps.failedAssertions.last(wanted)
  return { failures, last: failed && (await named([failed], deps))[0] }
}

async function named(all: readonly Failed[], { clients }: FailedDeps): Promise<FailedOfApp[]> {
  const found = await Promise.all(
    all.map(async (failed) => ({ client: await clients.find(failed.clientId), failed })),
  )
  return found.flatMap(({ client, failed }) => (client === undefined ? [] : [{ client, failed }]))
}
