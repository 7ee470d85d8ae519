import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareDemo } from '../../../src/cli/demo.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { type House, openHouse } from '../../../src/house.ts'
import { DAY, HOUR, MINUTE } from '../../../src/lib/time.ts'
import { createLog } from '../../../src/observe/log.ts'
import type { BulkTable } from '../../../src/store/database.ts'
import { runLanyard } from '../process.ts'
import { fillAudit } from './crowd-audit.ts'

/** How many there are of each thing (issue 5): the rest is in proportion. */
export const crowd = {
  apps: 1000,
  users: 20_000,
  grants: 20_000,
  sessions: 5000,
  flights: 10_000,
  apiKeys: 2000,
  roles: 60,
} as const

/** Whose many things are looked at: an app that everybody uses, a patient with many apps, a developer with many. */
export const busy = { app: 'app-0001', patient: 'patient', developer: 'clinician' } as const
const OF_ONE = { grants: 60, sessions: 30, apps: 20 }
/** Of the crowd, how many use the one app. */
const USING_ONE = 4

/** The same port at each start, as addresses of apps and sessions hold it. */
export const PORT = 39_871

type Row = readonly (string | number | null)[]

/**
 * A folder with a server that has much to show, made at the first call and kept for later runs: a million rows of the
 * audit take a minute.
 */
export async function crowdedFolder(
  auditRows: number,
  environment: Record<string, string> = {},
): Promise<string> {
  const engine = environment.LANYARD_DATABASE_URL === undefined ? '' : '-postgres'
  const folder = join(tmpdir(), `lanyard-bench-pages-${auditRows}${engine}`)
  if (existsSync(join(folder, 'done'))) {
    if (engine !== '') await runLanyard(folder, ['migrate'], environment)
    return folder
  }
  mkdirSync(folder, { recursive: true })
  process.stderr.write(`  a crowd, into ${folder} …\n`)
  if (engine !== '') await runLanyard(folder, ['migrate'], environment)
  const moving = { now: Date.now() - 30 * DAY }
  const config = loadConfig({ LANYARD_PORT: String(PORT), ...environment }, folder)
  const house = await openHouse(config, createLog('silent'), () => moving.now)
  try {
    await prepareDemo(house)
    await addApps(house)
    await addRoles(house)
    await addPeople(house)
    await fillAudit(house, auditRows, crowd, busy, moving)
    await countUse(house)
  } finally {
    await house.close()
  }
  writeFileSync(join(folder, 'done'), '')
  return folder
}

export const appId = (index: number): string => `app-${String(index).padStart(4, '0')}`
export const userId = (index: number): string => `user-${String(index).padStart(5, '0')}`
const names = ['Growth chart', 'Vitals viewer', 'Refill helper', 'Discharge letters', 'Bed board']
const people = ['Ana Lindqvist', 'Bo Ferreira', 'Cleo Marsh', 'Dov Okafor', 'Eun-ji Park', 'Farid Haddad']

async function addApps({ clients, users }: House): Promise<void> {
  const developer = await users.findByName(busy.developer)
  for (let index = 1; index <= crowd.apps; index++) {
    const isService = index % 5 === 0
    const owner = index <= OF_ONE.apps && developer ? { userId: developer.id, most: crowd.apps } : undefined
    await clients.add(
      {
        client_id: appId(index),
        client_name: `${names[index % names.length]} ${index}`,
        owner: `Department ${index % 40}`,
        ...(isService
          ? {
              token_endpoint_auth_method: 'private_key_jwt',
              grant_types: ['client_credentials'],
              jwks_uri: `https://app-${index}.example.org/jwks.json`,
              scope: 'system/*.rs',
            }
          : {
              token_endpoint_auth_method: 'none',
              grant_types: ['authorization_code', 'refresh_token'],
              redirect_uris: [`https://app-${index}.example.org/callback`],
              launch_uris: [`https://app-${index}.example.org/launch`],
              scope: 'launch launch/patient openid fhirUser offline_access patient/*.rs user/*.rs',
            }),
      },
      'console',
      { waiting: index % 25 === 0, owner },
    )
  }
}

