import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawRequest } from '../../support/oauth.ts'
import { answerOf, type FhirServer, fhirServer, refusal } from './fhir-server.ts'
import { posted } from './posted.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([
    { resourceType: 'Patient', id: 'ana', name: [{ family: 'Lima' }], gender: 'female' },
    { resourceType: 'Patient', id: 'bo', name: [{ family: 'Berg' }], gender: 'male' },
    { resourceType: 'Patient', id: 'c', name: [{ family: 'Lind' }], gender: 'female' },
  ])
})
afterAll(() => server.close())

const FHIR = 'application/fhir+json; charset=utf-8'

describe('REST-14 what goes wrong is told', () => {
  test.for([
    ['GET', '', 400, 'too-costly'],
    ['GET', '/', 400, 'too-costly'],
    ['GET', '/Bogus', 404, 'not-found'],
    ['GET', '/patient/ana', 404, 'not-found'],
    ['GET', '/Patient/ana/bogus', 404, 'not-found'],
    ['GET', '/Patient/a%20b', 404, 'not-found'],
    ['GET', '/Patient/%00', 404, 'not-found'],
    ['GET', '/Patient/%zz', 404, 'not-found'],
    ['GET', '/Patient/../Patient/ana', 404, 'not-found'],
    ['GET', '//Patient/ana', 404, 'not-found'],
    ['GET', `/Patient/${'a'.repeat(65)}`, 404, 'not-found'],
    ['GET', '/__proto__/ana', 404, 'not-found'],
    ['GET', '/Patient/ana/_history/1/x', 404, 'not-found'],
    ['POST', '/Patient', 403, 'forbidden'],
    ['PUT', '/Patient/ana', 403, 'forbidden'],
    ['PUT', '/Patient', 403, 'forbidden'],
    ['POST', '/Patient/ana', 405, 'not-supported'],
    ['PATCH', '/Patient/ana', 403, 'forbidden'],
    ['DELETE', '/Patient/ana', 403, 'forbidden'],
    ['DELETE', '/Patient/ana/_history/1', 405, 'not-supported'],
    ['GET', '/Patient/_search', 405, 'not-supported'],
    ['DELETE', '/metadata', 405, 'not-supported'],
    ['POST', '/metadata', 405, 'not-supported'],
    ['GET', '/Patient?_count=x', 400, 'value'],
    ['GET', '/Patient?name=%00', 400, 'invalid'],
    ['GET', '/Patient?%00=x', 400, 'invalid'],
  ] as const)('REST-14 %s %s is %i %s', async ([method, path, status, code]) => {
    const answer = await rawRequest(server, {
      method,
      path: `/fhir${path}`,
      headers: { authorization: `Bearer ${server.token}` },
    })
    expect(refusal(answer)).toEqual([status, code])
    expect(answer.body).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code, diagnostics: expect.any(String) }],
    })
    expect(answer.headers.get('content-type')).toBe(FHIR)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('allow') === null).toBe(status !== 405)
  })

  test('REST-14 a body of another type is 415, one that is too large 413', async () => {
    const send = (body: string, type: string) =>
      server.send('Patient/_search', { method: 'POST', body, headers: { 'content-type': type } })
    expect(refusal(await send('{"name":"lima"}', 'application/json'))).toEqual([415, 'not-supported'])
    expect(refusal(await send('name=lima', 'text/plain'))).toEqual([415, 'not-supported'])
    const form = 'application/x-www-form-urlencoded; charset=utf-8'
    expect((await send('name=lima', form)).body.total).toBe(1)
    expect(refusal(await send(`name=${'a'.repeat(66_000)}`, form))).toEqual([413, 'too-long'])
  })

  test('REST-14 too many parameters, values or characters are refused', async () => {
    const refused = async (query: string) => refusal(await posted(server, [...new URLSearchParams(query)]))
    expect(await refused('name=a&'.repeat(101))).toEqual([400, 'too-costly'])
    expect((await posted(server, [...new URLSearchParams('name=a&'.repeat(100))])).status).toBe(200)
    expect(await refused(`_id=${'a,'.repeat(501)}`)).toEqual([400, 'too-costly'])
    expect((await posted(server, { _id: 'a,'.repeat(500) })).status).toBe(200)
    expect(await refused(`gender=${'a,'.repeat(450)}&`.repeat(5))).toEqual([400, 'too-costly'])
    expect(await refused(`identifier=${'a'.repeat(2001)}`)).toEqual([400, 'too-costly'])
    const deep = await server.send('ValueSet/_search', {
      method: 'POST',
      body: `url:above=${Array.from({ length: 30 }, () => `a:${'/'.repeat(1990)}`).join(',')}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(refusal(deep)).toEqual([400, 'too-costly'])
    expect((await posted(server, { name: ','.repeat(20_000) })).status).toBe(200)
  })

  test('REST-20 without a token, with a bad one, or with one too many', async () => {
    const bearer = `Bearer realm="Lanyard", resource_metadata="${server.url}/.well-known/oauth-protected-resource/fhir"`
    // Of demo mode, which takes usernames and passwords too.
    const challenge = `${bearer}, Basic realm="Lanyard", charset="UTF-8"`
    for (const path of ['/Patient/ana', '/Bogus', '', '/Patient/%zz', '/metadata/x', '/Patient?_count=x']) {
      const bare = await answerOf(await fetch(`${server.fhir}${path}`))
      expect([path, refusal(bare)]).toEqual([path, [401, 'login']])
      expect(bare.headers.get('www-authenticate')).toBe(challenge)
    }
    for (const authorization of ['Bearer nonsense', 'Bearer a.b.c']) {
      const bad = await server.get('Patient/ana', { authorization })
      expect(refusal(bad)).toEqual([401, 'login'])
      expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"')
      expect(bad.headers.get('www-authenticate')).not.toContain('Basic')
    }
    for (const authorization of ['Basic eDp5', 'Bearer', 'Bearer a b', server.token]) {
      const none = await server.get('Patient/ana', { authorization })
      expect([authorization, none.status]).toEqual([authorization, 401])
    }
    expect(refusal(await server.get(`Patient/ana?access_token=${server.token}`))).toEqual([400, 'security'])
    const inQuery = await fetch(`${server.fhir}/Patient/ana?access_token=${server.token}`)
    expect(inQuery.status).toBe(400)
    expect(refusal(await posted(server, { access_token: server.token }))).toEqual([400, 'security'])
  })

  test('REST-20 too little scope is 403, told in the challenge', async () => {
    const authorization = `Bearer ${await server.tokenFor('system/Observation.rs')}`
    for (const path of ['Patient/ana', 'Patient/nobody', 'Patient', 'Patient/ana/_history/1']) {
      const answer = await server.get(path, { authorization })
      expect([path, refusal(answer)]).toEqual([path, [403, 'forbidden']])
      expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    }
    expect((await server.get('Observation', { authorization })).status).toBe(200)
  })

  test('REST-19 X-Request-Id comes back, on errors too, unless it could do harm', async () => {
    for (const path of ['Patient/ana', 'Patient/nobody', 'Bogus', 'metadata']) {
      const named = await server.get(path, { 'x-request-id': 'my-own.1' })
      expect([path, named.headers.get('x-request-id')]).toEqual([path, 'my-own.1'])
      const bad = await server.get(path, { 'x-request-id': 'a b"c' })
      expect(bad.headers.get('x-request-id')).toMatch(/^[\w-]{10,}$/)
    }
  })
})

test('ENF-32 of all paths only metadata and the discovery documents are public', async () => {
  const statuses = await Promise.all(
    [
      '/metadata',
      '/.well-known/smart-configuration',
      '/Patient',
      '/unknown',
      '/$export',
      '/metadata/',
      '/Metadata',
    ].map(async (path) => [path, (await fetch(`${server.fhir}${path}`)).status]),
  )
  expect(statuses).toEqual([
    ['/metadata', 200],
    ['/.well-known/smart-configuration', 200],
    ['/Patient', 401],
    ['/unknown', 401],
    ['/$export', 401],
    ['/metadata/', 401],
    ['/Metadata', 401],
  ])
})
