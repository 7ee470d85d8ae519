import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDemoUsers, DEMO_PASSWORD } from '../../src/cli/demo-users.ts'
import { auditRows } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ environment: { LANYARD_SEED_PATIENTS: '20' } })
})
afterAll(() => server.close())

test('demo mode brings a person for each role, and all sign in with the password of the documentation', async () => {
  const { users } = server.house
  const found = (await users.list()).map(({ username, roles, fhirUser, patients, status, origin }) => {
    expect([status, origin]).toEqual(['active', 'demo'])
    return { username, roles, fhirUser, patients }
  })
  expect(found).toEqual([
    { username: 'admin', roles: ['admin'], fhirUser: 'Practitioner/iris-okafor', patients: [] },
    { username: 'analyst', roles: ['analyst'], fhirUser: 'Practitioner/ines-moreau', patients: 'all' },
    { username: 'clinician', roles: ['clinician'], fhirUser: 'Practitioner/samir-haddad', patients: 'all' },
    { username: 'frontdesk', roles: ['frontdesk'], fhirUser: 'Practitioner/jonas-berg', patients: 'all' },
    {
      username: 'parent',
      roles: ['proxy'],
      fhirUser: 'RelatedPerson/ana-lindqvist-mother',
      patients: ['ana-lindqvist', 'elias-holm'],
    },
    {
      username: 'patient',
      roles: ['patient'],
      fhirUser: 'Patient/anders-lindqvist',
      patients: ['anders-lindqvist'],
    },
  ])
  expect((await auditRows(server)).filter(({ event }) => event === 'user.add')).toHaveLength(6)
  expect(DEMO_PASSWORD).toBe('lanyard-demo')
  expect((await users.verify('parent', DEMO_PASSWORD)).matches).toBe(true)
  expect((await users.verify('parent', 'lanyard-dem0')).matches).toBe(false)
})

test('a user who was there before, or was changed since, is left alone', async () => {
  const { users } = server.house
  await users.remove('analyst')
  await users.setPassword('admin', 'another long password')
  await users.add({ username: 'analyst', display_name: 'By hand', roles: ['analyst'] }, 'command')
  const before = await users.list()
  await addDemoUsers(users)
  expect(await users.list()).toEqual(before)
})
