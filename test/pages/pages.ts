import { freePort } from '../support/free-port.ts'
import { type Answer, rawRequest } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What Chromium sends when a person opens an address. */
export const browser = {
  accept:
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
}

/** Asks as a browser does; the path goes out as it stands. */
export function visit(
  server: TestServer,
  path: string,
  more: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return rawRequest(server, { path, ...more, headers: { ...browser, ...more.headers } })
}

export async function startProduction(): Promise<TestServer> {
  const port = String(await freePort())
  return await startServer({
    environment: {
      LANYARD_MODE: 'production',
      LANYARD_PORT: port,
      LANYARD_BASE_URL: `http://localhost:${port}`,
    },
  })
}

/** The addresses that a page loads or leads to, as they stand in its HTML. */
export function linksOf(html: string): string[] {
  return [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? '')
}
