import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { languages } from '../../src/pages/language.ts'
import { sendPage } from '../../src/pages/render.ts'
import { dressed, fixtures } from './fixtures.ts'

/** A server that shows every screen, `/en/consent`, with the headers that pages have; forms lead nowhere. */
export async function openShowcase(): Promise<{ url: string; paths: string[]; close(): Promise<void> }> {
  const { render, assets } = dressed()
  const pages = new Map(
    languages.flatMap((words) =>
      Object.entries(fixtures(words)).map(([name, page]) => [`/${words.lang}/${name}`, page] as const),
    ),
  )
  const app = new Koa<{ requestId: string }>()
  app.use(assets.serve)
  app.use((ctx) => {
    const page = pages.get(ctx.path)
    if (page !== undefined) return sendPage(ctx, render(page))
    if (!ctx.path.startsWith('/logos/')) return
    ctx.type = 'image/svg+xml'
    ctx.body =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#b0405a"/></svg>'
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    paths: [...pages.keys()],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
