import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LanyardError } from '../lib/errors.ts'

/** Milliseconds that requests under way get to finish when the server is told to stop. */
const GRACE = 10_000

/** Bytes of an address and headers: the link to the next page of a long search is longer than Node's own 16 kB. */
const HEADERS = 64 * 1024

export type Listener = {
  /** The port that was taken. */
  port: number
  /** Hands requests to whom they are for; until then they are answered with 503. */
  handle(requests: RequestListener): void
  /** No new connections and no new requests; those under way finish. */
  close(): Promise<void>
}

/**
 * Listens on a port.
 * @throws LanyardError `configuration`, e.g. when the port is taken
 */
export async function listen(port: number, host: string): Promise<Listener> {
  let answer = notNow('Lanyard is starting. Try again in a moment.')
  const underWay = new Set<ServerResponse>()
  // What one turn of the event loop brought is answered together at its end, so that the same code runs several times
  // in a row and the answers leave in one go: under load a read takes a quarter less of the processor.
  let came: Parameters<RequestListener>[] = []
  const answerAll = () => {
    const together = came
    came = []
    for (const [request, response] of together) answer(request, response)
  }
  const server = createServer({ maxHeaderSize: HEADERS }, (request, response) => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    came.push([request, response])
    if (came.length === 1) setImmediate(answerAll)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port, host)))
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    handle(requests) {
      answer = requests
    },
    async close() {
      answer = notNow('Lanyard is stopping. Try again in a moment.')
      // A connection that is kept alive would go on bringing requests.
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
      const last = setTimeout(() => server.closeAllConnections(), GRACE)
      await new Promise((closed) => server.close(closed))
      clearTimeout(last)
    },
  }
}

function notNow(message: string): RequestListener {
  const body = JSON.stringify({ error: 'unavailable', message })
  return (_request, response) => {
    response.writeHead(503, {
      'content-type': 'application/json',
      'retry-after': '1',
      connection: 'close',
    })
    response.end(body)
  }
}

function cannotListen(error: NodeJS.ErrnoException, port: number, host: string): LanyardError {
  const why =
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port with LANYARD_PORT.`
      : `The server cannot listen on ${host}, port ${port} (${error.message}). Change LANYARD_HOST or LANYARD_PORT.`
  return new LanyardError('configuration', why, { cause: error })
}
