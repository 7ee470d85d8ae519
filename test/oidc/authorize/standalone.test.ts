import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, putRecords } from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
})
afterAll(() => server.close())

test('x', async () => {
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
  const app = await registerPublicApp(server, { scope: 'patient/Patient.rs patient/Observation.rs' })
  const { pages, token } = await launch(server, app, {
    username: 'ana',
    scope: 'launch/patient patient/Patient.rs patient/Observation.rs',
  })
  expect(pages).toEqual(['sign-in', 'consent'])
  expect(token.body).toMatchObject({ patient: 'ana' })
})
