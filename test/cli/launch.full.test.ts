import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lanyard, problem } from '../support/command.ts'

let folder: string
const run = (...args: string[]) => lanyard(args, { folder })
const launch = (...args: string[]) => run('launch', 'create', '--client', 'growth', ...args)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-launch-'))
  const file = (name: string, value: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(value))
    return name
  }
  const app = file('app.json', {
    client_id: 'growth',
    client_name: 'Growth chart',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://growth.example.org/'],
    launch_uris: ['https://growth.example.org/launch?x=1'],
  })
  const user = file('user.json', {
    username: 'marta',
    display_name: 'Marta',
    roles: ['proxy'],
    patients: ['ana'],
  })
  const people = { resourceType: 'Bundle', type: 'collection' }
  const data = file('data.json', {
    ...people,
    entry: ['ana', 'ben'].map((id) => ({ resource: { resourceType: 'Patient', id } })),
  })
  for (const args of [
    ['client', 'add', app],
    ['user', 'add', user],
    ['import', data],
  ])
    expect([args, (await run(...args)).code]).toEqual([args, 0])
})
afterAll(() => rmSync(folder, { recursive: true }))

test('EHRL-01 it prints the address that opens the app, or all of the answer as JSON', async () => {
  const said = await launch('--user', 'marta', '--patient', 'ana')
  expect(said).toMatchObject({ code: 0, err: '' })
  expect(said.out).toMatch(
    /^https:\/\/growth\.example\.org\/launch\?x=1&iss=http%3A%2F%2Flocalhost%3A3000%2Ffhir&launch=[\w-]{43}\n$/,
  )
  const told = await launch(
    ...['--user', 'marta', '--patient', 'ana', '--no-banner', '--intent', 'grow', '--json'],
    ...['--context', '{"canonical":"http://x.example/Q"}', '--context', '{"canonical":"http://x.example/R"}'],
  )
  expect(JSON.parse(told.out)).toEqual({
    launch: expect.any(String),
    launch_url: expect.stringMatching(/&launch=/),
    expires_in: 300,
  })
})

test('EHRL-01 it simulates both kinds of launches, each with its record', async () => {
  const simulate = (...args: string[]) =>
    run('launch', 'simulate', '--client', 'growth', '--user', 'marta', ...args)
  const broken = ['--fault', 'fhir-forbidden', '--reason', 'tried with its maker']
  const chart = JSON.parse((await simulate('--patient', 'ana', ...broken, '--json')).out)
  expect(chart).toEqual({
    flight: expect.stringMatching(/^\w{10}$/),
    launch_url: expect.stringMatching(/[?&]iss=http%3A%2F%2F[^&]+%2Ffhir&launch=[\w-]{43}$/),
    expires_in: 300,
  })
  const record = JSON.parse((await run('flight', 'show', chart.flight, '--json')).out)
  expect(record).toMatchObject({ simulated: 'fhir-forbidden', timeline: [{ event: 'launch' }] })
  const alone = await simulate('--alone')
  expect(alone.out).toMatch(
    /^http:\/\/localhost:3000\/simulated\/[\w-]{43}\nIts record: lanyard flight show \w{10}\n$/,
  )
  expect((await run('audit', 'export')).out).toContain('tried with its maker')
  expect((await simulate('--alone', '--patient', 'ana')).code).toBe(2)
  expect((await simulate('--fault', 'everything')).code).toBe(2)
})

test('CTX-10 what is refused is told, and the exit code is 1', async () => {
  const refused = await launch('--user', 'marta', '--patient', 'ben', '--json')
  expect([refused.code, refused.out]).toEqual([1, ''])
  expect(problem(refused)).toEqual({
    code: 'invalid-request',
    message: expect.stringMatching(/^The user "marta" cannot see Patient\/ben: /),
  })
})

test('wrong use ends with 2', async () => {
  expect(await launch('--patient', 'ana')).toMatchObject({ code: 2, err: expect.stringMatching(/--user/) })
  expect(await launch('--user', 'marta', '--context', '{')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is not JSON/),
  })
})
