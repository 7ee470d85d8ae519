import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { launcher } from '../support/launched-token.ts'
import { registerBackend, revoke, token } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

// The example of docs/protect-your-own-fhir-server.md, as it stands there.

let server: TestServer
let example: ReturnType<typeof spawn>
let base: string
beforeAll(async () => {
  server = await startServer()
  // Tokens are believed by this machine's clock there.
  server.clock.now = Date.now()
  const { client, secret } = await server.house.clients.add(
    {
      client_id: 'my-fhir-server',
      client_name: 'My FHIR server',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: [],
      introspects_all: true,
    },
    'command',
  )
  const port = String(await freePort())
  base = `http://127.0.0.1:${port}`
  example = spawn(process.execPath, [resolve(import.meta.dirname, '../../docs/protected-fhir-server.mjs')], {
    env: { LANYARD: server.url, CLIENT_ID: client.id, CLIENT_SECRET: secret, PORT: port },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (example.stdout !== null) await once(example.stdout, 'data')
})
afterAll(async () => {
  example?.kill()
  await server?.close()
})

async function read(bearer?: string, path = 'Observation/weight') {
  const headers: Record<string, string> = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const response = await fetch(`${base}/${path}`, { headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('TI INTRO-05 a FHIR server of somebody else takes our tokens, as far as their scopes go', async () => {
  const backend = await registerBackend(server, { scope: 'system/*.cruds' })
  const good = await token(server, backend, { scope: 'system/Observation.rs' })
  expect(await read(good)).toMatchObject({
    status: 200,
    body: { resourceType: 'Observation', subject: { reference: 'Patient/ana-lindqvist' } },
  })
  expect((await read(good, 'Observation/nothing')).status).toBe(403)
  expect((await read(await token(server, backend, { scope: 'system/Patient.rs' }))).status).toBe(403)
  expect((await read(await token(server, backend, { scope: 'system/Observation.cuds' }))).status).toBe(403)
  expect((await read()).status).toBe(401)
  expect((await read('made-up')).status).toBe(401)
})

test('TI a launched app reads the record of its patient there, and no other', async () => {
  const app = await launcher(server)
  const of = (patient: string) => app.token({ scope: 'patient/Observation.rs', patient })
  expect((await read(await of('ana-lindqvist'))).status).toBe(200)
  expect((await read(await of('bo-berg'))).status).toBe(403)
  const granular = 'patient/Observation.rs?category=laboratory'
  expect((await read(await app.token({ scope: granular, patient: 'ana-lindqvist' }))).status).toBe(403)
})

test('REVO-03 a token that was revoked before it was shown there opens nothing', async () => {
  const backend = await registerBackend(server, { scope: 'system/Observation.rs' })
  const ended = await token(server, backend, { scope: 'system/Observation.rs' })
  await revoke(server, backend, ended)
  expect((await read(ended)).status).toBe(401)
})
