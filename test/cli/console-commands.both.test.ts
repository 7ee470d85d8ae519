import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signedIn } from '../pages/account.ts'
import { ecKey } from '../support/client-keys.ts'
import { lanyard as command } from '../support/command.ts'
import { launch, putRecords } from '../support/launch.ts'
import { post, registerPublicApp } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'

let server: TestServer
let folder: string
beforeAll(async () => {
  server = await startServer({ engine })
  // Commands go by the clock of the machine: what the server makes must be alive then.
  server.clock.advance(Date.now() - server.clock.now)
  folder = server.house.config.keysDir
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
})
afterAll(() => server.close())

/** What a command prints, run beside the server as in another process. @throws what it says is wrong */
async function lanyard(...words: string[]): Promise<string> {
  const { databaseUrl, keysDir } = server.house.config
  const environment = { LANYARD_DATABASE_URL: databaseUrl, LANYARD_KEYS_DIR: keysDir }
  const { out, err } = await command(words, { environment, folder })
  if (err !== '') throw new Error(err)
  return out
}
const json = async (...words: string[]) => JSON.parse(await lanyard(...words, '--json'))

test('sessions of a user are shown, and one is ended by its id', async () => {
  const browser = await signedIn(server, 'ana')
  const [session, ...others] = (await json('user', 'sessions', 'ana')).items
  expect(others).toEqual([])
  expect(session).toMatchObject({ agent: 'Test Browser', address: '127.0.0.1' })
  await signedIn(server, 'ana')
  const { items: newest, next } = await json('user', 'sessions', '--most', '1')
  expect(newest).toMatchObject([{ username: 'ana' }])
  expect(await lanyard('user', 'sessions', '--most', '1')).toContain(`\nMore: --after ${next}\n`)
  const { items: older } = await json('user', 'sessions', '--after', next)
  expect(older.concat(newest).map(({ id }: { id: string }) => id)).toContain(session.id)
  await expect(lanyard('user', 'end-session', 'ana', 'another')).rejects.toThrow('no such session')
  await expect(lanyard('user', 'sessions', 'nobody')).rejects.toThrow('There is no user "nobody"')
  expect((await browser.open('/account')).url).toBe(`${server.url}/account`)
  await lanyard('user', 'end-session', '--reason', 'lost telephone', 'ana', '--', session.id)
  expect((await browser.open('/account')).url).not.toBe(`${server.url}/account`)
  const [other] = (await json('user', 'sessions', 'ana')).items
  await lanyard('user', 'end-session', 'ana', '--', other.id)
  expect(await lanyard('user', 'sessions', 'ana')).toBe('ana is signed in nowhere.\n')
  const { items } = await json('audit', 'list', '--event', 'session.end', '--user', 'ana')
  expect(items).toMatchObject([
    { detail: { by: 'command' } },
    { outcome: 'success', detail: { by: 'command', why: 'lost telephone' } },
  ])
  expect(await json('audit', 'show', String(items[0].seq))).toEqual(items[0])
  expect(await lanyard('audit', 'list', '--outcome', 'refused')).toMatch(/^seq +time .*patient\n$/)
  await expect(lanyard('audit', 'list', '--event', 'no event')).rejects.toThrow('event')
})

test('REVO-06 what users allow a client is shown, and one launch is ended', async () => {
  const app = await registerPublicApp(server, { scope: 'patient/Patient.rs' })
  const options = { scope: 'launch/patient patient/Patient.rs', username: 'ana', patient: 'ana' }
  const { token } = await launch(server, app, options)
  const bearer = { authorization: `Bearer ${token.body.access_token}` }
  const read = async () => (await fetch(`${server.url}/fhir/Patient/ana`, { headers: bearer })).status
  expect(await read()).toBe(200)
  const { items } = await json('client', 'grants', app.id)
  expect(items).toMatchObject([{ patient: 'ana', scope: expect.stringContaining('patient/Patient.rs') }])
  await expect(lanyard('client', 'end-grant', 'another', items[0].grant_id)).rejects.toThrow('no such grant')
  expect(await read()).toBe(200)
  await lanyard('client', 'end-grant', app.id, items[0].grant_id)
  expect(await read()).toBe(401)
  expect((await json('client', 'grants', app.id)).items).toEqual([])
})

test('AUD-09 keys of a client are shown with their ends, and its owner is asked to renew one', async () => {
  const { house } = server
  const { id: userId, username } = await addUser(house, { roles: ['developer'] })
  const exp = Math.floor(Date.now() / 1000) + 9 * 86_400
  const service = {
    client_id: 'night-run',
    client_name: 'Night run',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    scope: 'system/Patient.rs',
    jwks: { keys: [{ ...ecKey('old').jwk, exp }] },
  }
  await house.clients.add(service, 'developer', { owner: { userId, most: 1 } })
  await expect(lanyard('client', 'remind', 'night-run', 'another')).rejects.toThrow('no credential "another"')
  await expect(lanyard('client', 'remind', 'nobody', 'old')).rejects.toThrow('There is no client')
  expect(await lanyard('client', 'remind', 'night-run', 'old')).toBe(
    'The owner of night-run is asked to renew old.\n',
  )
  expect(await house.reminders.ofOwner(userId)).toMatchObject([{ credential: 'old', ends: exp * 1000 }])
  expect(await json('client', 'show', 'night-run')).toMatchObject({ registered_by: username })
  const [key] = await json('client', 'keys', 'night-run')
  expect(key).toMatchObject({ kid: 'old', alg: 'ES384', end: new Date(exp * 1000).toISOString() })
  expect(Date.parse(key.reminded)).toBeGreaterThan(Date.now() - 60_000)
  // Keys at an address are fetched, which is in the audit.
  const { jwks: _, ...elsewhere } = { ...service, jwks_uri: 'http://localhost:1/jwks' }
  await house.clients.update('night-run', elsewhere)
  expect(await house.reminders.ofOwner(userId)).toEqual([])
  await expect(lanyard('client', 'keys', 'night-run')).rejects.toThrow('could not be fetched')
  const { items } = await json('audit', 'list', '--event', 'client.fetch')
  expect(items).toMatchObject([{ outcome: 'error', detail: { host: 'localhost:1', by: 'command' } }])
})

