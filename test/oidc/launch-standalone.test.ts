import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerAt, authorizationRequest, createBrowser, textOf, tickedIn } from '../support/browser-client.ts'
import { post, registerPublicApp } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'
import { fhirStoreOf } from '../../src/house.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const store = await fhirStoreOf(server.house)
  await store.write([{ resourceType: 'Patient', id: 'ana', name: [{ family: 'Lindqvist', given: ['Ana'] }], birthDate: '2014-03-14', gender: 'female' }] as never)
})
afterAll(() => server.close())

describe('x', () => {
  test('flow', async () => {
    await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
    const app = await registerPublicApp(server, {
      scope: 'patient/Patient.rs patient/Observation.rs',
      grant_types: ['authorization_code', 'refresh_token'],
    })
    const browser = createBrowser(server)
    const request = authorizationRequest(server, app.id, 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs')
    const signIn = await browser.open(request.address)
    console.log(signIn.status, signIn.url, textOf(signIn.html).slice(0, 600))
    const consent = await browser.submit(signIn, { username: 'ana', password })
    console.log(consent.status, consent.url, textOf(consent.html).slice(0, 1500), tickedIn(consent, 'scope'))
    const back = await browser.submit(consent, [...tickedIn(consent, 'scope').map((s) => ['scope', s] as [string,string]), ['offline', 'yes'], ['duration', 'months'], ['decision', 'allow']])
    console.log(back.status, back.location, textOf(back.html).slice(0, 500))
    const answer = answerAt(back)
    const token = await post(server, '/oauth2/token', { grant_type: 'authorization_code', code: answer.code, redirect_uri: request.redirectUri, code_verifier: request.verifier, client_id: app.id })
    console.log(token.status, token.body)
    expect(token.status).toBe(200)
    const refreshed = await post(server, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: String(token.body.refresh_token), client_id: app.id })
    console.log(refreshed.status, refreshed.body)
    console.log(server.logged.filter((l) => Number(l.level) >= 40))
  })
})
