import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerOf, auditOf } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ environment: { LANYARD_NO_AUTHENTICATION: 'yes' } })
})
afterAll(async () => await server?.close())

const fhir = async (path: string, init: RequestInit = {}) =>
  await answerOf(await fetch(`${server.fhir}/${path}`, init))

test('without authentication a request without credentials may do everything, and the audit says so', async () => {
  const made = await fhir('Patient', {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Patient' }),
    headers: { 'content-type': 'application/fhir+json' },
  })
  expect(made.status).toBe(201)
  const found = await fhir('Patient')
  expect(found.body.total).toBe(1)
  expect(await auditOf(server, found)).toMatchObject({ client_id: 'no-authentication:', user_id: null })
})

test('ENF-01 credentials that do not hold are refused all the same', async () => {
  expect((await fhir('Patient', { headers: { authorization: 'Bearer made-up' } })).status).toBe(401)
  expect((await fhir('Patient', { headers: { 'x-api-key': 'made-up' } })).status).toBe(401)
})

test('SEC-05 another host is refused, which keeps foreign pages out', async () => {
  const { status } = await answerOf(
    await fetch(`${server.fhir}/Patient`, { headers: { origin: 'https://evil.example.org' } }),
  )
  expect(status).toBe(200)
  const response = await fetch(`${server.fhir}/Patient`, { headers: { origin: 'https://evil.example.org' } })
  expect(response.headers.get('access-control-allow-origin')).toBeNull()
})

test('log, pages and metadata are loud about it', async () => {
  expect(server.logged).toContainEqual(
    expect.objectContaining({ level: 'warn', msg: expect.stringContaining('OFF') }),
  )
  for (const path of ['/', '/help', '/demo/app/', '/demo/app/launch.html', '/nothing-here']) {
    const page = await (await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } })).text()
    expect(page, path).toContain('Authentication is off')
  }
  expect(await (await fetch(`${server.url}/?lang=es`)).text()).toContain('La autenticación está desactivada')
  expect((await fhir('metadata')).text).toContain('AUTHENTICATION IS OFF')

  const usual = await startServer()
  try {
    expect(await (await fetch(usual.url)).text()).not.toContain('Authentication is off')
    expect((await fetch(`${usual.fhir}/Patient`)).status).toBe(401)
  } finally {
    await usual.close()
  }
})
