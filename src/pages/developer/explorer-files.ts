import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { RequestContext } from '../../observe/request-context.ts'
import { protect } from '../security.ts'
import { developerPaths } from './paths.ts'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
} as const

/** The files of Swagger UI that are served; the page loads no other. */
const library = ['swagger-ui-bundle.js', 'swagger-ui.css', 'oauth2-redirect.html', 'oauth2-redirect.js']

type File = { type: string; content: Buffer; zipped: Buffer }

/**
 * The files of the API explorer, below its own address: Swagger UI from its package, and the script that starts it.
 * They are read and compressed at their first use, as most servers never need them.
 * @param folder `views`
 */
export function explorerFiles(folder: string) {
  const places = new Map([
    ...library.map((name) => [name, fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))] as const),
    ['explorer.js', join(folder, 'explorer', 'explorer.js')] as const,
  ])
  const read = new Map<string, Promise<File>>()

  return async (ctx: RequestContext, name: string): Promise<void> => {
    const place = places.get(name)
    if (place === undefined) return
    ctx.state.route = 'developer'
    const reading = read.get(name) ?? load(place)
    read.set(name, reading)
    // What could not be read once is read again.
    reading.catch(() => read.delete(name))
    const { type, content, zipped } = await reading
    protect(ctx)
    ctx.set('cache-control', 'public, max-age=3600')
    ctx.set('content-type', type)
    ctx.vary('Accept-Encoding')
    const isZipped = ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
    if (isZipped) ctx.set('content-encoding', 'gzip')
    ctx.body = isZipped ? zipped : content
  }
}

/** Where a file of the explorer is. */
export function explorerAddress(name: string): string {
  return `${developerPaths.explorer}/${name}`
}

async function load(place: string): Promise<File> {
  const ending = place.slice(place.lastIndexOf('.')) as keyof typeof types
  const content = readFileSync(place)
  return { type: types[ending], content, zipped: await promisify(gzip)(content) }
}
