import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'

/**
 * The text of a file named on the command line.
 * @throws LanyardError `invalid-request` with the file's name
 */
export function readText(folder: string, file: string): string {
  return readBytes(folder, file).toString('utf8')
}

/** The same as it stands. @throws LanyardError `invalid-request` with the file's name */
export function readBytes(folder: string, file: string): Buffer {
  try {
    return readFileSync(resolve(folder, file))
  } catch (error) {
    throw new LanyardError('invalid-request', `The file ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}

/** @throws LanyardError `invalid-request` if it cannot be read or is no JSON */
export function readJson(folder: string, file: string): unknown {
  const read = parseJson(readText(folder, file))
  if ('value' in read) return read.value
  throw new LanyardError('invalid-request', `The file ${file} ${read.problem}.`)
}
