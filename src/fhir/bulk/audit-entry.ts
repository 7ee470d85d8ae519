import type { Context } from 'koa'
import type { AuditEntry } from '../../audit/audit.ts'
import type { Access } from '../access/access.ts'
import type { Job } from './jobs.ts'

type JobEvent =
  | 'export.start'
  | 'export.complete'
  | 'export.fail'
  | 'export.fetch'
  | 'export.cancel'
  | 'export.expire'

/**
 * A row about an export (AUD-09).
 * @param asked the request that brought it about, if one did
 */
export function exportEntry(
  event: JobEvent,
  job: Job,
  detail: Record<string, unknown> = {},
  asked?: { ctx: Context; access: Access },
): AuditEntry {
  const [{ claims }] = job.grounds
  const { level } = job.request
  return {
    event,
    outcome: event === 'export.fail' ? 'error' : 'success',
    clientId: claims.client_id,
    userId: claims.sub.startsWith('client:') ? undefined : claims.sub,
    tokenId: asked?.access.tokenId ?? (event === 'export.complete' ? claims.jti : undefined),
    requestId: asked?.ctx.state.requestId,
    detail: {
      export: job.id,
      level: level.of,
      ...(level.of === 'group' ? { reference: `Group/${level.id}` } : {}),
      ...detail,
      ...(asked === undefined ? {} : { address: asked.ctx.ip.slice(0, 64) }),
    },
  }
}

/** What was asked for, in short. */
export function startDetail({ request, url }: Job): Record<string, unknown> {
  const { types, since, until, filters, elements, patients } = request
  return {
    request: url.slice(0, 2000),
    types: types.length > 20 ? types.length : types,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(filters.length === 0
      ? {}
      : { filters: filters.slice(0, 20).map((one) => `${one.type}?${one.query}`.slice(0, 200)) }),
    ...(elements.length === 0 ? {} : { elements: elements.slice(0, 50).map(({ name }) => name) }),
    ...(patients === undefined ? {} : { patients: patients.length }),
  }
}

/** What was written: resources by type. */
export function completeDetail({ result }: Job): Record<string, unknown> {
  if (result === undefined || 'failure' in result) return {}
  const resources: Record<string, number> = {}
  for (const { type, count } of result.output) resources[type] = (resources[type] ?? 0) + count
  return { resources }
}
