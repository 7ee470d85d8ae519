import { afterAll, beforeAll, expect, test } from 'vitest'
import { launcher } from '../../support/launched-token.ts'
import { type FhirServer, fhirServer, type Json, linkOf, matchesOf, refusal } from '../http/fhir-server.ts'

const patient = (id: string) => ({ resourceType: 'Patient', id, gender: 'female' })
const observation = (id: string, of: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Pulse' },
  subject: { reference: `Patient/${of}` },
})

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([
    patient('ann'),
    patient('bob'),
    patient('cy'),
    observation('a1', 'ann'),
    observation('a2', 'ann'),
    observation('b1', 'bob'),
    { resourceType: 'Organization', id: 'ward' },
    // From elsewhere: it has nothing to do with what happened here.
    {
      resourceType: 'AuditEvent',
      id: 'foreign',
      type: { code: 'rest' },
      recorded: '2026-03-01T12:00:00Z',
      agent: [{ requestor: true }],
      source: { observer: { display: 'elsewhere' } },
      entity: [{ what: { reference: 'Patient/ann' } }],
    },
  ])
})
afterAll(() => server.close())

/** What a search finds, newest first, when all that happened before is stored. */
async function events(query: string): Promise<Json[]> {
  await server.house.audit.flush()
  const { status, text, body } = await server.get(`AuditEvent?${query}`)
  if (status !== 200) throw new Error(`${query}: ${status} ${text}`)
  return (body.entry ?? []).map((entry: Json) => entry.resource)
}

/** The events of one request. */
async function eventsOf(path: string, headers: Record<string, string> = {}): Promise<Json[]> {
  server.clock.advance(1000)
  const since = new Date(server.clock.now).toISOString()
  await server.get(path, headers)
  return await events(`date=ge${since}`)
}

const codes = (event: Json): string[] => event.subtype.map(({ code }: Json) => code)
const patientsIn = (found: Json[]) =>
  found.map(
    ({ entity }) => entity.find(({ what }: Json) => what?.reference?.startsWith('Patient/'))?.what.reference,
  )

test('AUD-02 AUD-03 AUD-04 AUD-06 AUD-08 a read is an event as BALP describes it', async () => {
  const [event, ...others] = await eventsOf('Observation/a1', { 'x-request-id': 'request-of-a-test-1' })
  expect(others).toEqual([])
  const clientId = event.agent[0].who.identifier.value
  const dcm = (code: string) => ({
    coding: [expect.objectContaining({ system: 'http://dicom.nema.org/resources/ontology/DCM', code })],
  })
  expect(event).toEqual({
    resourceType: 'AuditEvent',
    id: expect.stringMatching(/^\d+$/),
    meta: { versionId: '1', lastUpdated: new Date(server.clock.now).toISOString() },
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    subtype: [
      { system: 'http://hl7.org/fhir/restful-interaction', code: 'read' },
      { system: 'urn:lanyard:audit-event', code: 'fhir.read' },
    ],
    action: 'R',
    recorded: new Date(server.clock.now).toISOString(),
    outcome: '0',
    agent: [
      {
        type: dcm('110152'),
        who: { identifier: { value: clientId } },
        requestor: false,
        network: { address: expect.stringMatching(/^(::1|(::ffff:)?127\.0\.0\.1)$/), type: '2' },
      },
      {
        type: dcm('110153'),
        who: { identifier: { value: server.url }, display: 'Lanyard' },
        requestor: false,
        network: { address: server.url, type: '5' },
      },
      {
        type: {
          coding: [
            {
              system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes',
              code: 'UserOauthAgent',
            },
          ],
        },
        who: { identifier: { value: clientId } },
        requestor: true,
        policy: [expect.stringMatching(/^urn:ietf:params:oauth:jti:[\w-]+$/)],
      },
    ],
    source: {
      observer: { identifier: { value: server.url }, display: 'Lanyard' },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    entity: [
      {
        what: { reference: 'Patient/ann' },
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' },
      },
      {
        what: { reference: 'Observation/a1' },
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '2' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '4' },
      },
      {
        what: { identifier: { value: 'request-of-a-test-1' } },
        type: {
          system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
          code: 'XrequestId',
        },
      },
    ],
  })
  const { body, headers } = await server.get(`AuditEvent/${event.id}`)
  expect(body).toEqual(event)
  expect(headers.get('etag')).toBe('W/"1"')
  expect((await server.get(`AuditEvent/${event.id}/_history/1`)).body).toEqual(event)
  for (const absent of [`${event.id}-1`, '0', '99999', 'foreign', `${event.id}/_history/2`])
    expect((await server.get(`AuditEvent/${absent}`)).status, absent).toBe(404)
})

