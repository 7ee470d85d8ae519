import { afterAll, beforeAll, expect, test } from 'vitest'
import { flightOf, type LaunchedApp, launch } from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'
import { fillWard } from './ward.ts'

// What roles say of apps and scopes counts before anybody is asked, on the way there, and afterwards.

let server: TestServer
let app: LaunchedApp
const role = {
  role: 'ward',
  title: 'Ward',
  rules: [
    { types: ['Patient', 'Practitioner'], letters: 'rs' },
    { types: ['Encounter'], letters: 'rs', where: ['subject=Patient/ana'] },
  ],
  scopes: 'user/*.rs patient/*.rs',
}
beforeAll(async () => {
  server = await startServer()
  await fillWard(server)
  app = await registerPublicApp(server, { scope: 'patient/*.cruds user/*.cruds' })
  await server.house.roles.add(role, 'command')
  await addUser(server.house, { username: 'nurse', roles: ['ward'], fhir_user: 'Practitioner/dr' })
})
afterAll(() => server.close())

test('SCOPE-07 an app is granted what the roles of its user let it have; the flight record says why not more', async () => {
  const scope = 'launch/patient patient/Patient.rs patient/Encounter.cruds patient/Observation.rs'
  const { end, token } = await launch(server, app, { scope, username: 'nurse', patient: 'ana' })
  expect(token.body.scope).toBe('launch/patient patient/Patient.rs patient/Encounter.rs')
  const { steps } = await flightOf(server, end)
  const left = steps
    .flatMap(({ detail }) => detail.notGranted ?? [])
    .map(({ scope: one, reason }) => `${reason} ${one}`)
  expect(left).toEqual(
    expect.arrayContaining(['beyond-role patient/Encounter.cruds', 'beyond-role patient/Observation.rs']),
  )
  const headers = { authorization: `Bearer ${token.body.access_token}` }
  const status = async (path: string) => (await fetch(`${server.fhir}/${path}`, { headers })).status
  expect(await status('Encounter/visit-of-ana')).toBe(200)
  expect(await status('Observation')).toBe(403)
  // The rule changes, and the token that is out opens less.
  const [patients, encounters] = role.rules
  await server.house.roles.update('ward', {
    ...role,
    rules: [patients, { ...encounters, where: ['subject=Patient/ben'] }],
  })
  expect(await status('Encounter/visit-of-ana')).toBe(404)
  await server.house.roles.update('ward', { ...role, apps: ['another'] })
  expect(await status('Encounter/visit-of-ana')).toBe(403)
  await server.house.roles.update('ward', role)
  expect(await status('Encounter/visit-of-ana')).toBe(200)
})

test('CTX-10 nothing enters the context that the roles do not show: an encounter of another patient, say', async () => {
  const scope = 'launch/patient launch/encounter patient/Patient.rs'
  const { token } = await launch(server, app, {
    scope,
    username: 'nurse',
    patient: 'ana',
    encounter: 'visit-of-ana',
  })
  expect(token.body).toMatchObject({ patient: 'ana', encounter: 'visit-of-ana' })
  const hidden = { scope, username: 'nurse', patient: 'ben', encounter: 'visit-of-ben' }
  await expect(launch(server, app, hidden)).rejects.toThrow(/access_denied/)
})
