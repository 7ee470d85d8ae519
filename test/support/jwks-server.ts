import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A client's own web server, which publishes its keys, well or badly. */
export type JwksServer = {
  url: string
  /** What was asked, in order. */
  requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[]
  /** Answers from now on with these keys and headers. */
  publish(keys: readonly unknown[], headers?: Record<string, string>): void
  /** Answers from now on like this. */
  handle(listener: RequestListener): void
  close(): Promise<void>
}

export async function startJwksServer(): Promise<JwksServer> {
  const requests: JwksServer['requests'] = []
  let listener: RequestListener = (_request, response) => response.writeHead(404).end()
  const server = createServer((request, response) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers })
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    requests,
    publish(keys, headers = {}) {
      listener = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers })
        response.end(JSON.stringify({ keys }))
      }
    },
    handle(other) {
      listener = other
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
