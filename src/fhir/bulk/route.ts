import { LanyardError } from '../../lib/errors.ts'
import type { ExportLevel } from './request.ts'

/** What a request wants of exports. */
export type ExportRoute =
  | { interaction: 'export'; level: ExportLevel; byPost: boolean }
  | { interaction: 'export-status'; id: string }
  | { interaction: 'export-cancel'; id: string }
  | { interaction: 'export-file'; id: string; file: string }

/**
 * The paths of bulk exports; nothing for any other.
 *
 * | path                                                        | GET      | POST     | DELETE |
 * | ----------------------------------------------------------- | -------- | -------- | ------ |
 * | `/$export`, `/Patient/$export`, `/Group/id/$export`          | kick-off | kick-off |        |
 * | `/$export/job`                                              | status   |          | cancel |
 * | `/$export/job/file`                                         | file     |          |        |
 *
 * @param path what follows the FHIR base
 * @throws LanyardError `method-not-allowed`
 */
export function exportRouteOf(method: string, path: string): ExportRoute | undefined {
  const isGet = method === 'GET' || method === 'HEAD'
  const level = levelOf(path)
  if (level !== undefined) {
    if (method === 'GET' || method === 'POST')
      return { interaction: 'export', level, byPost: method === 'POST' }
    throw methodNotAllowed('GET, POST')
  }
  const [, id, file] = /^\/\$export\/([A-Za-z0-9_-]{1,64})(?:\/([A-Za-z0-9_.-]{1,100}))?$/.exec(path) ?? []
  if (id === undefined) return undefined
  if (file !== undefined) {
    if (isGet) return { interaction: 'export-file', id, file }
    throw methodNotAllowed('GET, HEAD')
  }
  if (isGet) return { interaction: 'export-status', id }
  if (method === 'DELETE') return { interaction: 'export-cancel', id }
  throw methodNotAllowed('GET, HEAD, DELETE')
}

function levelOf(path: string): ExportLevel | undefined {
  if (path === '/$export') return { of: 'system' }
  if (path === '/Patient/$export') return { of: 'patient' }
  const id = /^\/Group\/([A-Za-z0-9.-]{1,64})\/\$export$/.exec(path)?.[1]
  return id === undefined ? undefined : { of: 'group', id }
}

function methodNotAllowed(allow: string): LanyardError {
  return new LanyardError('method-not-allowed', `This address takes ${allow} only.`, {
    word: 'not-supported',
    reason: 'method',
    headers: { allow },
  })
}

/** The kick-offs that a type has, or the server, for the CapabilityStatement (BULK-19). */
export function exportOperationsOf(type: string | undefined): { name: string; definition: string }[] {
  const definition = kickOffs.get(type)
  return definition === undefined
    ? []
    : [{ name: 'export', definition: `http://hl7.org/fhir/uv/bulkdata/OperationDefinition/${definition}` }]
}

const kickOffs: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, 'export'],
  ['Patient', 'patient-export'],
  ['Group', 'group-export'],
])
