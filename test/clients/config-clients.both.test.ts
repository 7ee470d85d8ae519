import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyConfigClients, planConfigClients } from '../../src/clients/config-clients.ts'
import { type ClientRegistry, createClientRegistry } from '../../src/clients/registry.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let folder: string
let database: TestDatabase
let clients: ClientRegistry
let events: string[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-clients-'))
  database = await migratedDatabase()
  events = []
  clients = createClientRegistry(
    await database.open(),
    () => 0,
    {
      scopeProblems: (scope) => (scope.includes('nonsense') ? [`"${scope}" is no scope of this server`] : []),
      appTokenSeconds: 600,
    },
    async (_kysely, { event, clientId, origin }) => void events.push(`${event} ${clientId} ${origin}`),
  )
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true })
})

const app = (id: string | undefined, more: object = {}) => ({
  client_id: id,
  client_name: `App ${id}`,
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://app.example.org/callback'],
  ...more,
})
const write = (name: string, content: unknown) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const remove = (name: string) => rmSync(join(folder, name))
const nothing = {
  added: [],
  changed: [],
  unchanged: [],
  enabled: [],
  disabled: [],
  stillDisabled: [],
  notOurs: [],
}

/** Applies the folder; what the plan said before must be what was done. */
async function apply() {
  const planned = await planConfigClients(folder, clients)
  const before = events.length
  const done = await applyConfigClients(folder, clients)
  expect(done).toEqual(planned)
  return { done, events: events.slice(before) }
}

async function refused(): Promise<string[]> {
  const error: unknown = await applyConfigClients(folder, clients).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'LanyardError', code: 'configuration' })
  return (error as Error).message.split('\n')
}

test('new files add clients; files that are no *.json are none', async () => {
  write('a.json', app('a'))
  write('b.json', app('b'))
  write('README.md', 'How to add a client')
  expect(await apply()).toEqual({
    done: { ...nothing, added: ['a', 'b'] },
    events: ['client.add a config', 'client.add b config'],
  })
  expect(await clients.find('a')).toMatchObject({
    origin: 'config',
    status: 'active',
    metadata: { client_name: 'App a' },
  })
})

test('an unchanged file changes nothing, however it is written; a changed one ends the tokens of its client', async () => {
  write('a.json', app('a', { scope: 'openid', grant_types: ['authorization_code'] }))
  await apply()
  const before = await clients.find('a')
  const { client_name, ...rest } = app('a', { scope: 'openid' })
  // The same in another order, without a member that has its default.
  write('a.json', JSON.stringify({ ...rest, client_name }, null, 4))
  expect(await apply()).toEqual({ done: { ...nothing, unchanged: ['a'] }, events: [] })
  expect(await clients.find('a')).toEqual(before)

  write('a.json', app('a', { scope: 'openid fhirUser' }))
  expect(await apply()).toEqual({ done: { ...nothing, changed: ['a'] }, events: ['client.update a config'] })
  const after = await clients.find('a')
  expect(after?.metadata.scope).toBe('openid fhirUser')
  expect(after?.grantId).not.toBe(before?.grantId)
})

test('a client whose file is gone is disabled, never removed, and enabled when the file is back', async () => {
  write('a.json', app('a'))
  write('b.json', app('b'))
  await apply()
  remove('a.json')
  expect(await apply()).toEqual({
    done: { ...nothing, unchanged: ['b'], disabled: ['a'] },
    events: ['client.disable a config-gone'],
  })
  expect(await clients.find('a')).toMatchObject({ status: 'disabled', metadata: { client_name: 'App a' } })
  expect(await apply()).toEqual({ done: { ...nothing, unchanged: ['b'] }, events: [] })

  write('a.json', app('a', { client_name: 'App a, second life' }))
  expect(await apply()).toEqual({
    done: { ...nothing, changed: ['a'], unchanged: ['b'], enabled: ['a'] },
    events: ['client.update a config', 'client.enable a config'],
  })
  expect(await clients.find('a')).toMatchObject({ status: 'active', origin: 'config' })
})