async function addRoles({ roles }: House): Promise<void> {
  for (let index = 0; index < crowd.roles; index++)
    await roles.add(
      {
        role: `ward-${index}`,
        title: `Ward ${index}`,
        rules: [
          { types: ['Patient', 'Encounter', 'Observation'], letters: 'rs' },
          { types: ['Appointment'], letters: 'rus', writable: ['status'] },
        ],
      },
      'console',
    )
}

/** Users with their sessions, launches, decisions, flight records and keys, as rows: their registers would take long. */
async function addPeople({ db, users }: House): Promise<void> {
  const now = Date.now()
  const far = now + 365 * DAY
  const patient = (await users.findByName(busy.patient))?.id ?? ''
  const insert = (table: BulkTable['table'], columns: BulkTable['columns'], rows: readonly Row[]) =>
    db.kysely.transaction().execute((trx) => db.insertMany(trx, { table, columns }, rows))
  const several = (count: number, row: (index: number) => Row) =>
    Array.from({ length: count }, (_, i) => row(i))
  const whose = (index: number, own: number) => (index < own ? patient : userId(index % crowd.users))
  const usedApp = (index: number) =>
    appId(index >= OF_ONE.grants && index % USING_ONE === 0 ? 1 : 1 + (index % crowd.apps))

  await insert(
    'account',
    {
      user_id: 'text',
      username: 'text',
      display_name: 'text',
      roles: 'text',
      fhir_user: 'text',
      patients: 'text',
      status: 'text',
      origin: 'text',
      created: 'int',
      updated: 'int',
    },
    several(crowd.users, (index) => [
      userId(index),
      userId(index),
      `${people[index % people.length]} ${index}`,
      JSON.stringify([index % 10 === 0 ? 'clinician' : 'patient']),
      `Patient/pt-${index}`,
      '[]',
      index % 50 === 0 ? 'disabled' : 'active',
      'command',
      now - 300 * DAY,
      now - 10 * DAY,
    ]),
  )
  await insert(
    'oidc',
    { model: 'text', id_hash: 'text', payload: 'text', uid: 'text', user_id: 'text', expires: 'int' },
    several(crowd.sessions, (index) => [
      'Session',
      `session-${index}`,
      '{}',
      `uid-${index}`,
      whose(index, OF_ONE.sessions),
      far,
    ]),
  )
  await insert(
    'sign_in',
    { session_uid: 'text', user_id: 'text', at: 'int', address: 'text', agent: 'text', expires: 'int' },
    several(crowd.sessions, (index) => [
      `uid-${index}`,
      whose(index, OF_ONE.sessions),
      now - (index + 1) * MINUTE,
      '192.0.2.7',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      far,
    ]),
  )
  await insert(
    'launch_grant',
    {
      grant_id: 'text',
      client_id: 'text',
      user_id: 'text',
      scope: 'text',
      context: 'text',
      created: 'int',
      expires: 'int',
      session_uid: 'text',
      refresh: 'text',
      duration: 'text',
      used: 'int',
      flight_id: 'text',
      patient: 'text',
    },
    several(crowd.grants, (index) => [
      `grant-${index}`,
      usedApp(index),
      whose(index, OF_ONE.grants),
      'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs',
      JSON.stringify({ patient: `pt-${index}` }),
      now - (index + 1) * MINUTE,
      far,
      `uid-${index % crowd.sessions}`,
      'offline',
      'months',
      now - index * MINUTE,
      flightId(index % crowd.flights),
      `pt-${index}`,
    ]),
  )
  await insert(
    'consent',
    {
      user_id: 'text',
      client_id: 'text',
      patient: 'text',
      granted: 'text',
      refused: 'text',
      duration: 'text',
      until: 'int',
      updated: 'int',
      expires: 'int',
    },
    several(crowd.grants, (index) => [
      whose(index, OF_ONE.grants),
      usedApp(index),
      `pt-${index}`,
      'openid fhirUser patient/Patient.rs patient/Observation.rs',
      '',
      'months',
      far,
      now,
      far,
    ]),
  )
  await insert(
    'flight',
    {
      flight_id: 'text',
      client_id: 'text',
      user_id: 'text',
      grant_id: 'text',
      outcome: 'text',
      reason: 'text',
      started: 'int',
      updated: 'int',
      steps: 'int',
      expires: 'int',
    },
    several(crowd.flights, (index) => [
      flightId(index),
      usedApp(index),
      whose(index, OF_ONE.grants),
      `grant-${index}`,
      index % 7 === 0 ? 'refused' : 'done',
      index % 7 === 0 ? 'redirect-uri-unknown' : null,
      now - (index + 1) * MINUTE,
      now - index * MINUTE,
      STEPS.length,
      far,
    ]),
  )
  await insert(
    'flight_step',
    {
      flight_id: 'text',
      step: 'int',
      at: 'int',
      event: 'text',
      outcome: 'text',
      detail: 'text',
      expires: 'int',
    },
    several(crowd.flights * STEPS.length, (index) => [
      flightId(Math.floor(index / STEPS.length)),
      1 + (index % STEPS.length),
      now - Math.floor(index / STEPS.length) * MINUTE,
      STEPS[index % STEPS.length] ?? '',
      'ok',
      JSON.stringify({ requestId: `request-${index}`, scope: 'patient/*.rs openid fhirUser' }),
      far,
    ]),
  )
  await insert(
    'api_key',
    {
      key_id: 'text',
      key_hash: 'text',
      name: 'text',
      user_id: 'text',
      roles: 'text',
      scope: 'text',
      addresses: 'text',
      created: 'int',
      expires: 'int',
      used: 'int',
    },
    several(crowd.apiKeys, (index) => [
      `key-${index}`,
      `hash-${index}`,
      `Nightly job ${index}`,
      userId(index),
      '["clinician"]',
      'user/*.rs',
      '["10.0.0.0/8"]',
      now - index * HOUR,
      far,
      now,
    ]),
  )
}

