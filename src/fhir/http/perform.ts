import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import {
  AUDIT_EVENT,
  type AuditEventDeps,
  readAuditEvent,
  searchAuditEvents,
} from '../audit-events/audit-events.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Note } from '../store/change.ts'
import type { Exchange } from './exchange.ts'
import { history } from './history-handler.ts'
import { type OperationDeps, operationHandlers } from './operation-handlers.ts'
import type { Pairs } from './parameters.ts'
import type { Answer } from './preference.ts'
import { type ReadDeps, read } from './read-handler.ts'
import type { SingleRoute } from './route.ts'
import { type SearchDeps, search } from './search-handler.ts'
import { create, patch, remove, update, type WriteDeps } from './write-handler.ts'

export type PerformDeps = OperationDeps & {
  definitions: Definitions
  reading: ReadDeps
  searching: SearchDeps
  writing: WriteDeps
  auditEvents: AuditEventDeps
  note: Note
  /** Told of each entry of a Bundle that was answered, for the audit. */
  onEntry(
    route: SingleRoute,
    parameters: Pairs,
    shown: Pick<Exchange, 'matches' | 'patient' | 'patients' | 'asked'>,
  ): void
  /** Told of each entry of a batch that was refused. */
  onRefusal(error: LanyardError): void
}

/** Carries out what a route asks for: a request, or an entry of a Bundle, which has no rights of its own (ENF-20). */
export async function perform(
  exchange: Exchange,
  access: Access,
  route: SingleRoute,
  parameters: Pairs,
  deps: PerformDeps,
): Promise<Answer> {
  const { reading, searching, writing, note } = deps
  if (isOfAudit(route)) return await performOnAudit(exchange, access, route, parameters, deps)
  switch (route.interaction) {
    case 'read':
      return await read(exchange, access, { ...route, version: undefined, parameters }, reading)
    case 'vread':
      return await read(exchange, access, { ...route, parameters }, reading)
    case 'search-type':
      return { status: 200, body: await search(exchange, access, route.target, parameters, searching) }
    case 'history-instance':
    case 'history-type':
    case 'history-system':
      return { status: 200, body: await history(exchange, access, route.of, parameters, searching) }
    case 'create':
      return await create(exchange, access, route, note, writing)
    case 'update':
      return await update(exchange, access, { ...route, parameters }, note, writing)
    case 'patch':
      return await patch(exchange, access, { ...route, parameters }, note, writing)
    case 'delete':
      return await remove(exchange, access, { ...route, parameters }, note, writing)
    case 'operation':
      return await operationHandlers[route.name](exchange, access, route, parameters, deps)
  }
}

/** Answered from the audit, and never from the store: what an import may have brought in is not ours. */
function isOfAudit(route: SingleRoute): boolean {
  if (route.interaction === 'search-type') {
    const [type, ...others] = route.target.types
    return type === AUDIT_EVENT && others.length === 0
  }
  return ('type' in route ? route.type : route.of.type) === AUDIT_EVENT
}

/** Events are read and found; nobody writes any, and none changes. */
async function performOnAudit(
  exchange: Exchange,
  access: Access,
  route: SingleRoute,
  parameters: Pairs,
  { auditEvents }: PerformDeps,
): Promise<Answer> {
  switch (route.interaction) {
    case 'read':
    case 'vread': {
      const body = await readAuditEvent(exchange, access, { version: undefined, ...route }, auditEvents)
      return { status: 200, body }
    }
    case 'search-type':
      return {
        status: 200,
        body: await searchAuditEvents(exchange, access, route.target, parameters, auditEvents),
      }
    default:
      throw new LanyardError('method-not-allowed', 'AuditEvents are read and found, and nothing else.', {
        word: 'not-supported',
        reason: 'method',
        headers: { allow: 'GET, HEAD' },
      })
  }
}
