import type { Command } from 'commander'
import type { App } from '../app.ts'
import { applyConfigClients, planConfigClients } from '../clients/config-clients.ts'
import type { FolderReport } from '../config/apply-folder.ts'
import type { Config } from '../config/load.ts'
import { firstAdminOf, type House, openHouse } from '../house.ts'
import { type Clock, SECOND, systemClock } from '../lib/time.ts'
import { createLog, flushLog, type Log } from '../observe/log.ts'
import { applyConfigRoles, planConfigRoles, rolesAfter } from '../users/config-roles.ts'
import { applyConfigUsers, planConfigUsers } from '../users/config-users.ts'
import { prepareDemo } from './demo.ts'
import { listen } from './listener.ts'
import { configOf, type Terminal } from './terminal.ts'

export function serveCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('Start the server.')
    .option('--json', 'say that it is ready, or why not, as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const config = configOf(terminal)
      const log = createLog(config.logLevel)
      const running = await serve(config, log)
      // Listened for before anybody is told that there is something to stop.
      const stopped = stopSignal()
      const setUp = await setUpLink(running)
      terminal.err.write(json ? readyJson(running.config, setUp) : welcome(running.config, setUp))
      running.warm().catch((error: unknown) => log.error({ err: error }, 'pages could not be made ready'))
      const signal = await stopped
      log.info({ signal }, 'stopping')
      // A database that is gone can hold up its own farewell: then the process ends without it.
      const overdue = setTimeout(() => process.exit(1), LONGEST_STOP)
      await running.stop()
      clearTimeout(overdue)
      log.info('stopped')
      await flushLog(log)
    })
}

/** Longer than requests under way are waited for. */
const LONGEST_STOP = 20 * SECOND

export type Running = {
  config: Config
  house: House
  /** Makes ready what the first visits to pages would wait for; tests do without. */
  warm(): Promise<void>
  stop(): Promise<void>
}

/**
 * Listens first, so that an occupied port is told before anything is touched; then opens the house. Until that
 * is done requests are answered with 503.
 * @throws LanyardError `configuration`
 */
export async function serve(given: Config, log: Log, clock: Clock = systemClock): Promise<Running> {
  const listener = await listen(given.port, given.host)
  let house: House | undefined
  let app: App | undefined
  const stop = async (): Promise<void> => {
    await listener.close()
    await app?.stop()
    await house?.close()
  }
  try {
    const config = withPort(given, listener.port)
    house = await openHouse(config, log, clock)
    await applyFolders(house)
    await prepareDemo(house)
    // Loaded when it is needed: other commands start in half the time without it.
    const { buildApp } = await import('../app.ts')
    app = await buildApp(house)
    listener.handle(app.handle)
    log.info({ baseUrl: config.baseUrl, mode: config.mode, database: house.db.dialect }, 'ready')
    return { config, house, warm: app.pages.warm, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** With port 0 the base URL is known only when the port is. */
function withPort(config: Config, port: number): Config {
  return config.port === 0 && config.origins.baseUrl === 'default'
    ? { ...config, port, baseUrl: `http://localhost:${port}` }
    : config
}

/** Configuration as code: what the folders say comes before anybody is let in. */
async function applyFolders({ config, clients, roles, users, log }: House): Promise<void> {
  const tell = (what: string, { unchanged, ...report }: FolderReport): void => {
    const told = Object.fromEntries(Object.entries(report).filter(([, ids]) => ids.length > 0))
    const warn = report.disabled.length + report.stillDisabled.length + report.notOurs.length > 0
    if (Object.keys(told).length > 0) log[warn ? 'warn' : 'info'](told, `${what} of the configuration`)
  }
  // A mistake in any folder is told before anything is changed.
  const isRole = await rolesAfter(await planConfigRoles(config.rolesDir, roles), roles)
  const options = { clearPasswords: config.mode === 'demo', isRole }
  await planConfigUsers(config.usersDir, users, options)
  await planConfigClients(config.clientsDir, clients)
  tell('roles', await applyConfigRoles(config.rolesDir, roles))
  tell('clients', await applyConfigClients(config.clientsDir, clients))
  tell('users', await applyConfigUsers(config.usersDir, users, options))
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

function readyJson({ baseUrl, mode }: Config, setUp: string | undefined): string {
  return `${JSON.stringify({ ready: { baseUrl, mode, ...(setUp === undefined ? {} : { setUp }) } })}\n`
}

/** Of a production server without an admin: where the first one is made. */
async function setUpLink({ config, house }: Running): Promise<string | undefined> {
  const firstAdmin = firstAdminOf(house)
  if (config.mode !== 'production' || !(await firstAdmin.isNeeded())) return undefined
  return `${config.baseUrl}/set-up?token=${firstAdmin.token()}`
}

function welcome(config: Config, setUp: string | undefined): string {
  return [
    '',
    `  Lanyard is ready:  ${config.baseUrl}`,
    `  FHIR base:         ${config.baseUrl}/fhir`,
    ...(config.mode === 'demo'
      ? [
          '  Demo mode:         synthetic data, public passwords, this machine only',
          '',
          "  A first token:     npx lanyard token --client demo-backend --key data/demo-backend.jwk.json --scope 'system/*.rs'",
        ]
      : []),
    ...(setUp === undefined
      ? []
      : ['', '  The first admin (this link works once, for a day):', `  ${setUp}`]),
    '',
    '',
  ].join('\n')
}
