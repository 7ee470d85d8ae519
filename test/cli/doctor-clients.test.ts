import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clientChecks, clientsFolderChecks } from '../../src/cli/doctor/clients.ts'
import { type ClientRegistry, createClientRegistry } from '../../src/clients/registry.ts'
import { readCertificate } from '../../src/clients/x509.ts'
import { DAY } from '../../src/lib/time.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

const pem = readFileSync(join(import.meta.dirname, '../support/tls/localhost.cert.pem'), 'utf8')
const certificate = readCertificate(pem)
const end = new Date(certificate.not_after).toISOString().slice(0, 10)
let database: TestDatabase
let clients: ClientRegistry
beforeEach(async () => {
  database = await migratedDatabase('sqlite')
  clients = createClientRegistry(
    await database.open(),
    () => 0,
    { scopeProblems: () => [], appTokenSeconds: 3600 },
    async () => {},
  )
})
afterEach(() => database.remove())

const service = (client_id: string, keys: object) => ({
  client_id,
  client_name: client_id,
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
  ...keys,
})
const told = async (now: number) =>
  (await clientChecks(clients, now)).map(({ state, sentence }) => `${state}: ${sentence}`)

test('certificates and keys that end within 30 days, and those that have ended', async () => {
  const x5c = [pem.replace(/-----[A-Z ]+-----|\s/g, '')]
  await clients.add(service('by-certificate', { x509: pem }), 'command')
  await clients.add(
    service('by-chain', { jwks: { keys: [{ ...certificate.jwk, kid: 'k1', x5c }] } }),
    'command',
  )
  const exp = certificate.not_after / 1000
  await clients.add(
    service('by-exp', { jwks: { keys: [{ ...certificate.jwk, kid: 'k2', exp }] } }),
    'command',
  )
  await clients.add(service('by-key', { jwks: { keys: [{ ...certificate.jwk, kid: 'k3' }] } }), 'command')
  const soon = (what: string) => `warning: The ${what} expires on ${end}. Ask its owner for the next one.`
  const gone = (what: string) => `warning: The ${what} expired on ${end}. Register its successor.`
  const all = ['certificate of by-certificate', 'key "k1" of by-chain', 'key "k2" of by-exp']

  expect(await told(certificate.not_after - 31 * DAY)).toEqual([
    'ok: 4 active; all have what they authenticate with.',
  ])
  expect(await told(certificate.not_after - 29 * DAY)).toEqual(all.map(soon))
  expect(await told(certificate.not_after + 1000)).toEqual(all.map(gone))
  // Of a client that may not authenticate anyway nothing is said.
  await clients.setStatus('by-exp', 'disabled')
  expect(await told(certificate.not_after + 1000)).toEqual(all.slice(0, 2).map(gone))
})

test('clients without the secret that they need, and what the clients folder would do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-doctor-'))
  const app = { client_name: 'App', redirect_uris: ['https://app.example.org/'] }
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ client_id: 'a', ...app }))
  writeFileSync(join(folder, 'b.json'), JSON.stringify({ client_id: 'b', ...app }))
  await clients.add({ client_id: 'a', ...app }, 'config')
  await clients.add({ client_id: 'b', ...app }, 'command')
  await clients.add({ client_id: 'c', ...app, token_endpoint_auth_method: 'none' }, 'config')
  expect(await told(0)).toEqual(['warning: a has no secret yet. Run `npx lanyard client secret a`.'])

  const plan = async () =>
    (await clientsFolderChecks(folder, clients)).map(({ state, sentence }) => `${state}: ${sentence}`)
  expect(await plan()).toEqual([
    'warning: The next start disables c: their files are gone.',
    'warning: Registered in another way, so their files have no effect: b. Remove those clients or those files.',
  ])
  await clients.remove('b')
  await clients.remove('c')
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ client_id: 'a', ...app, client_name: 'Other' }))
  expect(await plan()).toEqual([
    'note: The next start adds b.',
    'note: The next start changes a; their tokens end.',
  ])
  rmSync(join(folder, 'b.json'))
  await clients.update('a', { ...app, client_name: 'Other' }, { origin: 'config' })
  expect(await plan()).toEqual([`ok: 1 in ${folder}, as registered.`])
  writeFileSync(join(folder, 'b.json'), '{')
  await expect(plan()).rejects.toThrow(/b\.json: The file is not JSON/)
  rmSync(folder, { recursive: true })
})
