import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { RequestContext } from '../observe/request-context.ts'

/** Bytes below which it is not worth it. */
const SMALL = 1000

/**
 * Bytes that are the same for everybody, compressed once, in threads: for the first who ask quickly (gzip), and then as
 * well as can be (brotli, a second and more for a large file). Not for pages: what is secret in them could be guessed
 * from their length, where somebody else puts words beside it (BREACH).
 * @returns sends them, in the encoding that is best for whoever asks
 */
export function packed(content: Buffer): (ctx: RequestContext) => Promise<void> {
  let quick: Promise<Buffer> | undefined
  let best: Buffer | undefined

  function pack(): Promise<Buffer> {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    }
    const zipped = promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION })
    // After the quick one; who asks meanwhile gets that. What could not be done once is done again.
    zipped
      .then(() => promisify(brotliCompress)(content, { params }))
      .then(
        (made) => {
          best = made
        },
        () => {
          quick = undefined
        },
      )
    return zipped
  }

  return async (ctx) => {
    ctx.body = content
    if (content.length < SMALL) return
    ctx.vary('Accept-Encoding')
    quick ??= pack()
    const encoding = ctx.acceptsEncodings(...(best === undefined ? [] : ['br']), 'gzip', 'identity')
    if (encoding === 'br') ctx.body = best
    if (encoding === 'gzip') ctx.body = await quick
    if (encoding === 'br' || encoding === 'gzip') ctx.set('content-encoding', encoding)
  }
}
