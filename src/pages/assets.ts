import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Next } from 'koa'
import type { RequestContext } from '../observe/request-context.ts'
import { packed } from './packed.ts'

const PREFIX = '/assets/'
const YEAR = 365 * 24 * 60 * 60

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

type Asset = { address: string; type: string; send: (ctx: RequestContext) => Promise<void> }

/**
 * Stylesheet, script and images of the pages, read into memory once. An address names the content, so that
 * browsers may keep it for ever; a request is looked up among these addresses and never touches a file.
 */
export function loadAssets(folder: string) {
  const byName = new Map(readdirSync(folder).map((name) => [name, load(folder, name)]))
  const byAddress = new Map([...byName.values()].map((asset) => [asset.address, asset]))
  return {
    /** @throws Error if there is no such asset: a template names it wrongly */
    address(name: string): string {
      const asset = byName.get(name)
      if (asset === undefined) throw new Error(`there is no asset ${name}`)
      return asset.address
    },
    serve(ctx: RequestContext, next: Next): Promise<void> | undefined {
      const asset = ctx.path.startsWith(PREFIX) ? byAddress.get(ctx.path) : undefined
      if (asset === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
      ctx.state.route = 'assets'
      ctx.set('cache-control', `public, max-age=${YEAR}, immutable`)
      ctx.set('x-content-type-options', 'nosniff')
      // An image that is opened by itself is a document, and may do nothing.
      ctx.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
      ctx.set('content-type', asset.type)
      return asset.send(ctx)
    },
  }
}

/** `site.css` → `/assets/site.3f2a91c07b5e.css` */
function load(folder: string, name: string): Asset {
  const ending = extname(name)
  const type = types[ending]
  if (type === undefined) throw new Error(`the asset ${name} is of no known type`)
  const content = readFileSync(join(folder, name))
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return {
    address: `${PREFIX}${name.slice(0, -ending.length)}.${hash}${ending}`,
    type,
    send: packed(content),
  }
}