test('AUD-05 a search is one event for each patient that it shows', async () => {
  const found = await eventsOf('Observation?status=final&_include=Observation:subject')
  expect(patientsIn(found)).toEqual(['Patient/ann', 'Patient/bob'])
  for (const event of found) {
    expect(event).toMatchObject({ action: 'E', outcome: '0' })
    expect(codes(event)).toEqual(['search-type', 'fhir.search'])
    // Who asks is the source of a query.
    expect(event.agent.slice(0, 2).map(({ type }: Json) => type.coding[0].code)).toEqual(['110153', '110152'])
    const query = event.entity.find(({ role }: Json) => role?.code === '24')
    expect(query.what).toBeUndefined()
    expect(Buffer.from(query.query, 'base64').toString()).toBe(
      `${server.fhir}/Observation?status=final&_include=Observation:subject`,
    )
    expect((await server.get(`AuditEvent/${event.id}`)).body).toEqual(event)
  }
  const [seq] = found[0].id.split('-')
  expect(found.map(({ id }) => id)).toEqual([`${seq}-1`, `${seq}-2`])
  for (const absent of [seq, `${seq}-0`, `${seq}-3`])
    expect((await server.get(`AuditEvent/${absent}`)).status, absent).toBe(404)
})

test('AUD-05 a search of one patient, of nobody, and by POST', async () => {
  expect(patientsIn(await eventsOf('Observation?patient=ann'))).toEqual(['Patient/ann'])
  expect(patientsIn(await eventsOf('Organization'))).toEqual([undefined])
  server.clock.advance(1000)
  const since = new Date(server.clock.now).toISOString()
  await server.send('Observation/_search?status=final', {
    method: 'POST',
    body: 'patient=bob',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  const [event] = await events(`date=ge${since}`)
  const { query } = event.entity.find(({ role }: Json) => role?.code === '24')
  expect(Buffer.from(query, 'base64').toString()).toBe(`${server.fhir}/Observation?status=final&patient=bob`)
})

test('AUD-09 a refusal says the interaction, the reason and the token, and never the token itself', async () => {
  const found = await eventsOf('Patient/nobody')
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ outcome: '4', outcomeDesc: 'not-found', action: 'R' })
  expect(codes(found[0])).toEqual(['read', 'fhir.refuse'])
  server.clock.advance(1000)
  const since = new Date(server.clock.now).toISOString()
  const bad = { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } }
  expect((await server.send('Patient/ann', bad)).status).toBe(401)
  const [unknown] = await events(`date=ge${since}`)
  expect(unknown).toMatchObject({ outcome: '4', outcomeDesc: 'token-malformed' })
  expect(JSON.stringify(unknown)).not.toContain('eyJ')
  expect(unknown.agent.map(({ requestor }: Json) => requestor)).toEqual([true, false])
})

test('AUD-07 a token that is issued is the event ITI-71, with its three agents and no secret', async () => {
  server.clock.advance(1000)
  const since = new Date(server.clock.now).toISOString()
  const token = await server.tokenFor('system/Patient.r')
  const [event] = await events(`date=ge${since}`)
  expect(event).toMatchObject({ type: { code: '110114' }, action: 'E', outcome: '0' })
  expect(event.subtype[0]).toEqual({ system: 'urn:ihe:event-type-code', code: 'ITI-71' })
  expect(event.agent.map(({ type }: Json) => type.coding[0].code)).toEqual([
    '110150',
    'AuthzOauthService',
    'UserOauthAgent',
  ])
  expect(event.entity[0].detail).toEqual([{ type: 'scope', valueString: 'system/Patient.r' }])
  for (const secret of [token, 'eyJ', 'client_assertion']) expect(JSON.stringify(event)).not.toContain(secret)
})

