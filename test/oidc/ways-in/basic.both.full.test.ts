import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { type Answer, answerOf, auditOf, basic, registerSecretApp } from '../../support/oauth.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { addUser, password } from '../../support/users.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ engine })
  const { house } = server
  const { write } = await fhirStoreOf(house)
  await write([
    { resourceType: 'Patient', id: 'ana' },
    { resourceType: 'Patient', id: 'bo' },
  ] as Stored[])
  const rule = { types: ['Patient'], letters: 'cruds' }
  await house.roles.add({ role: 'reader', title: 'Reads', rules: [rule], basic: 'read' }, 'command')
  await house.roles.add({ role: 'writer', title: 'Writes', rules: [rule], basic: 'write' }, 'command')
  await house.roles.add({ role: 'nothing', title: 'Not by password', rules: [rule] }, 'command')
  const patients = 'all'
  await addUser(house, { username: 'reader', roles: ['reader'], patients })
  await addUser(house, { username: 'writer', roles: ['writer'], patients })
  await addUser(house, { username: 'nothing', roles: ['nothing'], patients })
  await addUser(house, { username: 'marta', roles: ['proxy'], patients: ['ana'] })
})
afterAll(async () => await server?.close())

async function fhir(
  path: string,
  authorization: string | undefined,
  { at = server, ...init }: RequestInit & { at?: TestServer } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/fhir+json' }
  if (authorization !== undefined) headers.authorization = authorization
  return await answerOf(await fetch(`${at.fhir}/${path}`, { ...init, headers }))
}
const as = (username: string) => basic(username, password)
const patient = { method: 'POST', body: JSON.stringify({ resourceType: 'Patient' }) }

test('ENF-26 username and password open what the user may see, as far as the roles say', async () => {
  expect((await fhir('Patient/bo', as('reader'))).status).toBe(200)
  expect((await fhir('Patient', as('reader'), patient)).status).toBe(403)
  expect((await fhir('Patient', as('writer'), patient)).status).toBe(201)
  expect((await fhir('Patient/bo', as('nothing'))).status).toBe(403)
  expect((await fhir('Patient/ana', as('marta'))).status).toBe(200)
  expect((await fhir('Patient/bo', as('marta'))).status).toBe(404)
})

test('REST-20 both challenges are in a 401; who showed a token is told of tokens only', async () => {
  const challenge = (answer: Answer) => answer.headers.get('www-authenticate') ?? ''
  expect(challenge(await fhir('Patient/bo', undefined))).toMatch(
    /^Bearer .*, Basic realm="Lanyard", charset="UTF-8"$/,
  )
  expect(challenge(await fhir('Patient/bo', basic('reader', 'wrong')))).toContain('Basic')
  expect(challenge(await fhir('Patient/bo', 'Bearer made-up'))).not.toContain('Basic')
})

test('SEC-06 a wrong password, a wrong name, a disabled user and a client get the same answer', async () => {
  const { username } = await addUser(server.house, { roles: ['reader'] })
  await server.house.users.setStatus(username, 'disabled')
  const app = await registerSecretApp(server)
  const answers = await Promise.all(
    [
      basic('reader', 'wrong'),
      basic('nobody', password),
      as(username),
      app.basic,
      'Basic',
      'Basic !!!!',
      basic('', password),
    ].map((authorization) => fhir('Patient/bo', authorization)),
  )
  for (const { status, text } of answers)
    expect([status, text]).toEqual([401, expect.stringContaining('issue')])
  const told = answers.slice(0, 4).map(({ text }) => text)
  expect(new Set(told).size).toBe(1)
  expect((await auditOf(server, answers[1] as Answer))?.reason).toMatch(/mismatch/)
})

test('SEC-06 guessing is held up, and a right pair is not', async () => {
  const { username } = await addUser(server.house, { roles: ['reader'], patients: 'all' })
  expect((await fhir('Patient/bo', as(username))).status).toBe(200)
  const statuses: number[] = []
  for (let guess = 0; guess < 6; guess++)
    statuses.push((await fhir('Patient/bo', basic(username, `guess ${guess}`))).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  const held = await fhir('Patient/bo', basic(username, 'another guess'))
  expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
  // It was right before, and the account still has it.
  expect((await fhir('Patient/bo', as(username))).status).toBe(200)
  await server.house.db.kysely
    .updateTable('account')
    .set({ password_hash: null })
    .where('username', '=', username)
    .execute()
  expect((await fhir('Patient/bo', as(username))).status).not.toBe(200)
})

test('many requests of one user at once are one sign-in', async () => {
  const { username } = await addUser(server.house, { roles: ['reader'], patients: 'all' })
  const answers = await Promise.all(Array.from({ length: 20 }, () => fhir('Patient/bo', as(username))))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  await server.house.audit.flush()
  const user = await server.house.users.findByName(username)
  const signIns = await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('event', '=', 'user.sign-in')
    .where('user_id', '=', user?.id ?? '')
    .execute()
  expect(signIns).toHaveLength(1)
  expect(signIns[0]?.detail).toContain('basic')
})

test('a password that was remembered ends with the account, its password and its role', async () => {
  const { house } = server
  const { username, id } = await addUser(house, { roles: ['reader'], patients: 'all' })
  expect((await fhir('Patient/bo', as(username))).status).toBe(200)
  const file = { username, display_name: 'A user', roles: ['nothing'], patients: 'all' }
  await house.users.update(username, file)
  expect((await fhir('Patient/bo', as(username))).status).toBe(403)
  await house.users.update(username, { ...file, roles: ['reader'] })
  expect((await fhir('Patient/bo', as(username))).status).toBe(200)
  await house.users.setStatus(username, 'disabled')
  expect((await fhir('Patient/bo', as(username))).status).toBe(401)
  const row = await auditOf(server, await fhir('Patient/bo', as(username)))
  expect(row).toBeDefined()
  expect(id).toBeTypeOf('string')
})

test('AUD-06 the audit names the user, and that it was no token', async () => {
  await fhir('Patient/bo', as('reader'))
  const reader = await server.house.users.findByName('reader')
  const row = await auditOf(server, await fhir('Patient/bo', as('reader')))
  expect(row).toMatchObject({
    event: 'fhir.read',
    user_id: reader?.id,
    client_id: 'basic:',
    token_id: 'basic:',
  })
})

test('where it is off it opens nothing, and nobody is told of it', async () => {
  const other = await startServer({ environment: { LANYARD_BASIC_AUTHENTICATION: 'no' } })
  try {
    await addUser(other.house, { username: 'reader', roles: ['clinician'] })
    const { status, headers } = await fhir('Patient/bo', as('reader'), { at: other })
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).not.toContain('Basic')
    expect((await fhir('metadata', undefined, { at: other })).text.includes('"code":"Basic"')).toBe(false)
    expect((await fhir('metadata', undefined)).text.includes('"code":"Basic"')).toBe(true)
  } finally {
    await other.close()
  }
})
