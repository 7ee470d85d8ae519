import type Router from '@koa/router'
import { hashOf } from '../../../audit/chain.ts'
import type { AuditLook } from '../../../audit/look.ts'
import { type AuditRow, rowColumns } from '../../../audit/rows.ts'
import type { ClientRegistry } from '../../../clients/registry.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { isFromElsewhere } from '../../csrf.ts'
import type { Admin, AdminDoor } from '../door.ts'
import { mistakeFor, problemsOf } from '../mistakes.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { tryHref } from '../people/try-page.ts'
import { refuseHead, sendFile } from '../send-file.ts'
import { auditPage, type Entry } from './audit-page.ts'
import { entryPage } from './entry-page.ts'
import { type Asked, askedIn } from './filters.ts'
import { namesIn } from './names.ts'

/** Entries on one page. */
const PAGE = 25

export type AuditPageDeps = {
  users: Pick<UserRegistry, 'find'>
  clients: Pick<ClientRegistry, 'find'>
  operations: Pick<AdminOperations, 'audit'>
  auditLook: AuditLook
  /** A row as FHIR resources, one for each patient that it is about. */
  auditEventsOf: (row: AuditRow) => object[]
}

/** The audit: what is looked for, one entry, the chain, and what is taken away. */
export function auditRoutes(
  router: Router<RequestState>,
  { get, look }: AdminDoor,
  deps: AuditPageDeps,
): void {
  const { operations, auditLook, auditEventsOf } = deps
  const { audit } = operations

  async function linksOf(): Promise<string[]> {
    const { rows } = await auditLook.newest({}, undefined, 3)
    return rows
      .flatMap(({ hash }) => (hash === null ? [] : [`${hash.slice(0, 4)} ${hash.slice(4, 8)}`]))
      .toReversed()
  }

  /** What was found, or why it cannot be looked for. */
  async function found(asked: Asked, after: string | undefined, { actor, words }: Admin) {
    try {
      const answer = await perform(audit.list, { ...asked, after, limit: PAGE }, actor)
      return { ...answer, problems: {} }
    } catch (error) {
      const problems = problemsOf(error).map((problem) => [problem.path, mistakeFor(problem, words)] as const)
      return { items: [], next: undefined, looked_to: undefined, problems: Object.fromEntries(problems) }
    }
  }

  router.get(
    adminPaths.audit,
    get(async (ctx, admin) => {
      const asked = askedIn(ctx.query)
      const after = ctx.query.after === undefined ? undefined : String(ctx.query.after)
      const { items, next, looked_to: lookedTo, problems } = await found(asked, after, admin)
      if (Object.keys(problems).length > 0) ctx.status = 400
      return auditPage(admin, {
        entries: items,
        names: await namesIn(items, deps),
        asked,
        problems,
        next,
        lookedOn: lookedTo !== undefined,
        first: after === undefined,
        verification: await perform(audit.verification, {}, admin.actor),
        links: await linksOf(),
      })
    }),
  )

  // What they are posted to is a page too, so that a language can be chosen there.
  router.get(
    `${adminPaths.audit}/verify`,
    get(async () => adminPaths.audit),
  )
  router.post(
    `${adminPaths.audit}/verify`,
    look(async (_ctx, { actor }) => {
      await perform(audit.verify, {}, actor)
      return adminPaths.audit
    }),
  )

  router.get(
    `${adminPaths.audit}/export`,
    get(async (ctx, admin) => {
      refuseHead(ctx)
      const asked = askedIn(ctx.query)
      // Nobody is to have taken the audit because they followed a link.
      if (isFromElsewhere(ctx)) return `${adminPaths.audit}?${new URLSearchParams(asked)}`
      try {
        sendFile(ctx, await perform(audit.export, { ...asked, format: ctx.query.format }, admin.actor))
      } catch (error) {
        // The page tells what is wrong with which field.
        const isField = problemsOf(error).every(({ path }) => path in asked)
        if (!isField || (error as LanyardError).reason !== undefined) throw error
        return `${adminPaths.audit}?${new URLSearchParams(asked)}`
      }
      return undefined
    }),
  )

  router.get(
    `${adminPaths.audit}/:seq`,
    get(async (ctx, admin) => {
      const seq = /^\d{1,15}$/.test(String(ctx.params.seq)) ? Number(ctx.params.seq) : -1
      const row = await auditLook.one(seq)
      if (row === undefined) throw new LanyardError('not-found', 'The audit has no such entry.')
      const entry = await perform(audit.get, { seq }, admin.actor)
      return entryPage(admin, {
        entry,
        names: await namesIn([entry], deps),
        events: auditEventsOf(row.row),
        tryIt: await questionOf(entry, deps),
        follows:
          row.row.hash === null || row.previous === undefined ? undefined : follows(row.row, row.previous),
      })
    }),
  )
}

/** The refused request as a question: the same user, app and patient, with all that the app may ask for. */
async function questionOf(
  { event, user_id: userId, client_id: clientId, patient, detail }: Entry,
  { users, clients }: Pick<AuditPageDeps, 'users' | 'clients'>,
): Promise<string | undefined> {
  const { method, path } = detail
  if (event !== 'fhir.refuse' || typeof method !== 'string' || typeof path !== 'string') return undefined
  const user = userId === undefined ? undefined : await users.find(userId)
  const client = clientId === undefined ? undefined : await clients.find(clientId)
  if (user === undefined && client === undefined) return undefined
  return tryHref({
    ...(user === undefined ? {} : { user: user.username }),
    ...(client === undefined ? {} : { client: client.id }),
    ...(patient === undefined ? {} : { patient }),
    scope: client?.metadata.scope ?? 'user/*.cruds',
    method,
    path: path.replace(/^\/fhir(?=\/)/, ''),
  })
}

function follows(row: AuditRow, previous: string): boolean {
  const facts = rowColumns.filter((name) => name !== 'seq' && name !== 'hash').map((name) => row[name])
  return hashOf(previous, row.seq, facts) === row.hash
}
