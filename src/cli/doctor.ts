import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { Config } from '../config/load.ts'
import { placeOf, type ShownSetting, shownSettings } from '../config/shown-settings.ts'
import { furnish } from '../house.ts'
import { createSeal, readKey, type Seal } from '../keys/seal.ts'
import { LanyardError } from '../lib/errors.ts'
import { systemClock } from '../lib/time.ts'
import { createLog } from '../observe/log.ts'
import type { Database } from '../store/database.ts'
import { openDatabase } from '../store/open.ts'
import { planConfigRoles, rolesAfter } from '../users/config-roles.ts'
import { attempt, type Check, checks } from './doctor/check.ts'
import { clientChecks, clientsFolderChecks } from './doctor/clients.ts'
import { clockChecks, databaseChecks } from './doctor/database.ts'
import { diskChecks } from './doctor/disk.ts'
import { sealingKeyChecks, signingKeyChecks } from './doctor/keys.ts'
import { publicUrlChecks } from './doctor/public-url.ts'
import { roleChecks, rolesFolderChecks } from './doctor/roles.ts'
import { postureChecks } from './doctor/tls.ts'
import { userChecks, usersFolderChecks } from './doctor/users.ts'
import { apiKeyChecks, issuerChecks, waysInChecks } from './doctor/ways-in.ts'
import { configOf, print, type Terminal, table } from './terminal.ts'

export function doctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      'Show the resolved configuration, and check keys, database, clock, public address, clients, users.',
    )
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const config = configOf(terminal)
      const settings = shownSettings(config)
      const found = await examine(config)
      const ok = found.every((check) => check.state !== 'failed')
      print(terminal, json, { ok, file: config.file ?? null, settings, checks: found }, () =>
        inWords(config.file, settings, found),
      )
      if (!ok) terminal.exitCode = 1
    })
}

/** Looks at everything, and changes nothing. */
export async function examine(config: Config): Promise<Check[]> {
  const sealing = await attempt('sealing key', () => sealingKeyChecks(config))
  const disk = await attempt('data folder', () => diskChecks(config.dataDir))
  const inside = await attempt('database', () => examineDatabase(config))
  return [...sealing, ...disk, ...inside, ...postureChecks(config), ...waysInChecks(config)]
}

async function examineDatabase(config: Config): Promise<Check[]> {
  const place = placeOf(config.databaseUrl)
  if (place.startsWith('sqlite:') && !existsSync(place.slice('sqlite:'.length))) {
    const none = checks('database').note(`${place} is not there yet: the first start makes it.`)
    return [none, ...(await publicUrlChecks(config, []))]
  }
  const db = await openDatabase(config.databaseUrl, 0)
  try {
    const { checks: found, upToDate } = await databaseChecks(db, place)
    // Of an older or empty database nothing else can be read.
    return upToDate ? [...found, ...(await examineRegisters(config, db))] : found
  } finally {
    await db.close()
  }
}

async function examineRegisters(config: Config, db: Database): Promise<Check[]> {
  const seal = await sealOf(config)
  const log = createLog('silent')
  const house = furnish({ config, log, clock: systemClock, db, seal: seal ?? noSeal })
  const now = systemClock()
  const kids = (await house.keys.list()).map((key) => key.kid)
  return [
    ...(await attempt('signing keys', () => signingKeyChecks(house.keys, seal, now))),
    ...(await attempt('clock', () => clockChecks(db, systemClock))),
    ...(await attempt('public address', () => publicUrlChecks(config, kids))),
    ...(await attempt('clients', () => clientChecks(house.clients, now))),
    ...(await attempt('clients folder', () => clientsFolderChecks(config.clientsDir, house.clients))),
    ...(await attempt('users', () => userChecks(house.users))),
    ...(await attempt('API keys', () => apiKeyChecks(house.apiKeys, now))),
    ...(await attempt('outside issuers', () =>
      issuerChecks(config, systemClock, (names) => house.roles.unknown(names)),
    )),
    ...(await attempt('roles folder', () => rolesFolderChecks(config.rolesDir, house.roles))),
    ...(await attempt('roles', () => roleChecks(house))),
    ...(await attempt('users folder', async () =>
      usersFolderChecks(config.usersDir, house.users, {
        clearPasswords: config.mode === 'demo',
        isRole: await rolesAfter(await planConfigRoles(config.rolesDir, house.roles), house.roles),
      }),
    )),
  ]
}

async function sealOf(config: Config): Promise<Seal | undefined> {
  if (config.sealingKey !== undefined) return createSeal(Buffer.from(config.sealingKey, 'base64url'))
  try {
    return createSeal(await readKey(config.sealingKeyFile))
  } catch {
    return undefined
  }
}

const refuse = (): never => {
  throw new LanyardError('configuration', 'There is no sealing key.')
}
const noSeal: Seal = { close: refuse, open: refuse, for: refuse, secretFor: refuse }

function inWords(
  file: string | undefined,
  settings: readonly ShownSetting[],
  found: readonly Check[],
): string {
  const shown = settings.map(({ setting, value, origin }) => [
    setting,
    typeof value === 'string' ? value : value === null ? '-' : JSON.stringify(value),
    origin,
  ])
  const count = (state: Check['state']) => found.filter((check) => check.state === state).length
  return [
    `Configuration file: ${file ?? 'none'}`,
    '',
    table([['setting', 'value', 'from'], ...shown]),
    '',
    table(found.map(({ name, state, sentence }) => [state, name, sentence])),
    '',
    `${count('failed')} failed, ${count('warning')} warnings.`,
  ].join('\n')
}