test('a folder that is no longer configured counts as empty', async () => {
  write('a.json', app('a'))
  await apply()
  expect(await applyConfigClients(undefined, clients)).toEqual({ ...nothing, disabled: ['a'] })
})

test('what a command disabled stays disabled, also when its file changes or comes back', async () => {
  write('a.json', app('a'))
  await apply()
  await clients.setStatus('a', 'disabled')
  expect((await apply()).done).toEqual({ ...nothing, unchanged: ['a'], stillDisabled: ['a'] })
  write('a.json', app('a', { client_name: 'Other' }))
  expect((await apply()).done).toEqual({ ...nothing, changed: ['a'], stillDisabled: ['a'] })
  remove('a.json')
  expect((await apply()).done).toEqual(nothing)
  write('a.json', app('a', { client_name: 'Other' }))
  expect((await apply()).done).toEqual({ ...nothing, unchanged: ['a'], stillDisabled: ['a'] })
  expect(await clients.find('a')).toMatchObject({ status: 'disabled' })
  await clients.setStatus('a', 'active')
  expect((await apply()).done).toEqual({ ...nothing, unchanged: ['a'] })
})

test('a client of the same id from a command is left as it is', async () => {
  await clients.add(app('a', { client_name: 'By hand' }), 'command')
  write('a.json', app('a'))
  expect(await apply()).toEqual({ done: { ...nothing, notOurs: ['a'] }, events: [] })
  expect(await clients.find('a')).toMatchObject({ origin: 'command', metadata: { client_name: 'By hand' } })
  remove('a.json')
  expect((await apply()).done).toEqual(nothing)
})

test('a client with a secret gets none from a file, as nobody would see it', async () => {
  const secretive = app('a', { token_endpoint_auth_method: 'client_secret_basic' })
  write('a.json', secretive)
  await apply()
  expect(await clients.find('a')).toMatchObject({ hasSecret: false })
  const { secret } = await clients.newSecret('a')
  expect(secret).toMatch(/^[\w-]{43}$/)
  // It outlives later starts, with and without a change.
  expect((await apply()).done).toEqual({ ...nothing, unchanged: ['a'] })
  write('a.json', { ...secretive, client_name: 'Other' })
  await apply()
  expect(await clients.find('a')).toMatchObject({ hasSecret: true, metadata: { client_name: 'Other' } })
})

test('all mistakes of all files are told together, and nothing is changed', async () => {
  write('a.json', app('a'))
  write('broken.json', '{"client_id": "x",}')
  write('none.json', app(undefined))
  write('same.json', app('a'))
  write('wrong.json', app('w', { redirect_uris: ['http://app.example.org/'], colour: 'red' }))
  write('scope.json', app('s', { scope: 'nonsense' }))
  mkdirSync(join(folder, 'folder.json'))
  expect(await refused()).toEqual([
    `The client files in ${folder} cannot be applied; nothing was changed:`,
    '  - broken.json: The file is not JSON: Expected double-quoted property name (line 1 column 19).',
    expect.stringMatching(/^ {2}- folder\.json: EISDIR/),
    '  - none.json: The file must name its client_id.',
    '  - same.json: it has the client_id "a" of a.json',
    `  - scope.json: The client's metadata cannot be accepted: "nonsense" is no scope of this server.`,
    expect.stringMatching(
      /^ {2}- wrong\.json: The client's metadata cannot be accepted: .*colour.*redirect_uris: "http:.*must begin with https/,
    ),
  ])
  expect(await clients.list()).toEqual([])
  expect(events).toEqual([])
})

test('a folder that is not there is told with the variable to change', async () => {
  rmSync(folder, { recursive: true })
  expect(await refused()).toEqual([
    expect.stringMatching(
      /^The folder of client files .* cannot be read \(ENOENT.*\)\. Make it, or change LANYARD_CLIENTS_DIR\.$/,
    ),
  ])
  mkdirSync(folder)
})

test('nodes that start together add a client once', async () => {
  write('a.json', app('a'))
  await Promise.all([applyConfigClients(folder, clients), applyConfigClients(folder, clients)])
  expect(events).toEqual(['client.add a config'])
})
