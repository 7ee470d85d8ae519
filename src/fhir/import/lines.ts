import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { LanyardError, messageOf } from '../../lib/errors.ts'
import type { ImportFile } from './files.ts'

/** Bytes a line may have: far more than any resource of a record. */
export const LONGEST_LINE = 16 * 1024 * 1024

/** A line with its number, from 1; `text` is absent when it is too long. */
export type Line = { number: number; text: string | undefined }

/**
 * Reads the lines of a file, unpacking it if need be; in memory is one line and one block.
 * @param read is told how many bytes of the file itself were read
 * @throws LanyardError `invalid-request` if the file breaks off or is no gzip
 */
export async function* linesOf(
  file: ImportFile,
  read: (bytes: number) => void = () => {},
): AsyncGenerator<Line> {
  const source = createReadStream(file.path)
  source.on('data', (chunk) => read(chunk.length))
  const stream: Readable = file.gzip ? source.pipe(createGunzip()) : source
  // `pipe` does not pass errors on.
  source.on('error', (error) => stream.destroy(error))
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  const finish = (last: Buffer): Line => {
    const whole = length + last.length
    const text = whole > LONGEST_LINE ? undefined : Buffer.concat([...parts, last]).toString('utf8')
    parts = []
    length = 0
    return { number: number++, text }
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        yield finish(chunk.subarray(start, end))
        start = end + 1
      }
      const rest = chunk.subarray(start)
      // Of a line that is too long already, only the length matters.
      if (length + rest.length <= LONGEST_LINE) parts.push(rest)
      else parts = []
      length += rest.length
    }
  } catch (error) {
    throw new LanyardError(
      'invalid-request',
      `${file.path} cannot be read to its end, line ${number}: ${messageOf(error)}.`,
      { cause: error },
    )
  }
  if (length > 0) yield finish(Buffer.alloc(0))
}
