import type { IncomingMessage } from 'node:http'
import { LanyardError } from './errors.ts'

/**
 * Reads a request body up to a limit.
 * @param limit bytes
 * @throws LanyardError `too-large`, before the rest is read
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const tooLarge = () =>
      new LanyardError('too-large', `The request body is larger than the ${limit} bytes allowed here.`, {
        headers: { connection: 'close' },
      })
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      reject(tooLarge())
      return
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        request.removeAllListeners('data')
        request.resume()
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('aborted', () =>
      reject(new LanyardError('invalid-request', 'The request ended before its body did.')),
    )
  })
}

/** True for `application/x-www-form-urlencoded`, with or without parameters. */
export function isForm(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded'
}

/** Control characters, which no parameter of ours has and which PostgreSQL does not store. */
export function hasControlCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  return /[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/.test(text)
}
