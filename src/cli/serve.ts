import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { buildApp, type House, openHouse } from '../app.ts'
import type { Config } from '../config/load.ts'
import { LanyardError } from '../lib/errors.ts'
import { type Clock, systemClock } from '../lib/time.ts'
import { createLog, flushLog, type Log } from '../observe/log.ts'
import { configOf, type Terminal } from './terminal.ts'

/** Milliseconds that requests under way get to finish when the server is told to stop. */
const GRACE = 10_000

export function serveCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('Start the server.')
    .action(async () => {
      const config = configOf(terminal)
      const log = createLog(config.logLevel)
      const running = await serve(config, log)
      terminal.err.write(welcome(running.config))
      await new Promise<void>((stopped) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          process.once(signal, () => {
            log.info({ signal }, 'stopping')
            void running.stop().then(stopped)
          })
        }
      })
      await flushLog(log)
    })
}

export type Running = { config: Config; house: House; stop(): Promise<void> }

/**
 * Listens first, so that an occupied port is told before anything is touched; then opens the house. Until that
 * is done requests are answered with 503.
 * @throws LanyardError `configuration`
 */
export async function serve(given: Config, log: Log, clock: Clock = systemClock): Promise<Running> {
  let handle: RequestListener = notYet
  const server = createServer((request, response) => handle(request, response))
  const port = await listen(server, given.port, given.host)
  // With port 0 the base URL is known only now.
  const config =
    given.port === 0 && given.origins.baseUrl === 'default'
      ? { ...given, port, baseUrl: `http://localhost:${port}` }
      : given
  try {
    const house = await openHouse(config, log, clock)
    const app = await buildApp(house)
    handle = app.handle
    log.info({ baseUrl: config.baseUrl, mode: config.mode, database: house.db.dialect }, 'ready')
    return {
      config,
      house,
      async stop() {
        await closeServer(server)
        await app.stop()
        await house.close()
      },
    }
  } catch (error) {
    await closeServer(server)
    throw error
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port with LANYARD_PORT.`
          : `The server cannot listen on ${host}, port ${port}: ${error.message}.`
      reject(new LanyardError('configuration', why, { cause: error }))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/** No new connections; those under way may finish, idle ones end at once. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const last = setTimeout(() => server.closeAllConnections(), GRACE)
    server.close(() => {
      clearTimeout(last)
      resolve()
    })
    server.closeIdleConnections()
  })
}

const notYet: RequestListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
  response.end('{"error":"unavailable","message":"Lanyard is starting. Try again in a moment."}')
}

function welcome(config: Config): string {
  return [
    '',
    `  Lanyard is ready:  ${config.baseUrl}`,
    `  FHIR base:         ${config.baseUrl}/fhir`,
    ...(config.mode === 'demo'
      ? ['  Demo mode:         synthetic data, public passwords, this machine only']
      : []),
    '',
    '',
  ].join('\n')
}