test('SRCH every parameter finds what has it and nothing else', async () => {
  server.clock.advance(60_000)
  const since = new Date(server.clock.now).toISOString()
  // Which is an event of its own.
  await launcher(server)
  await server.get('Observation/a2')
  await server.get('Observation/a2/_history/1')
  await server.get('Observation?_id=b1,a1')
  await server.get('Patient/nobody')
  await server.house.audit.flush()
  const [client, jti] = await events(`date=ge${since}&subtype=vread`).then(([event]) => [
    event.agent[0].who.identifier.value,
    event.agent[2].policy[0],
  ])
  const until = new Date(server.clock.now + 1).toISOString()
  server.clock.advance(1000)
  const found = async (query: string) =>
    (await events(`date=ge${since}&date=lt${until}&${query}`)).map((event) => codes(event).join(' ')).sort()
  const [read, vread, search, refused] = [
    'read fhir.read',
    'vread fhir.vread',
    'search-type fhir.search',
    'read fhir.refuse',
  ]
  expect(await found('type=rest')).toEqual([refused, read, search, search, search, vread].sort())
  expect(await found('type=110113')).toEqual(['110129 client.add'])
  expect(await found('subtype=read')).toEqual([refused, read].sort())
  expect(await found('subtype=http://hl7.org/fhir/restful-interaction|vread')).toEqual([vread])
  expect(await found('subtype=urn:lanyard:audit-event|fhir.refuse,vread')).toEqual([refused, vread].sort())
  expect(await found('subtype=urn:other|vread')).toEqual([])
  expect(await found('outcome=4')).toEqual([refused])
  expect(await found('outcome=0&subtype=read')).toEqual([read])
  expect(await found('action=R')).toEqual([refused, read, vread].sort())
  expect(await found('patient=ann')).toEqual([read, search, vread].sort())
  expect(await found('patient=Patient/bob')).toEqual([search])
  expect(await found('patient=ann,bob')).toEqual([read, search, search, vread].sort())
  expect(await found('patient=ann&patient=bob')).toEqual([])
  expect(await found('entity=Patient/bob')).toEqual([search])
  expect(await found('entity=Observation/a2')).toEqual([read, vread].sort())
  expect(await found('entity=Observation/A2')).toEqual([])
  expect(await found(`agent:identifier=${client}&action=R`)).toEqual([refused, read, vread].sort())
  expect(await found('agent:identifier=somebody')).toEqual([])
  expect(await found(`policy=${encodeURIComponent(jti)}&action=R`)).toEqual([refused, read, vread].sort())
  expect(await found('policy=urn:ietf:params:oauth:jti:other')).toEqual([])
  expect(await found(`date=lt${since}`)).toEqual([])
  const compartment = await server.get(`Patient/bob/AuditEvent?date=ge${since}`)
  expect(compartment.body.entry).toHaveLength(1)
})

test('SRCH-05 what the audit does not answer is told', async () => {
  for (const query of [
    'site=x',
    'agent-name=x',
    'agent=x',
    'type:not=rest',
    'entity=a1',
    '_sort=date',
    '_include=*',
    'page=2',
  ])
    expect((await server.get(`AuditEvent?${query}`)).status, query).toBe(400)
  expect((await server.get('AuditEvent?_sort=-date&_count=1')).status).toBe(200)
  expect(refusal(await server.get('Practitioner/x/AuditEvent'))).toEqual([400, 'not-supported'])
})

