import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lazy } from '../../lib/lazy.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { packed } from '../packed.ts'
import { protect } from '../security.ts'
import { developerPaths } from './paths.ts'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
} as const

/** The files of Swagger UI that are served; the page loads no other. */
const library = ['swagger-ui-bundle.js', 'swagger-ui.css', 'oauth2-redirect.html', 'oauth2-redirect.js']
const HOUR = 3600
const YEAR = 365 * 24 * HOUR

type File = { type: string; hash: string; send: (ctx: RequestContext) => Promise<void> }

export type ExplorerFiles = ReturnType<typeof explorerFiles>

/**
 * The files of the API explorer, below its own address: Swagger UI from its package, and the script that starts it.
 * They are read and compressed at their first use, as most servers never need them.
 * @param folder `views`
 */
export function explorerFiles(folder: string) {
  const files = new Map<string, () => File>([
    ...library.map((name) => {
      const place = fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))
      return [name, lazy(() => load(place))] as const
    }),
    ['explorer.js', lazy(() => load(join(folder, 'explorer', 'explorer.js')))],
  ])

  return {
    /** Where a file is: its address names what is in it, so that browsers may keep it for ever. */
    address(name: string): string {
      const [stem, ending] = divided(name)
      return `${developerPaths.explorer}/${stem}.${files.get(name)?.().hash}${ending}`
    },

    /** Answers with a file: by its address, or by its name alone, as the files of the library name each other. */
    async serve(ctx: RequestContext, asked: string): Promise<void> {
      const [, stem, hash, ending] = /^(.+)\.([0-9a-f]{12})(\.\w+)$/.exec(asked) ?? []
      const file = files.get(stem === undefined ? asked : `${stem}${ending}`)?.()
      if (file === undefined || (hash !== undefined && hash !== file.hash)) return
      ctx.state.route = 'developer'
      protect(ctx)
      ctx.set(
        'cache-control',
        hash === undefined ? `public, max-age=${HOUR}` : `public, max-age=${YEAR}, immutable`,
      )
      ctx.set('content-type', file.type)
      await file.send(ctx)
    },
  }
}

function load(place: string): File {
  const [, ending] = divided(place)
  const content = readFileSync(place)
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return { type: types[ending as keyof typeof types], hash, send: packed(content) }
}

function divided(name: string): [stem: string, ending: string] {
  const dot = name.lastIndexOf('.')
  return [name.slice(0, dot), name.slice(dot)]
}
