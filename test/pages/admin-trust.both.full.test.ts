import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, formOf, textOf } from '../support/browser-client.ts'
import { registerBackend, token } from '../support/oauth.ts'
import { engine, type TestServer } from '../support/server.ts'
import { csrfOf, startConsole } from './admin.ts'

let server: TestServer
let iris: Browser
let otto: Browser
let script: Awaited<ReturnType<typeof registerBackend>>
beforeAll(async () => {
  ;({ server, iris, otto } = await startConsole(engine))
  script = await registerBackend(server, { scope: '__admin __auditor system/Patient.rs' })
})
afterAll(() => server.close())

const show = async (path: string, browser = iris) => {
  const visit = await browser.ask(path)
  return { ...visit, text: textOf(visit.html) }
}
const post = async (path: string, fields: Record<string, string>, browser = iris) =>
  await browser.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrf: await csrfOf(browser), ...fields }).toString(),
  })
const newest = async (event: string) =>
  await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('event', '=', event as never)
    .orderBy('seq', 'desc')
    .executeTakeFirst()
const call = async (method: string, path: string, bearer: string, more: object = {}) => {
  const response = await fetch(`${server.url}/admin/api${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...more },
    ...(method === 'GET' ? {} : { body: '{}' }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('AUD-09 the audit in the console', () => {
  test('finds entries by all that is said at once, newest first, with names; and nothing else', async () => {
    for (const [event, patient, outcome] of [
      ['fhir.read', 'ana', 'success'],
      ['fhir.read', 'bo', 'success'],
      ['fhir.refuse', 'ana', 'refused'],
    ] as const)
      await server.house.audit.write({
        event,
        outcome,
        patient,
        clientId: script.id,
        requestId: `r-${patient}`,
      })
    await server.house.audit.write({ event: 'fhir.search', outcome: 'success', patients: ['ana', 'bo'] })
    const found = async (query: string) => {
      const { html } = await show(`/admin/audit?${query}`)
      const names = [...html.matchAll(/data-label="Event"><span>([^<]+)</g)].map(([, name]) => name)
      // That somebody looks is an entry too (admin-looks.both.test.ts).
      return names.filter((name) => name !== 'Audit searched')
    }
    expect(await found('patient=ana')).toEqual(['Records searched', 'FHIR request refused', 'Record read'])
    expect(await found('patient=ana&outcome=refused')).toEqual(['FHIR request refused'])
    expect(await found('patient=bo&event=read')).toEqual(['Records searched', 'Record read'])
    expect(await found(`client=${script.id}&request=r-bo`)).toEqual(['Record read'])
    expect(await found('user=IRIS&event=signIn')).toContain('Sign-in')
    expect(await found('user=nobody')).toEqual([])
    expect(await found(`event=admin&client=${script.id}`)).toEqual(['App registered'])
    const day = new Date(server.clock.now).toISOString().slice(0, 10)
    expect(await found(`from=${day}&to=${day}&patient=bo`)).toHaveLength(2)
    expect(await found('to=2001-01-01')).toEqual([])
    const wrong = await show('/admin/audit?from=yesterday')
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('2026-03-01')])
  })

  test('a page leads to the older ones without gaps', async () => {
    const bearer = await token(server, script, { scope: '__auditor' })
    const seen: number[] = []
    let after = ''
    do {
      const { body } = await call('GET', `/audit?limit=3${after}`, bearer)
      seen.push(...(body.items as { seq: number }[]).map(({ seq }) => seq))
      after = body.next === undefined ? '' : `&after=${body.next}`
    } while (after !== '' && seen.length < 500)
    expect(seen.length).toBeGreaterThan(3)
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => seen.length - index))
    expect((await call('GET', '/audit?after=x', bearer)).status).toBe(400)
  })

  test('one entry shows all that is recorded, what was changed, and its AuditEvent', async () => {
    await server.house.users.update('otto', { username: 'otto', display_name: 'Otto Ek', roles: ['auditor'] })
    const row = await newest('user.update')
    const { text, status } = await show(`/admin/audit/${row?.seq}`)
    expect(status).toBe(200)
    for (const said of [
      'Otto Ek',
      'Before',
      'Follows from the entry before',
      '"resourceType": "AuditEvent"',
      row?.hash,
    ])
      expect(text).toContain(said)
    for (const seq of ['0', '99999999', 'x']) expect((await show(`/admin/audit/${seq}`)).status).toBe(404)
  })

  test('AUD-10 the chain is followed when asked, also by an auditor; an altered entry is named', async () => {
    expect((await show('/admin/audit')).text).toContain('Chain not checked')
    expect((await otto.ask('/admin/audit/verify', { method: 'POST' })).status).not.toBe(303)
    expect((await post('/admin/audit/verify', {}, otto)).location).toContain('/admin/audit')
    expect((await show('/admin/audit')).text).toContain('Chain verified')
    const victim = await newest('fhir.read')
    const alter = (patient: string | null | undefined) =>
      server.house.db.kysely
        .updateTable('audit')
        .set({ patient: patient ?? null })
        .where('seq', '=', victim?.seq ?? 0)
        .execute()
    await alter('eve')
    await post('/admin/audit/verify', {})
    const { text } = await show('/admin/audit')
    expect(text).toContain('Chain broken')
    expect(text).toContain(`Entry ${victim?.seq} was altered.`)
    expect((await show(`/admin/audit/${victim?.seq}`)).text).toContain('Does not follow')
    await alter(victim?.patient)
    await post('/admin/audit/verify', {})
    expect((await show('/admin/audit')).text).toContain('Chain verified')
  })

  test('an export holds what is looked for, as it is stored, and is recorded itself', async () => {
    const { headers, html } = await otto.ask('/admin/audit/export?format=ndjson&patient=ana')
    expect(headers.get('content-disposition')).toContain('attachment')
    const rows = html
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const events = rows.map(({ event }) => String(event)).filter((event) => event.startsWith('fhir.'))
    expect(events).toEqual(['fhir.read', 'fhir.refuse', 'fhir.search'])
    expect(rows[0]).toEqual(
      await server.house.db.kysely
        .selectFrom('audit')
        .selectAll()
        .where('seq', '=', Number(rows[0]?.seq))
        .executeTakeFirst(),
    )
    expect(await newest('audit.export')).toMatchObject({
      patient: 'ana',
      detail: '{"format":"ndjson","filters":{"patient":"ana"}}',
    })
    await server.house.audit.write({ event: 'fhir.refuse', outcome: 'refused', reason: '=1+1,"x"' })
    const csv = (await iris.ask('/admin/audit/export?format=csv&event=refused')).html.split('\r\n')
    expect(csv[0]).toMatch(/^seq,at,event,outcome,reason,/)
    expect(csv.at(-2)).toContain(`,"'=1+1,""x""",`)
    // Where lists are written with semicolons, a spreadsheet begins a cell there, whatever our quotes say.
    await server.house.audit.write({
      event: 'fhir.refuse',
      outcome: 'refused',
      detail: { said: 'a; =1+1;b' },
    })
    const european = (await iris.ask('/admin/audit/export?format=csv&event=refused')).html.split('\r\n')
    expect(european.at(-2)).toContain(`a;' =1+1;b`)
    expect((await iris.ask('/admin/audit/export?format=xml')).status).toBe(400)
    // A link on another site takes nothing, so that no row says that somebody took it.
    const exports = async () => (await newest('audit.export'))?.seq
    for (const [path, status] of [
      ['/admin/audit/export?format=csv&patient=ana', 303],
      ['/admin/api/audit/export?patient=ana', 403],
    ] as const) {
      const before = await exports()
      const from = (site: string) => otto.ask(path, { headers: { 'sec-fetch-site': site } })
      expect([path, (await from('cross-site')).status, await exports()]).toEqual([path, status, before])
      const head = await otto.ask(path, { method: 'HEAD' })
      expect([path, head.status, head.headers.get('allow'), await exports()]).toEqual([
        path,
        405,
        'GET',
        before,
      ])
      expect([path, (await from('same-origin')).status]).toEqual([path, 200])
      expect([path, await exports()]).not.toEqual([path, before])
    }
  })
})

