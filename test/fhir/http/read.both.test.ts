import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launcher } from '../../support/launched-token.ts'
import { type FhirServer, fhirServer, refusal } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([
    ana,
    { resourceType: 'Patient', id: 'bo' },
    { resourceType: 'Patient', id: 'gone' },
  ])
  server.clock.advance(90_500)
  await server.store([{ ...ana, active: true }])
  // Nothing deletes over HTTP yet, so this is done behind the door.
  await sql`update resource set state = 2, body = null, version = 2 where id = 'gone'`.execute(
    server.house.db.kysely,
  )
})
afterAll(() => server.close())

const ana = {
  resourceType: 'Patient',
  id: 'ana',
  meta: {
    versionId: 'theirs',
    lastUpdated: '1999-01-01T00:00:00Z',
    tag: [{ system: 'urn:t', code: 'kept' }],
  },
  name: [{ family: 'Lima' }],
}
const SECOND_VERSION = 'Sun, 01 Mar 2026 12:01:30 GMT'

describe('REST-03 read', () => {
  test('REST-03 answers the resource with its version and time', async () => {
    const { status, headers, body } = await server.get('Patient/ana')
    expect(status).toBe(200)
    expect(body).toEqual({
      ...ana,
      active: true,
      meta: { versionId: '2', lastUpdated: '2026-03-01T12:01:30.500Z', tag: ana.meta.tag },
    })
    expect(headers.get('etag')).toBe('W/"2"')
    expect(headers.get('last-modified')).toBe(SECOND_VERSION)
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('REST-03 unknown is 404, deleted is 410', async () => {
    for (const path of ['Patient/nobody', 'Observation/ana', 'Patient/ANA', `Patient/${'a'.repeat(64)}`]) {
      expect([path, refusal(await server.get(path))]).toEqual([path, [404, 'not-found']])
    }
    expect(refusal(await server.get('Patient/gone'))).toEqual([410, 'deleted'])
    expect(await server.ids('Patient')).toEqual(['ana', 'bo'])
  })

  test('ENF-28 a token with limits learns nothing from 404, 410 or 304', async () => {
    const { token } = await launcher(server)
    const authorization = `Bearer ${await token({ scope: 'patient/*.rs', patient: 'ana' })}`
    const answers = await Promise.all(
      [
        'Patient/bo',
        'Patient/gone',
        'Patient/nobody',
        'Patient/bo/_history/1',
        'Patient/gone/_history/1',
      ].map(async (path) => {
        const found = await server.get(path, { authorization, 'if-none-match': '*' })
        return [...refusal(found), found.headers.get('etag'), found.headers.get('last-modified')]
      }),
    )
    expect(new Set(answers.map(String))).toEqual(new Set(['404,not-found,,']))
    expect((await server.get('Patient/ana', { authorization })).status).toBe(200)
  })
})

describe('REST-04 vread', () => {
  test('REST-04 answers each version that there was', async () => {
    const first = await server.get('Patient/ana/_history/1')
    expect([first.status, first.body.meta.versionId, first.body.active]).toEqual([200, '1', undefined])
    expect([first.headers.get('etag'), first.headers.get('last-modified')]).toEqual([
      'W/"1"',
      'Sun, 01 Mar 2026 12:00:00 GMT',
    ])
    const second = await server.get('Patient/ana/_history/2')
    expect([second.body.meta.versionId, second.body.active]).toEqual(['2', true])
  })

  test('REST-04 a version that never was is 404, that of a deletion 410', async () => {
    for (const version of ['3', '0', 'x', '01', '1.0', '-1', '99999999999999999999', '1%20']) {
      const answer = await server.get(`Patient/ana/_history/${version}`)
      expect([version, refusal(answer)]).toEqual([version, [404, 'not-found']])
    }
    expect(refusal(await server.get('Patient/nobody/_history/1'))).toEqual([404, 'not-found'])
    expect(refusal(await server.get('Patient/gone/_history/2'))).toEqual([410, 'deleted'])
  })

  test('REST-04 HEAD is GET without the body', async () => {
    for (const path of [
      'Patient/ana',
      'Patient/ana/_history/1',
      'Patient?name=lima',
      'metadata',
      'Patient/nobody',
    ]) {
      const got = await server.get(path)
      const head = await server.send(path, { method: 'HEAD' })
      expect([path, head.status, head.text]).toEqual([path, got.status, ''])
      for (const name of ['etag', 'last-modified', 'content-type', 'content-length']) {
        expect([path, name, head.headers.get(name)]).toEqual([path, name, got.headers.get(name)])
      }
    }
  })
})

describe('REST-05 a read on condition', () => {
  test.for([
    ['if-none-match', 'W/"2"', 304],
    ['if-none-match', '"2"', 304],
    ['if-none-match', 'W/"1", W/"2"', 304],
    ['if-none-match', '*', 304],
    ['if-none-match', 'W/"1"', 200],
    ['if-none-match', '2', 200],
    ['if-none-match', 'garbage "', 200],
    ['if-modified-since', SECOND_VERSION, 304],
    ['if-modified-since', 'Sun, 01 Mar 2026 12:01:29 GMT', 200],
    ['if-modified-since', 'yesterday', 200],
  ] as const)('REST-05 %s: %s gives %i', async ([name, value, status]) => {
    const answer = await server.get('Patient/ana', { [name]: value })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('etag')).toBe('W/"2"')
    if (status === 304) expect(answer.text).toBe('')
  })

  test('REST-05 an ETag outweighs a date; a version can be asked for on condition too', async () => {
    const both = { 'if-none-match': 'W/"1"', 'if-modified-since': SECOND_VERSION }
    expect((await server.get('Patient/ana', both)).status).toBe(200)
    expect((await server.get('Patient/ana/_history/1', { 'if-none-match': 'W/"1"' })).status).toBe(304)
    expect((await server.get('Patient/nobody', { 'if-none-match': '*' })).status).toBe(404)
  })
})
