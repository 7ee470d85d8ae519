import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { apiKeysOf, fhirStoreOf } from '../../../src/house.ts'
import { launcher } from '../../support/launched-token.ts'
import { type Answer, answerOf, auditOf, basic, registerBackend, token } from '../../support/oauth.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { addUser, password } from '../../support/users.ts'

// Several credentials in one request: each must hold, and the request has what all of them open.

let server: TestServer
let all: string
let keyOf: (input: Record<string, unknown>) => Promise<string>
const observation = { resourceType: 'Observation', status: 'final' }
const laboratory = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'
const [system, code] = laboratory.split('|')
beforeAll(async () => {
  server = await startServer({ engine })
  const { write } = await fhirStoreOf(server.house)
  await write([
    { resourceType: 'Patient', id: 'ana' },
    { resourceType: 'Patient', id: 'bo' },
    { ...observation, id: 'ana-plain', code: { text: 'x' }, subject: { reference: 'Patient/ana' } },
    {
      ...observation,
      id: 'ana-lab',
      code: { text: 'x' },
      subject: { reference: 'Patient/ana' },
      category: [{ coding: [{ system, code }] }],
    },
    { ...observation, id: 'bo-plain', code: { text: 'x' }, subject: { reference: 'Patient/bo' } },
  ] as Stored[])
  const backend = await registerBackend(server, { scope: 'system/*.cruds' })
  all = await token(server, backend, { scope: 'system/*.cruds' })
  keyOf = async (input) =>
    (await apiKeysOf(server.house)({ name: 'a key', client_id: backend.id, ...input })).secret
})
afterAll(async () => await server?.close())

async function fhir(path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<Answer> {
  return await answerOf(
    await fetch(`${server.fhir}/${path}`, {
      ...init,
      headers: { 'content-type': 'application/fhir+json', ...headers },
    }),
  )
}
const ids = ({ body }: Answer) =>
  ((body.entry ?? []) as { resource: { id: string } }[]).map(({ resource }) => resource.id).sort()

test('ENF-02 a token and a key open what both open: letters, criteria and records', async () => {
  const { token: launched } = await launcher(server)
  const anas = await launched({ scope: 'patient/Observation.cruds patient/Condition.rs', patient: 'ana' })
  const both = (bearer: string, key: string) => ({ authorization: `Bearer ${bearer}`, 'x-api-key': key })
  const reading = await keyOf({ scope: 'system/Observation.rs system/Patient.rs' })
  expect(ids(await fhir('Observation', both(anas, reading)))).toEqual(['ana-lab', 'ana-plain'])
  expect((await fhir('Observation/bo-plain', both(anas, reading))).status).toBe(404)
  // Each alone opens one of these, and both together neither.
  expect((await fhir('Condition', both(anas, reading))).status).toBe(403)
  expect((await fhir('Patient/ana', both(anas, reading))).status).toBe(403)
  const body = JSON.stringify({ ...observation, code: { text: 'x' }, subject: { reference: 'Patient/ana' } })
  const posted = { method: 'POST', body }
  expect((await fhir('Observation', both(anas, reading), posted)).status).toBe(403)
  expect((await fhir('Observation', { authorization: `Bearer ${anas}` }, posted)).status).toBe(201)

  const labs = await keyOf({ scope: `system/Observation.rs?category=${laboratory}` })
  expect(ids(await fhir('Observation', both(all, labs)))).toEqual(['ana-lab'])
  expect(ids(await fhir('Observation', both(anas, labs)))).toEqual(['ana-lab'])
  expect((await fhir('Observation/ana-plain', both(all, labs))).status).toBe(404)
})

test('a key and a password open what both open', async () => {
  await addUser(server.house, { username: 'marta', roles: ['proxy'], patients: ['ana'] })
  const key = await keyOf({ scope: 'system/Observation.rs' })
  const both = { authorization: basic('marta', password), 'x-api-key': key }
  expect((await fhir('Observation?_summary=count', both)).status).toBe(200)
  expect((await fhir('Observation/bo-plain', both)).status).toBe(404)
  expect((await fhir('Patient/ana', both)).status).toBe(403)
  expect((await fhir('Patient/ana', { authorization: basic('marta', password) })).status).toBe(200)
})

test('ENF-01 one that does not hold spoils the request, whatever the other opens', async () => {
  const key = await keyOf({ scope: 'system/*.rs' })
  const good = { authorization: `Bearer ${all}`, 'x-api-key': key }
  expect((await fhir('Patient/ana', good)).status).toBe(200)
  expect((await fhir('Patient/ana', { ...good, 'x-api-key': `lak_${'x'.repeat(43)}` })).status).toBe(401)
  expect((await fhir('Patient/ana', { ...good, 'x-api-key': '' })).status).toBe(401)
  expect((await fhir('Patient/ana', { ...good, authorization: 'Bearer made-up' })).status).toBe(401)
  expect((await fhir('Patient/ana', { ...good, authorization: basic('marta', 'wrong') })).status).toBe(401)
  expect((await fhir('Patient/ana', { ...good, authorization: 'Digest x' })).status).toBe(401)
})

test('ENF-18 a page link of one credential is not followed with two, nor the other way round', async () => {
  const key = await keyOf({ scope: 'system/*.rs' })
  const one = { authorization: `Bearer ${all}` }
  const two = { ...one, 'x-api-key': key }
  for (const [first, then] of [
    [one, two],
    [two, one],
  ] as const) {
    const page = await fhir('Observation?_count=1', first)
    const next = (page.body.link as { relation: string; url: string }[]).find(
      ({ relation }) => relation === 'next',
    )
    const path = String(next?.url).slice(server.fhir.length + 1)
    expect((await fhir(path, first)).status).toBe(200)
    expect((await fhir(path, then)).status).not.toBe(200)
  }
})

test('AUD-06 the audit names all of them', async () => {
  const key = await keyOf({ scope: 'system/*.rs' })
  const row = await auditOf(
    server,
    await fhir('Patient/ana', { authorization: `Bearer ${all}`, 'x-api-key': key }),
  )
  expect(row?.token_id).toMatch(/^[\w-]+ api-key:[\w-]+$/)
  const asked = `policy=urn:lanyard:way-in:${row?.token_id?.split(' ')[1]}`
  const found = await fhir(`AuditEvent?${asked}`, { authorization: `Bearer ${all}` })
  expect(ids(found)).toHaveLength(1)
  const [entry] = found.body.entry as { resource: { agent: { requestor: boolean; policy?: string[] }[] } }[]
  const [jti, key2] = row?.token_id?.split(' ') ?? []
  expect(entry?.resource.agent.find(({ policy }) => policy !== undefined)).toMatchObject({
    requestor: true,
    policy: [`urn:ietf:params:oauth:jti:${jti}`, `urn:lanyard:way-in:${key2}`],
  })
})