const STEPS = ['request', 'sign-in', 'context', 'consent', 'code', 'token', 'fhir', 'fhir'] as const

/** Ten characters of the ids of flights (launches/flight-id.ts). */
export function flightId(index: number): string {
  return `F${String(index).padStart(9, '0')}`
}

/** Counters of two weeks: of the whole server, and of each app in some hours of the day. */
async function countUse({ db }: House): Promise<void> {
  const now = Date.now()
  const rows: Row[] = []
  const start = now - (now % DAY) - 14 * DAY
  for (let at = start; at < now; at += 15 * MINUTE) {
    for (const what of ['sign-in', 'token', 'refused']) rows.push([at, '', what, 40])
    for (let slot = 8; slot < 32; slot++)
      for (const timed of ['token', 'fhir']) rows.push([at, '', `time ${timed} ${slot}`, 20])
  }
  for (let day = 0; day < 14; day++)
    for (let index = 1; index <= crowd.apps; index++)
      for (let hour = 0; hour < (index === 1 ? 24 : 4); hour++)
        for (const what of ['call search Observation', 'call read Patient', 'token', 'refused scope-lacking'])
          rows.push([start + day * DAY + (8 + hour) * HOUR, appId(index), what, 1 + ((index + hour) % 30)])
  const columns = { at: 'int', client_id: 'text', what: 'text', count: 'int' } as const
  await db.kysely.transaction().execute((trx) => db.insertMany(trx, { table: 'usage', columns }, rows))
  const used = Array.from({ length: crowd.apps }, (_, index) => [appId(index + 1), now - index * MINUTE])
  await db.kysely
    .transaction()
    .execute((trx) =>
      db.insertMany(trx, { table: 'client_used', columns: { client_id: 'text', at: 'int' } }, used),
    )
}