test('the site gets its look, as far as it can be read', async () => {
  expect(await json('branding', 'show')).toEqual({ version: 1 })
  const set = await json('branding', 'set', '--name', 'Alder Valley', '--accent', '#0B5C6B')
  expect(set).toEqual({ name: 'Alder Valley', accent: '#0b5c6b', version: 2 })
  await expect(lanyard('branding', 'set', '--accent', '#ffee00')).rejects.toThrow('too little contrast')
  await expect(lanyard('branding', 'set', '--accent', 'teal')).rejects.toThrow('must be a colour')
  // What is not said stays.
  expect(await json('branding', 'set', '--accent', '')).toEqual({ name: 'Alder Valley', version: 3 })
  writeFileSync(
    join(folder, 'logo.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h4v4z"/></svg>',
  )
  writeFileSync(join(folder, 'no-logo.svg'), 'no picture')
  await expect(lanyard('branding', 'logo', 'no-logo.svg')).rejects.toThrow('picture')
  await expect(lanyard('branding', 'logo', 'not-there.svg')).rejects.toThrow('not-there.svg')
  const { logo } = await json('branding', 'logo', 'logo.svg')
  expect((await fetch(`${server.url}/logos/${logo}`)).status).toBe(200)
  expect(await lanyard('branding', 'logo')).toBe(
    'Name: Alder Valley\nAccent colour: as it comes\nLogo: as it comes\n',
  )
})

test('what the dashboard and the settings show is told', async () => {
  await post(server, '/oauth2/token', { grant_type: 'nonsense' })
  const found = await json('status', '--span', 'week')
  expect(found).toMatchObject({
    health: expect.arrayContaining([{ what: 'audit', state: 'ok' }]),
    waiting: [],
  })
  expect(found.tokens.slots).toHaveLength(28)
  expect(await lanyard('status')).toMatch(/^from +20\d\d-.*\nto .*\nsign-ins +\d+ \(a week before: 0\)\n/)
  const settings = await lanyard('settings')
  expect(settings).toMatch(/^setting +value +from\n/)
  expect(settings).toMatch(/^keysDir +\S+ +environment$/m)
  expect(settings).toMatch(/^port +3000 +default$/m)
  expect(await lanyard('issuer', 'list')).toBe('No outside issuer is trusted.\n')
})

test('a file is reviewed and tried before it becomes the role; who has the role is told', async () => {
  const desk = (letters: string) => ({
    role: 'desk',
    title: 'Desk',
    rules: [{ types: ['Appointment'], letters, hide: ['comment'] }],
  })
  await server.house.roles.add(desk('rs'), 'command')
  expect(await lanyard('role', 'holders', 'desk')).toBe('Nobody has the role desk.\n')
  await addUser(server.house, { username: 'jo', display_name: 'Jo', roles: ['desk'] })
  expect(await lanyard('role', 'holders', 'desk')).toMatch(/^kind +id +name\nuser +jo +Jo\n/)
  writeFileSync(join(folder, 'desk.json'), JSON.stringify(desk('cr')))
  expect(await lanyard('role', 'review', 'desk', 'desk.json')).toBe(
    [
      '1 user has the role desk.',
      '- May no longer find appointments (without comment).',
      '+ May add appointments (without comment).',
      '',
    ].join('\n'),
  )
  writeFileSync(join(folder, 'torn.json'), '{"role":"a-secret')
  await expect(lanyard('role', 'review', 'desk', 'torn.json')).rejects.toThrow(
    /^The file torn\.json is not JSON: (?!.*secret)/,
  )
  await expect(lanyard('token', '--client', 'any', '--key', 'torn.json')).rejects.toThrow(
    /no private key as JWK or PEM \(is not JSON: (?!.*secret)/,
  )
  const asked = ['explain', 'GET', '/Appointment', '--user', 'jo', '--scope', 'user/*.rs']
  const told = await json(...asked, '--draft', 'desk.json')
  expect(told).toMatchObject({ now: { allowed: true }, draft: { allowed: false } })
  // Not only users have roles.
  const key = ['Desk script', '--user', 'jo', '--scope', 'user/Appointment.rs', '--role', 'desk']
  const { id } = await json('api-key', 'add', ...key)
  await lanyard('user', 'remove', 'jo')
  await expect(lanyard('role', 'remove', 'desk')).rejects.toThrow('still held by Desk script')
  await lanyard('api-key', 'revoke', id)
  expect(await lanyard('role', 'remove', 'desk')).toBe('Removed desk.\n')
})
