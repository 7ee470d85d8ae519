import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOOK } from '../../src/audit/look.ts'
import { MINUTE } from '../../src/lib/time.ts'
import type { Browser } from '../support/browser-client.ts'
import { putRecords } from '../support/launch.ts'
import { registerBackend, registerPublicApp, token } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedInAs } from './admin.ts'

let server: TestServer
let iris: Browser
let irisId: string
let otto: Browser
let script: Awaited<ReturnType<typeof registerBackend>>
beforeAll(async () => {
  server = await startServer({ engine })
  const both = { roles: ['admin', 'clinician'], patients: 'all', fhir_user: 'Practitioner/iris' }
  irisId = (await addUser(server.house, { username: 'iris', display_name: 'Iris Okafor', ...both })).id
  await addUser(server.house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  await addUser(server.house, { ...both, username: 'olga', roles: ['auditor', 'clinician'] })
  await putRecords(server, [
    { resourceType: 'Practitioner', id: 'iris' },
    { resourceType: 'Patient', id: 'p-ana', name: [{ family: 'Lindqvist', given: ['Ana'] }] },
  ])
  script = await registerBackend(server, { scope: '__admin __auditor system/Patient.rs' })
  iris = await signedInAs(server, 'iris')
  otto = await signedInAs(server, 'otto')
})
afterAll(() => server.close())

/** The entries of an event that came since the last look at them, oldest first. */
const seen = new Map<string, number>()
async function fresh(event: string) {
  await server.house.audit.flush()
  const rows = await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('event', '=', event as never)
    .where('seq', '>', seen.get(event) ?? 0)
    .orderBy('seq')
    .execute()
  seen.set(event, rows.at(-1)?.seq ?? seen.get(event) ?? 0)
  return rows.map(({ user_id, client_id, patient, detail }) => ({
    user: user_id,
    client: client_id,
    patient,
    detail: JSON.parse(detail ?? '{}') as Record<string, unknown>,
  }))
}
const api = async (path: string, bearer: string) => {
  const headers = { authorization: `Bearer ${bearer}` }
  const response = await fetch(`${server.url}/admin/api${path}`, { headers })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

describe('AUD-09 who looks is recorded', () => {
  test('a search of the audit once, with the names of its filters, its patient, and not each page of it', async () => {
    await iris.ask('/admin/audit?patient=p-ana&event=read&user=somebody')
    await iris.ask('/admin/audit?patient=p-ana&event=read&user=somebody')
    await iris.ask('/admin/audit')
    const { next } = JSON.parse((await iris.ask('/admin/api/audit?limit=1')).html) as { next: string }
    expect((await iris.ask(`/admin/audit?after=${next}`)).status).toBe(200)
    expect(await fresh('audit.search')).toEqual([
      {
        user: irisId,
        client: null,
        patient: 'p-ana',
        detail: { filters: ['event', 'user', 'patient'] },
      },
      { user: irisId, client: null, patient: null, detail: { filters: [] } },
    ])
    server.clock.advance(11 * MINUTE)
    await iris.ask('/admin/audit?patient=p-ana&event=read&user=somebody')
    await otto.ask('/admin/audit?patient=p-ana&event=read&user=somebody')
    expect(await fresh('audit.search')).toHaveLength(2)
    await iris.ask('/admin/audit?from=never')
    expect(await fresh('audit.search')).toEqual([])
    // Nobody looks unseen who begins in the middle.
    expect((await iris.ask(`/admin/api/audit?event=read&after=${next}`)).status).toBe(200)
    expect(await fresh('audit.search')).toMatchObject([{ user: irisId, detail: { filters: ['event'] } }])
  })

  test('an entry with whom it is about, by the page and by a client of the API; one that is not there is none', async () => {
    await server.house.audit.write({ event: 'fhir.search', outcome: 'success', patients: ['p-1', 'p-2'] })
    const [row] = await server.house.db.kysely
      .selectFrom('audit')
      .selectAll()
      .orderBy('seq', 'desc')
      .limit(1)
      .execute()
    await otto.ask(`/admin/audit/${row?.seq}`)
    await otto.ask('/admin/audit/999999')
    const bearer = await token(server, script, { scope: '__auditor' })
    expect((await api(`/audit/${row?.seq}`, bearer)).status).toBe(200)
    const about = { client: null, patient: null }
    expect(await fresh('audit.read')).toEqual([
      { ...about, user: expect.any(String), detail: { entry: row?.seq, patients: ['p-1', 'p-2'] } },
      { ...about, user: null, detail: { entry: row?.seq, by: script.id, patients: ['p-1', 'p-2'] } },
    ])
  })

  test('a flight record, however often it is watched', async () => {
    const { flights } = server.house
    const id = flights.begin({ clientId: 'some-app' })
    await flights.flush()
    for (let look = 0; look < 3; look++) await iris.ask(`/admin/flights/${id}?watch=1`)
    expect(await fresh('flight.read')).toEqual([
      { user: irisId, client: 'some-app', patient: null, detail: { flight: id } },
    ])
    expect((await iris.ask('/admin/flights/NONE')).status).toBe(404)
    expect(await fresh('flight.read')).toEqual([])
  })

  test('patients whom the simulator shows; nobody where it shows none', async () => {
    const app = await registerPublicApp(server, { client_name: 'Chart', scope: 'launch patient/*.rs' })
    await iris.ask(`/admin/simulator?app=${app.id}`)
    expect(await fresh('simulator.search')).toEqual([])
    const { html } = await iris.ask(`/admin/simulator?app=${app.id}&user=iris&q=lindqvist`)
    expect(html).toContain('Ana Lindqvist')
    expect(await fresh('simulator.search')).toEqual([
      { user: irisId, client: app.id, patient: 'p-ana', detail: {} },
    ])
    // An auditor is shown no form, whatever their own rights.
    const olga = await signedInAs(server, 'olga')
    const page = await olga.ask(`/admin/simulator?app=${app.id}&user=iris&q=lindqvist`)
    expect([page.status, page.html.includes('Ana Lindqvist')]).toEqual([200, false])
    expect(await fresh('simulator.search')).toEqual([])
  })

  test('is found in the audit by itself, and is no act that the dashboard shows', async () => {
    const { html } = await otto.ask('/admin/audit?event=look')
    expect(html).toContain('Patients seen in the simulator')
    expect((await otto.ask('/admin/audit?event=admin')).html).not.toContain('Audit entry read')
  })
})

test('what happened long ago is found at once by app, event, refusal and request', async () => {
  const { audit } = server.house
  const one = { clientId: 'old-app', requestId: 'r-old' }
  await audit.write({ event: 'launch.authorize', outcome: 'success', ...one })
  await audit.write({ event: 'fhir.refuse', outcome: 'refused', ...one })
  await audit.write({ event: 'fhir.read', outcome: 'success', ...one })
  for (let index = 0; index < LOOK + 10; index++)
    audit.note({ event: 'fhir.read', outcome: 'success', clientId: 'busy-app', requestId: `r-${index}` })
  await audit.flush()
  const bearer = await token(server, script, { scope: '__auditor' })
  const found = async (query: string) => {
    const { items, next } = JSON.parse((await api(`/audit?${query}`, bearer)).text) as {
      items: { event: string; request_id?: string }[]
      next?: string
    }
    return [
      items.filter(({ request_id }) => request_id === 'r-old').map(({ event }) => event),
      next !== undefined,
    ]
  }
  const all = ['fhir.read', 'fhir.refuse', 'launch.authorize']
  expect(await found('client=old-app')).toEqual([all, false])
  expect(await found('event=launch')).toEqual([['launch.authorize'], false])
  expect(await found('client=old-app&event=launch')).toEqual([['launch.authorize'], false])
  expect(await found('client=old-app&outcome=refused')).toEqual([['fhir.refuse'], false])
  expect((await found('request=r-old'))[0]).toEqual(all)
  expect(await found('client=no-app')).toEqual([[], false])
  // The reading of records alone is looked through, a piece at a time.
  expect(await found('event=fhir.read&client=none')).toEqual([[], false])
  expect(await found('event=fhir.read&request=none')).toEqual([[], true])
})

describe('the audit is taken away by the API', () => {
  test('as lines of JSON or CSV, as an entry of its own says, by admins and auditors', async () => {
    await server.house.audit.write({ event: 'fhir.read', outcome: 'success', patient: 'p-out' })
    for (const scope of ['__admin', '__auditor']) {
      const { status, type, text } = await api(
        '/audit/export?patient=p-out',
        await token(server, script, { scope }),
      )
      expect([status, type]).toEqual([200, 'application/x-ndjson'])
      expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ event: 'fhir.read', patient: 'p-out' })
    }
    const bearer = await token(server, script, { scope: '__auditor' })
    expect((await api('/audit/export?patient=p-out&format=csv', bearer)).text).toMatch(/^seq,at,event,/)
    const rows = await fresh('audit.export')
    expect(rows).toHaveLength(3)
    expect(rows[2]).toMatchObject({
      patient: 'p-out',
      detail: { format: 'csv', filters: { patient: 'p-out' }, by: script.id },
    })
  })

  test('by nobody else, and not by what cannot be looked for', async () => {
    const reader = await token(server, script, { scope: 'system/Patient.rs' })
    expect((await api('/audit/export', reader)).status).toBe(403)
    expect((await api('/audit/export', 'none')).status).toBe(401)
    const bearer = await token(server, script, { scope: '__auditor' })
    for (const wrong of ['format=xml', 'from=never'])
      expect((await api(`/audit/export?${wrong}`, bearer)).status).toBe(400)
    expect(await fresh('audit.export')).toEqual([])
  })
})