test('SRCH-02 pages follow each other without a gap, also where a row is several events', async () => {
  server.clock.advance(60_000)
  const since = new Date(server.clock.now).toISOString()
  for (const _ of [1, 2, 3]) await server.get('Observation?_id=a1,b1')
  await server.get('Patient/ann')
  await server.house.audit.flush()
  const query = `date=ge${since}&date=lt${new Date(server.clock.now + 1).toISOString()}`
  server.clock.advance(1000)
  const all = (await events(query)).map(({ id }) => id)
  expect(all).toHaveLength(7)
  const paged: string[] = []
  let next: string | undefined = `AuditEvent?${query}&_count=2`
  for (let pages = 0; next !== undefined && pages < 9; pages += 1) {
    const { body } = await server.get(next)
    paged.push(...body.entry.map(({ resource }: Json) => resource.id))
    next = linkOf(body, 'next')
  }
  expect(paged).toEqual(all)
  const counted = await server.get(`AuditEvent?${query}&_summary=count`)
  expect(counted.body.total).toBe(7)
  expect((await server.get(`AuditEvent?${query}`)).body.total).toBeUndefined()
  expect((await server.get(`AuditEvent?${query}&_total=accurate&patient=bob,ann`)).body.total).toBe(7)
  expect((await server.get(`AuditEvent?${query}&_total=accurate&patient=bob`)).body.total).toBe(3)
})

test('AUD-10 only a system scope without conditions opens the audit', async () => {
  const launch = await launcher(server)
  const user = { fhirUser: 'Practitioner/1', patients: 'all' as const }
  const blind = [
    await launch.token({ scope: 'patient/*.rs', patient: 'ann' }),
    await launch.token({ scope: 'patient/AuditEvent.rs', patient: 'ann' }),
    await launch.token({ scope: 'user/AuditEvent.rs user/*.rs', user }),
    await server.tokenFor('system/AuditEvent.rs?type=rest'),
  ]
  const [{ id }] = await events('_count=1')
  for (const token of blind) {
    const headers = { authorization: `Bearer ${token}` }
    for (const path of ['AuditEvent', 'AuditEvent?_total=accurate', 'Patient/ann/AuditEvent']) {
      const { status, body } = await server.get(path, headers)
      expect([status, body.total ?? 0, matchesOf(body)], path).toEqual([200, 0, []])
      expect(body.entry[0].resource.issue[0].diagnostics).toMatch(/^Only scopes system\/AuditEvent/)
    }
    for (const path of [`AuditEvent/${id}`, `AuditEvent/${id}/_history/1`])
      expect((await server.get(path, headers)).status, path).toBe(404)
  }
  const others = { authorization: `Bearer ${await server.tokenFor('system/Patient.rs')}` }
  for (const path of ['AuditEvent', `AuditEvent/${id}`])
    expect((await server.get(path, others)).status).toBe(403)
  const auditor = { authorization: `Bearer ${await server.tokenFor('system/AuditEvent.rs')}` }
  expect((await server.get('AuditEvent', auditor)).status).toBe(200)
  expect((await server.get('Patient', auditor)).status).toBe(403)
  const reader = { authorization: `Bearer ${await server.tokenFor('system/AuditEvent.r')}` }
  expect((await server.get('AuditEvent', reader)).status).toBe(403)
  expect((await server.get(`AuditEvent/${id}`, reader)).status).toBe(200)
})

test('AUD-10 nobody writes AuditEvents by FHIR', async () => {
  const body = JSON.stringify({ resourceType: 'AuditEvent' })
  for (const [method, path] of [
    ['POST', 'AuditEvent'],
    ['PUT', 'AuditEvent/1'],
    ['PATCH', 'AuditEvent/1'],
    ['DELETE', 'AuditEvent/1'],
  ] as const)
    expect((await server.send(path, { method, body })).status, method).toBe(405)
})

test('AuditEvents that came in by an import are not among ours', async () => {
  expect(await events('patient=ann&date=2026-03-01&_count=1000')).not.toContainEqual(
    expect.objectContaining({ id: 'foreign' }),
  )
  expect((await server.get('AuditEvent/foreign')).status).toBe(404)
})
