import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Next } from 'koa'
import type { RequestContext } from '../observe/request-context.ts'
import { protect } from './security.ts'
import { en } from './words/en.ts'

const PLACE = '/demo/app'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

type File = { type: string; content: Buffer; etag: string }

type Deps = {
  /** The folder `views`. */
  folder: string
  /** The public address of this server. */
  baseUrl: string
  /** Whether records are open to everybody, which its pages then say too. */
  open: boolean
}

/**
 * The app of demo mode, under `/demo/app/`: a public SMART app that runs in the browser. Its files are read into
 * memory once; a request is looked up among their addresses and never touches a file.
 */
export function demoApp({ folder, baseUrl, open }: Deps) {
  const own = join(folder, 'demo-app')
  const library = import.meta.resolve('fhirclient/build/fhir-client.pure.min.js')
  const files = new Map([
    ...readdirSync(own).map((name) => [addressOf(name), load(join(own, name), open)] as const),
    [addressOf('site.css'), load(join(folder, 'assets', 'site.css'))],
    [addressOf('fhir-client.js'), load(fileURLToPath(library))],
  ])
  const { host } = new URL(baseUrl)

  return (ctx: RequestContext, next: Next): Promise<void> | undefined => {
    const file = files.get(ctx.path)
    if ((file === undefined && ctx.path !== PLACE) || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      return next()
    }
    ctx.state.route = 'demo-app'
    protect(ctx)
    // The app's registered address has one name of this server only, where loopback has three.
    if (file === undefined || ctx.host !== host) {
      ctx.redirect(`${baseUrl}${file === undefined ? `${PLACE}/` : ctx.path + ctx.search}`)
      return undefined
    }
    ctx.set('cache-control', 'no-cache')
    ctx.set('content-type', file.type)
    ctx.etag = file.etag
    ctx.body = file.content
    if (ctx.fresh) ctx.status = 304
    return undefined
  }
}

function addressOf(name: string): string {
  return `${PLACE}/${name === 'index.html' ? '' : name}`
}

function load(path: string, open = false): File {
  const type = types[extname(path)]
  if (type === undefined) throw new Error(`${path} is of no known type`)
  const file = readFileSync(path)
  const content =
    open && path.endsWith('.html')
      ? Buffer.from(file.toString().replace(en.demo.banner, `${en.open.banner}. $&`))
      : file
  return { type, content, etag: createHash('sha256').update(content).digest('hex').slice(0, 16) }
}
