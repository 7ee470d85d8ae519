import type { Client } from '../../clients/client.ts'
import type { OwnApps } from '../../clients/own-apps.ts'
import type { RequestContext } from '../../observe/request-context.ts'
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

/** The last failed assertions of the visitor's own apps; for admins and auditors, of all apps. Newest first. */
export async function failedFor(ctx: RequestContext, deps: FailedDeps): Promise<FailedOfApp[]> {
  const sees = await seenBy(ctx, deps)
  if (sees === undefined) return []
  return await named(await deps.failedAssertions.latest(sees.own, MOST), deps)
}

/** That of one app; undefined if there is none, or not for the visitor. */
export async function failedOf(
  ctx: RequestContext,
  clientId: string,
  deps: FailedDeps,
): Promise<FailedOfApp | undefined> {
  const sees = await seenBy(ctx, deps)
  if (sees === undefined || sees.own?.includes(clientId) === false) return undefined
  const failed = await deps.failedAssertions.last(clientId)
  return failed && (await named([failed], deps))[0]
}

/** Whose they are; `own` is undefined for those who see all apps. */
async function seenBy(ctx: RequestContext, deps: FailedDeps): Promise<{ own?: string[] } | undefined> {
  const visitor = await visitorOf(ctx, deps)
  if (visitor === undefined) return undefined
  const { roles, id } = visitor.user
  if (roles.includes('admin') || roles.includes('auditor')) return {}
  return { own: (await deps.ownApps.list(id)).map((app) => app.id) }
}

async function named(all: readonly Failed[], { clients }: FailedDeps): Promise<FailedOfApp[]> {
  const found = await Promise.all(
    all.map(async (failed) => ({ client: await clients.find(failed.clientId), failed })),
  )
  return found.flatMap(({ client, failed }) => (client === undefined ? [] : [{ client, failed }]))
}
