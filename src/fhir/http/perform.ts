import type { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Note } from '../store/change.ts'
import type { Exchange } from './exchange.ts'
import { history } from './history-handler.ts'
import type { Pairs } from './parameters.ts'
import type { Answer } from './preference.ts'
import { type ReadDeps, read } from './read-handler.ts'
import type { SingleRoute } from './route.ts'
import { type SearchDeps, search } from './search-handler.ts'
import { create, patch, remove, update, type WriteDeps } from './write-handler.ts'

export type PerformDeps = {
  definitions: Definitions
  reading: ReadDeps
  searching: SearchDeps
  writing: WriteDeps
  note: Note
  /** Told of each entry of a Bundle that was answered, for the audit. */
  onEntry(route: SingleRoute, parameters: Pairs, matches: number | undefined): void
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
  }
}
