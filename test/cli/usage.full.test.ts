import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lanyard, problem } from '../support/command.ts'
import { lanyardProcess, serverProcess } from '../support/process.ts'

const root = resolve(import.meta.dirname, '../..')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-usage-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => lanyard(args, { folder })

test('wrong use ends with 2, and says what would be right', async () => {
  for (const args of [['nonsense'], ['client'], ['migrate', '--bogus']]) {
    const ended = await lanyardProcess(args, { folder })
    expect([args, ended.code, ended.out]).toEqual([args, 2, ''])
    expect(ended.err).toMatch(/^(?:error: |Usage: lanyard client)/)
  }
  const told = await run('client', 'add', '--json')
  expect(told.code).toBe(2)
  expect(problem(told)).toEqual({ code: 'usage', message: "missing required argument 'file'" })
  expect(await run('--help')).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^Usage: lanyard/),
  })
})

test('`npx lanyard` works in the checkout, with the Node that the project brings along', async () => {
  const { stdout } = await promisify(execFile)('npx', ['--no-install', 'lanyard', '--version'], { cwd: root })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('a client from its registration to its end, told as JSON', async () => {
  const app = { client_id: 'app', client_name: 'App', redirect_uris: ['https://app.example.org/'] }
  writeFileSync(join(folder, 'app.json'), JSON.stringify(app))
  const json = async (...args: string[]) => JSON.parse((await run('client', ...args, '--json')).out)
  expect(await json('add', 'app.json')).toMatchObject({ client_id: 'app', client_secret: expect.any(String) })
  expect(await json('disable', 'app')).toMatchObject({ status: 'disabled' })
  expect(await json('list')).toMatchObject([{ client_id: 'app', status: 'disabled', origin: 'command' }])
  expect(await json('enable', 'app')).toMatchObject({ status: 'active' })
  const missing = await run('client', 'disable', 'other', '--json')
  expect(missing.code).toBe(1)
  expect(problem(missing)).toEqual({
    code: 'not-found',
    message: 'There is no client "other". `lanyard client list` shows all.',
  })
  expect(await json('remove', 'app')).toEqual({ removed: 'app' })
})

test('a client of the clients folder is changed there, and disabled anywhere', async () => {
  mkdirSync(join(folder, 'config/clients'), { recursive: true })
  const app = { client_id: 'app', client_name: 'App', redirect_uris: ['https://app.example.org/'] }
  const file = join(folder, 'config/clients/app.json')
  writeFileSync(file, JSON.stringify(app))
  const start = async () => (await serverProcess({ folder })).end('SIGTERM')
  expect((await start()).out).toMatch(/"added":\["app"\],"msg":"clients of the configuration"/)

  for (const args of [
    ['update', 'app', file],
    ['remove', 'app'],
  ]) {
    const refused = await run('client', ...args, '--json')
    expect(refused.code).toBe(1)
    expect(problem(refused)).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/comes from a file in the clients folder/),
    })
  }
  expect((await run('client', 'disable', 'app')).out).toBe('app is disabled. Its tokens are dead.\n')
  expect((await start()).out).toMatch(/"level":"warn",.*"stillDisabled":\["app"\]/)
  await run('client', 'enable', 'app')

  // Without its file it is disabled; whoever enables it then makes it the command line's.
  rmSync(file)
  expect((await start()).out).toMatch(/"level":"warn",.*"disabled":\["app"\]/)
  expect(JSON.parse((await run('client', 'enable', 'app', '--json')).out)).toMatchObject({
    status: 'active',
    origin: 'command',
  })
  expect((await start()).out).not.toMatch(/clients of the configuration/)
})

test('doctor: settings and checks as JSON and as words; exit code 1 when a check failed', async () => {
  const healthy = await run('doctor', '--json')
  expect(healthy.code).toBe(0)
  const said = JSON.parse(healthy.out)
  expect(said).toMatchObject({ ok: true, file: null })
  expect(said.settings).toContainEqual({ setting: 'port', value: 3000, origin: 'default' })
  expect(said.checks).toContainEqual({ name: 'sealing key', state: 'note', sentence: expect.any(String) })

  writeFileSync(join(folder, 'data'), '')
  const sick = await lanyardProcess(['doctor'], { folder })
  expect(sick.code).toBe(1)
  expect(sick.out).toMatch(/^Configuration file: none\n\nsetting +value +from\nmode +demo +default\n/)
  expect(sick.out).toMatch(/\nfailed +data folder +.* is a file\. Change LANYARD_DATA_DIR\.\n/)
  expect(sick.out).toMatch(/\n\d failed, \d warnings\.\n$/)
  expect((await lanyard(['doctor', '--json'], { folder, environment: { LANYARD_PORT: 'x' } })).code).toBe(1)
})
