import type { Context } from 'koa'
import type { AuditEntry } from '../../audit/audit.ts'
import type { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import type { Changed } from '../store/change.ts'
import type { Exchange } from './exchange.ts'
import type { Pairs } from './parameters.ts'
import type { Route } from './route.ts'

/** AUD-03: where the client is on the network. */
function addressOf(ctx: Context): string {
  return ctx.ip.slice(0, 64)
}

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
  { matches, patient, patients, asked }: Pick<Exchange, 'matches' | 'patient' | 'patients' | 'asked'>,
): AuditEntry | undefined {
  const address = addressOf(ctx)
  // Written out, as it is made for every read: spreading takes longer than the rest.
  const success = {
    outcome: 'success',
    clientId: access.clientId,
    userId: access.userId,
    tokenId: access.tokenId,
    requestId: String(ctx.state.requestId),
    patient,
    patients,
  } as const
  switch (route.interaction) {
    case 'read':
      return { event: 'fhir.read', ...success, detail: { reference: `${route.type}/${route.id}`, address } }
    case 'vread': {
      const reference = `${route.type}/${route.id}/_history/${route.version}`
      return { event: 'fhir.vread', ...success, detail: { reference, address } }
    }
    case 'search-type':
      return {
        event: 'fhir.search',
        ...success,
        detail: {
          path: route.target.path,
          query: queryOf(ctx, parameters),
          matches,
          address,
        },
      }
    case 'history-instance':
    case 'history-type':
    case 'history-system': {
      const { type, id } = route.of
      const path = [type, id, '_history'].filter(Boolean).join('/')
      return { event: 'fhir.history', ...success, detail: { path, matches, address } }
    }
    case 'operation': {
      const path = [route.type, route.id, `$${route.name}`].filter(Boolean).join('/')
      const query = queryOf(ctx, asked ?? parameters)
      return { event: 'fhir.operation', ...success, detail: { path, query, matches, address } }
    }
    default:
      return undefined
  }
}

/** AUD-05: the question as it came, address and body together; an entry of a Bundle has an address of its own. */
function queryOf(ctx: Context, parameters: Pairs): string {
  const text = () => new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]))
  return (ctx.method === 'POST' ? text().toString() : ctx.querystring).slice(0, 2000)
}

export function changeEntry(ctx: Context, access: Access, changed: Changed): AuditEntry {
  const { interaction, type, id, version, patients } = changed
  return {
    event: `fhir.${interaction}`,
    outcome: 'success',
    ...actorOf(ctx, access),
    patients,
    patient: patients.length === 0 ? access.patient : undefined,
    detail: { reference: `${type}/${id}`, version, address: addressOf(ctx) },
  }
}

export function refusalEntry(ctx: Context, access: Access | undefined, error: LanyardError): AuditEntry {
  return {
    event: 'fhir.refuse',
    outcome: error.status >= 500 ? 'error' : 'refused',
    reason: error.reason ?? error.code,
    ...actorOf(ctx, access),
    // Of what did not hold, what may be named (other-ways.ts).
    tokenId: access?.tokenId ?? ctx.state.shown,
    detail: {
      method: ctx.method,
      path: ctx.path.slice(0, 200),
      status: error.status,
      interaction: ctx.state.interaction,
      address: addressOf(ctx),
    },
  }
}
