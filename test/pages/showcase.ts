import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Koa from 'koa'
import { languages } from '../../src/pages/language.ts'
import { type Page, sendPage } from '../../src/pages/render.ts'
import { dressed, fixtures } from './fixtures.ts'

/** What a form sent: where to, and its fields in their order. */
export type Sent = { method: string; path: string; fields: [string, string][] }

export type Showcase = {
  url: string
  paths: string[]
  /** Every form that was sent, oldest first. */
  sent: Sent[]
  close(): Promise<void>
}

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path fill="#b0405a" d="M0 0h4v4H0"/></svg>'

/** A server that shows every screen, such as `/en/consent`, with the headers of pages, and takes what forms send. */
export async function openShowcase(): Promise<Showcase> {
  const { render, assets } = dressed()
  const pages = new Map<string, Page>(
    languages.flatMap((words) =>
      Object.entries(fixtures(words)).map(([name, page]) => [`/${words.lang}/${name}`, page] as const),
    ),
  )
  const sent: Sent[] = []
  const app = new Koa<{ requestId: string }>()
  app.use(assets.serve)
  app.use(async (ctx) => {
    const { method, path } = ctx
    const page = pages.get(path)
    if (page !== undefined && method === 'GET') return sendPage(ctx, render(page))
    if (path.startsWith('/logos/')) {
      ctx.type = 'image/svg+xml'
      ctx.body = logo
      return
    }
    const fields = new URLSearchParams(method === 'POST' ? await text(ctx.req) : ctx.querystring)
    sent.push({ method, path, fields: [...fields] })
    ctx.body = 'Sent.'
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    paths: [...pages.keys()],
    sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
