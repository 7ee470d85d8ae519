import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiExplorerMetadata } from '../clients/api-explorer.ts'
import { demoAppMetadata } from '../clients/demo-app.ts'
import { DEMO_BACKEND } from '../clients/demo-backend.ts'
import { fhirStoreOf, type House } from '../house.ts'
import { addDemoRoles } from './demo-roles.ts'
import { addDemoUsers } from './demo-users.ts'
import { DEMO_ANCHOR, seed } from './seed.ts'

/** Says in the database how far the demo has come. */
const MARK = 'demo'

/**
 * Demo mode on an empty database: the synthetic hospital, its users, and a backend service with its key. A start
 * that was interrupted goes on where it was; a database with data of its own is left alone.
 * @returns how many resources were stored now
 */
export async function prepareDemo(house: House): Promise<number> {
  const { config, db } = house
  if (config.mode !== 'demo' || config.seedPatients === 0) return 0
  const mark = await db.kysely
    .selectFrom('fhir_meta')
    .select('value')
    .where('name', '=', MARK)
    .executeTakeFirst()
  const store = await fhirStoreOf(house)
  if (mark === undefined && !(await store.isEmpty())) return 0
  await registerApp(house, demoAppMetadata(config.baseUrl))
  await registerApp(house, apiExplorerMetadata(config.baseUrl))
  if (mark?.value === 'ready') return 0
  await setMark(house, 'begun')
  const stored = await seed(house, store, { patients: config.seedPatients, anchor: DEMO_ANCHOR })
  await registerClient(house)
  await addDemoRoles(house.roles)
  await addDemoUsers(house.users)
  await setMark(house, 'ready')
  return stored
}

async function registerClient({ clients, config }: House): Promise<void> {
  if ((await clients.find(DEMO_BACKEND.clientId)) !== undefined) return
  await clients.add(
    {
      client_id: DEMO_BACKEND.clientId,
      client_name: 'Nightly report (demo)',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scope: 'system/*.rs __introspect',
      owner: 'Alder Valley, quality department',
      responsible_user: 'admin',
      jwks: { keys: [publicKey(join(config.dataDir, DEMO_BACKEND.keyFile))] },
    },
    'demo',
  )
}

type AppMetadata = ReturnType<typeof demoAppMetadata | typeof apiExplorerMetadata>

/** An app that this server brings along. Its addresses follow the base URL, which another port changes. */
async function registerApp({ clients }: House, metadata: AppMetadata): Promise<void> {
  const there = await clients.find(metadata.client_id)
  if (there === undefined) await clients.add(metadata, 'demo')
  else if (there.origin === 'demo' && there.metadata.client_uri !== metadata.client_uri)
    await clients.update(metadata.client_id, metadata)
}

/** The public half of the key in the file, which is made if it is not there. */
function publicKey(file: string): Record<string, unknown> {
  if (!existsSync(file)) {
    mkdirSync(join(file, '..'), { recursive: true })
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const jwk = {
      ...privateKey.export({ format: 'jwk' }),
      kid: DEMO_BACKEND.clientId,
      alg: 'ES384',
      use: 'sig',
    }
    writeFileSync(file, `${JSON.stringify(jwk, null, 2)}\n`, { mode: 0o600 })
  }
  const { d: _private, ...jwk } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  return jwk
}

async function setMark({ db }: House, value: string): Promise<void> {
  await db.kysely
    .insertInto('fhir_meta')
    .values({ name: MARK, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}
