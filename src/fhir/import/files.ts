import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LanyardError, messageOf } from '../../lib/errors.ts'

/** A file to import. */
export type ImportFile = {
  path: string
  size: number
  modified: number
  kind: 'ndjson' | 'json'
  gzip: boolean
}

const importable = /\.(ndjson|json)(\.gz)?$/

/**
 * The files that a path stands for: itself, or all importable files of a folder and its subfolders, by name.
 * @throws LanyardError `invalid-request` for a path that is not there or holds nothing to import
 */
export function importFiles(path: string): ImportFile[] {
  let stat: ReturnType<typeof statSync>
  try {
    stat = statSync(path)
  } catch (error) {
    throw new LanyardError('invalid-request', `${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
  if (!stat.isDirectory()) return [describe(path, stat.size, stat.mtimeMs)]
  const found = walk(path)
  if (found.length === 0) {
    throw new LanyardError('invalid-request', `${path} holds no .ndjson, .ndjson.gz, .json or .json.gz file.`)
  }
  return found
}

function walk(folder: string): ImportFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return walk(path)
      if (!entry.isFile() || !importable.test(entry.name)) return []
      const { size, mtimeMs } = statSync(path)
      return [describe(path, size, mtimeMs)]
    })
}

function describe(path: string, size: number, modified: number): ImportFile {
  const [, kind] = importable.exec(path) ?? []
  if (kind === undefined) {
    throw new LanyardError('invalid-request', `${path} is no .ndjson, .ndjson.gz, .json or .json.gz file.`)
  }
  return { path, size, modified, kind: kind === 'json' ? 'json' : 'ndjson', gzip: path.endsWith('.gz') }
}
