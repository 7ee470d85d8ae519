import type { Context } from 'koa'
import type { AuditEntry } from '../../audit/audit.ts'
import type { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import type { Changed } from '../store/change.ts'
import type { Pairs } from './parameters.ts'
import type { Route } from './route.ts'

/** Who did something. */
function actorOf(
  ctx: Context,
  access: Access | undefined,
): Pick<AuditEntry, 'clientId' | 'userId' | 'patient' | 'tokenId' | 'requestId'> {
  return {
    clientId: access?.clientId,
    userId: access?.userId,
    patient: access?.patient,
    tokenId: access?.tokenId,
    requestId: ctx.state.requestId,
  }
}

/** The row of a read or search; what changes something writes its own, in its transaction. */
export function readEntry(
  ctx: Context,
  access: Access,
  route: Route,
  parameters: Pairs,
  matches: number | undefined,
): AuditEntry | undefined {
  const success = { outcome: 'success', ...actorOf(ctx, access) } as const
  switch (route.interaction) {
    case 'read':
    case 'vread':
      return {
        event: `fhir.${route.interaction}`,
        ...success,
        detail: { reference: `${route.type}/${route.id}` },
      }
    case 'search-type':
      return {
        event: 'fhir.search',
        ...success,
        detail: {
          path: route.target.path,
          query: queryOf(parameters).slice(0, 2000),
          matches,
        },
      }
    case 'history-instance':
    case 'history-type':
    case 'history-system': {
      const { type, id } = route.of
      const path = [type, id, '_history'].filter(Boolean).join('/')
      return { event: 'fhir.history', ...success, detail: { path, matches } }
    }
    default:
      return undefined
  }
}

function queryOf(parameters: Pairs): string {
  return new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString()
}

export function changeEntry(ctx: Context, access: Access, changed: Changed): AuditEntry {
  const { interaction, type, id, version } = changed
  return {
    event: `fhir.${interaction}`,
    outcome: 'success',
    ...actorOf(ctx, access),
    detail: { reference: `${type}/${id}`, version },
  }
}

export function refusalEntry(ctx: Context, access: Access | undefined, error: LanyardError): AuditEntry {
  return {
    event: 'fhir.refuse',
    outcome: error.status >= 500 ? 'error' : 'refused',
    reason: error.reason ?? error.code,
    ...actorOf(ctx, access),
    detail: { method: ctx.method, path: ctx.path.slice(0, 200), status: error.status },
  }
}
