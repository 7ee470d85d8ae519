import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, request as outgoing, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../../pages/browser.ts'

/** A browser in which every name under .example is this machine, and which blocks cookies of third parties. */
export function launchWorldBrowser(): Promise<Browser> {
  return launchBrowser('--host-resolver-rules=MAP *.example 127.0.0.1', '--test-third-party-cookie-phaseout')
}

export type Site = (address: URL) => { headers?: Record<string, string>; status?: number; body?: string }
export type Sites = { port: number; close(): void }

/** Web sites of others, by host name, on one port. */
export async function startSites(
  protocol: 'http' | 'https',
  sites: Readonly<Record<string, Site>>,
): Promise<Sites> {
  return await listening(protocol, 0, (request, response) => {
    const address = new URL(request.url ?? '/', `${protocol}://${request.headers.host}`)
    const answer = sites[address.hostname]?.(address) ?? { status: 404 }
    response.writeHead(answer.status ?? 200, { 'content-type': 'text/html', ...answer.headers })
    response.end(answer.body)
  })
}

/** A reverse proxy with TLS in front of a server on this machine. */
export async function startTlsProxy(port: number, innerPort: number): Promise<Sites> {
  return await listening('https', port, (request, response) => {
    const { method, url: path } = request
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' }
    const inner = outgoing({ host: '127.0.0.1', port: innerPort, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    inner.on('error', () => response.destroy())
    request.pipe(inner)
  })
}

async function listening(protocol: 'http' | 'https', port: number, handle: RequestListener): Promise<Sites> {
  const pem = (name: string) =>
    readFileSync(join(import.meta.dirname, `../../support/tls/localhost.${name}.pem`))
  const listener =
    protocol === 'http'
      ? createHttpServer(handle)
      : createHttpsServer({ cert: pem('cert'), key: pem('key') }, handle)
  await new Promise<void>((ready) => listener.listen(port, '127.0.0.1', ready))
  return {
    port: (listener.address() as AddressInfo).port,
    close() {
      listener.closeAllConnections()
      listener.close()
    },
  }
}
