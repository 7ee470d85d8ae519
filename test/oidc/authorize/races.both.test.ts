import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerAt, authorizationRequest, formOf } from '../../support/browser-client.ts'
import { authorize, consentFields, ehrHandle, exchange, type LaunchedApp } from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let people: Awaited<ReturnType<typeof fillWard>>
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer({ engine })
  people = await fillWard(server)
  app = await registerPublicApp(server, { scope: 'patient/*.rs' })
})
afterAll(() => server.close())

const scope = 'launch patient/Patient.rs'
const handle = async () => await ehrHandle(server, app, people.doctor, { patient: 'ana' })
const signedIn = async (launch: string) =>
  await authorize(server, app, { scope, username: 'dr.okafor', request: { launch } })

test('EHRL-02, EHRL-03 of ten requests with one handle at the same time, one gets a code', async () => {
  const { browser } = await signedIn(await handle())
  const request = authorizationRequest(server, app.id, scope, { launch: await handle() })
  const visits = await Promise.all(Array.from({ length: 10 }, () => browser.ask(request.address)))
  const answers = visits.map(answerAt)
  expect(answers.filter(({ code }) => code !== undefined)).toHaveLength(1)
  const refused = answers.filter(({ code }) => code === undefined)
  expect(new Set(refused.map(({ error }) => error))).toEqual(new Set(['invalid_request']))
  const answer = answers.find(({ code }) => code !== undefined) ?? {}
  expect((await exchange(server, app, { request, answer })).body.patient).toBe('ana')
  const grants = await server.house.grants.ofUser(people.doctor.id)
  expect(grants).toHaveLength(1)
})

test('AUTHZ-10 a decision that is posted five times at once leads to one code, with a handle and without', async () => {
  for (const launch of [await handle(), undefined]) {
    const at = await authorize(server, app, {
      scope: launch === undefined ? 'launch/patient patient/Patient.rs' : scope,
      username: launch === undefined ? 'ana' : 'dr.okafor',
      request: { launch, prompt: 'consent' },
      stopAt: 'consent',
    })
    const { action, hidden } = formOf(at.end)
    const body = new URLSearchParams([...hidden, ...consentFields(at.end, {})])
    const post = async () =>
      await at.browser.follow(
        await at.browser.ask(new URL(action, at.end.url).href, { method: 'POST', body }),
      )
    const visits = await Promise.all(Array.from({ length: 5 }, post))
    expect(visits.filter(({ location }) => location?.includes('code='))).toHaveLength(1)
    expect(visits.filter(({ status }) => status >= 500)).toEqual([])
  }
})
