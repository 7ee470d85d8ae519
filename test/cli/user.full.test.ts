import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lanyard, problem } from '../support/command.ts'
import { lanyardProcess, serverProcess } from '../support/process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-user-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => lanyard(['user', ...args], { folder })
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).out)
const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content))
const marta = {
  username: 'marta',
  display_name: 'Marta Lindqvist',
  roles: ['proxy'],
  fhir_user: 'RelatedPerson/ana-mother',
  patients: ['ana'],
}

test('a user from the first day to the last, told as JSON', async () => {
  write('marta.json', marta)
  const added = await json('add', 'marta.json')
  expect(added).toMatchObject({ ...marta, has_password: false, status: 'active', origin: 'command' })
  expect(await json('show', 'MARTA')).toEqual(added)
  write('marta.json', { ...marta, patients: ['ana', 'elias'], password: 'a long enough one' })
  const updated = await json('update', 'marta', 'marta.json')
  expect(updated).toMatchObject({ user_id: added.user_id, patients: ['ana', 'elias'], has_password: true })
  expect(await json('disable', 'marta')).toMatchObject({ status: 'disabled' })
  expect(await json('list')).toMatchObject([{ username: 'marta', status: 'disabled' }])
  expect(await json('enable', 'marta')).toMatchObject({ status: 'active' })
  expect(await json('remove', 'marta')).toEqual({ removed: 'marta' })
  for (const args of [
    ['show', 'marta'],
    ['password', 'marta'],
    ['remove', 'marta'],
  ]) {
    const missing = await run(...args, '--json')
    expect(missing.code).toBe(1)
    expect(problem(missing)).toEqual({
      code: 'not-found',
      message: 'There is no user "marta". `lanyard user list` shows all.',
    })
  }
})

test('the same in words, and what is missing', async () => {
  write('marta.json', marta)
  expect((await run('add', 'marta.json')).out).toBe(
    'Added marta (Marta Lindqvist).\nThere is no password yet. Set one with `lanyard user password marta`.\n',
  )
  expect((await run('list')).out).toMatch(
    /^username +name +roles +fhir_user +status +from\nmarta +Marta Lindqvist +proxy +RelatedPerson\/ana-mother +active +command\n$/,
  )
  expect((await run('disable', 'marta')).out).toBe('marta is disabled. Sessions and launches have ended.\n')
  write('wrong.json', { ...marta, username: 'two words', roles: [] })
  const refused = await run('add', 'wrong.json')
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringMatching(
      /^The user cannot be accepted: username: .*; roles: must hold at least one role\.\n$/,
    ),
  ])
})

test('SEC-08 a password comes from standard input or a terminal, never from an argument', async () => {
  write('marta.json', marta)
  await run('add', 'marta.json')
  const typed = (args: string[], input: string) => lanyard(['user', ...args], { folder, input })
  const piped = { folder, input: 'lanyard-demo\n' }
  expect(await lanyardProcess(['user', 'password', 'marta', '--stdin'], piped)).toMatchObject({
    code: 0,
    out: 'marta has a new password. Sessions and launches have ended.\n',
  })
  expect(await json('show', 'marta')).toMatchObject({ has_password: true })
  expect(await typed(['password', 'marta', '--stdin'], 'short\n')).toMatchObject({
    code: 1,
    err: 'The password must have 12 to 200 characters.\n',
  })
  expect(await run('password', 'marta')).toMatchObject({
    code: 1,
    err: 'There is no terminal to ask for the password at. Hand it in on standard input, with --stdin.\n',
  })
  expect(await run('password', 'marta', 'lanyard-demo')).toMatchObject({ code: 2 })

  // A printed hash is what a file takes.
  const { out } = await typed(['hash', '--stdin', '--json'], 'lanyard-demo')
  write('jonas.json', { username: 'jonas', display_name: 'Jonas', roles: ['clinician'], ...JSON.parse(out) })
  expect(await json('add', 'jonas.json')).toMatchObject({ has_password: true })
  expect(await typed(['hash', '--stdin'], 'short')).toMatchObject({ code: 1, out: '' })
})

test('a user of the users folder is changed there, and disabled anywhere', async () => {
  mkdirSync(join(folder, 'config/users'), { recursive: true })
  const file = join(folder, 'config/users/marta.json')
  write('config/users/marta.json', { ...marta, password: 'lanyard-demo' })
  const start = async () => (await serverProcess({ folder })).end('SIGTERM')
  expect((await start()).out).toMatch(/"added":\["marta"\],"msg":"users of the configuration"/)

  for (const args of [
    ['update', 'marta', file],
    ['remove', 'marta'],
  ]) {
    const refused = await run(...args, '--json')
    expect(refused.code).toBe(1)
    expect(problem(refused)).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/comes from a file in the users folder/),
    })
  }
  await run('disable', 'marta')
  expect((await start()).out).toMatch(/"level":"warn",.*"stillDisabled":\["marta"\]/)
  await run('enable', 'marta')

  // Without its file it is disabled; whoever enables it then makes it the command line's.
  rmSync(file)
  expect((await start()).out).toMatch(/"level":"warn",.*"disabled":\["marta"\]/)
  expect(await json('enable', 'marta')).toMatchObject({ status: 'active', origin: 'command' })
})

test('production takes no password in clear text from a file, and changes nothing of the clients either', async () => {
  mkdirSync(join(folder, 'config/users'), { recursive: true })
  mkdirSync(join(folder, 'config/clients'))
  write('config/users/marta.json', { ...marta, password: 'lanyard-demo' })
  write('config/clients/app.json', {
    client_id: 'app',
    client_name: 'App',
    redirect_uris: ['https://app.example.org/'],
  })
  const place = {
    folder,
    environment: {
      LANYARD_MODE: 'production',
      LANYARD_BASE_URL: 'https://auth.example.org',
      LANYARD_PORT: '0',
    },
  }
  const refused = await lanyard(['serve', '--json'], place)
  expect(refused.code).toBe(1)
  expect(problem(refused)).toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/marta\.json: The file holds a password in clear text/),
  })
  expect((await lanyard(['client', 'list', '--json'], place)).out).toBe('[]\n')
})