describe('signing keys', () => {
  test('rotate after a question, once of two at the same time, with who did it and why', async () => {
    const before = await server.house.keys.list()
    const ask = formOf(await iris.open('/admin/keys/rotate'))
    const version = ask.hidden.find(([name]) => name === 'version')?.[1] ?? ''
    const done = await post('/admin/keys/rotate', { version, reason: 'SEC-7' })
    expect(done.location).toContain('/admin/keys')
    const states = (await server.house.keys.list()).map(({ kid, state }) => `${kid} ${state}`)
    for (const { kid, state } of before)
      expect(states).toContain(`${kid} ${state === 'current' ? 'previous' : 'current'}`)
    const row = await newest('keys.rotate')
    expect(row?.detail).toContain('"why":"SEC-7"')
    expect(row?.user_id).not.toBeNull()
    await post('/admin/keys/rotate', { version })
    expect((await newest('keys.rotate'))?.seq).toBe(row?.seq)
    const page = await show('/admin/keys')
    for (const { kid } of before) expect(page.text).toContain(kid)
    expect(page.text).toContain('Somebody else has just rotated')
  })

  test('by the API with the version that was seen, not without and not by an auditor', async () => {
    const [admin, auditor] = [
      await token(server, script, { scope: '__admin' }),
      await token(server, script, { scope: '__auditor' }),
    ]
    const { body } = await call('GET', '/signing-keys', auditor)
    const seen = { 'if-match': `"${body.version}"` }
    expect((await call('POST', '/signing-keys/rotation', auditor, seen)).status).toBe(403)
    expect((await call('POST', '/signing-keys/rotation', admin)).status).toBe(428)
    const done = await call('POST', '/signing-keys/rotation', admin, seen)
    expect([done.status, done.body.version]).toEqual([200, Number(body.version) + 1])
    expect((await call('POST', '/signing-keys/rotation', admin, seen)).status).toBe(412)
    expect(JSON.stringify(done.body)).not.toMatch(/"d":|private/)
  })
})

test('settings tell where each value comes from, and no secret', async () => {
  const { text } = await show('/admin/settings')
  expect(text).toContain('databaseUrl')
  expect(text).toContain('LANYARD_PORT')
  expect(text).not.toContain(readFileSync(server.house.config.sealingKeyFile, 'utf8').trim())
  const { body } = await call('GET', '/settings', await token(server, script, { scope: '__auditor' }))
  const items = body.items as { setting: string; origin: string }[]
  expect(items.find(({ setting }) => setting === 'port')?.origin).toBe('environment')
  expect(items.find(({ setting }) => setting === 'auditDays')?.origin).toBe('default')
})

test('an auditor sees each page, is offered no change and makes none', async () => {
  for (const path of ['/admin/audit', '/admin/keys', '/admin/settings']) {
    const { status, html } = await show(path, otto)
    expect([path, status]).toEqual([path, 200])
    expect(html).not.toContain('/rotate')
  }
  expect((await otto.ask('/admin/keys/rotate')).status).toBe(403)
  expect((await post('/admin/keys/rotate', { version: '1' }, otto)).status).toBe(403)
})
