import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawRequest } from '../../support/oauth.ts'
import { answerOf, type FhirServer, fhirServer, linkOf, matchesOf, refusal } from './fhir-server.ts'

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

describe('REST-02 media types', () => {
  test.for([
    ['application/fhir+json', FHIR],
    ['application/fhir+json; charset=utf-8', FHIR],
    ['application/fhir+json; fhirVersion=4.0', FHIR],
    ['application/fhir+json; fhirVersion="4.0.1"', FHIR],
    ['application/json', 'application/json; charset=utf-8'],
    ['text/json', 'text/json; charset=utf-8'],
    ['application/json+fhir', FHIR],
    ['*/*', FHIR],
    ['application/*', FHIR],
    ['', FHIR],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', FHIR],
    ['application/fhir+xml, application/json;q=0.5', 'application/json; charset=utf-8'],
    ['application/json;q=0.5, application/fhir+json', FHIR],
    ['APPLICATION/FHIR+JSON', FHIR],
  ])('REST-02 Accept: %s is answered as %s', async ([accept = '', type]) => {
    const { status, headers } = await server.get('Patient/ana', { accept })
    expect([status, headers.get('content-type')]).toEqual([200, type])
    expect((await server.get('Patient', { accept })).headers.get('content-type')).toBe(type)
    expect((await server.get('metadata', { accept })).headers.get('content-type')).toBe(type)
  })

  test.for([
    'application/fhir+xml',
    'text/html',
    'text/turtle',
    'image/*',
    'application/fhir+json; fhirVersion=3.0',
    'application/fhir+json;q=0',
    'application/json; q=0.0',
    'application/json;q=nonsense',
    '__proto__',
    'constructor',
    ';;;,,,',
  ])('REST-02 Accept: %s is refused with 406', async (accept) => {
    for (const path of ['Patient/ana', 'Patient', 'metadata']) {
      const answer = await server.get(path, { accept })
      expect([path, refusal(answer)]).toEqual([path, [406, 'not-supported']])
      expect(answer.headers.get('content-type')).toBe(FHIR)
    }
  })

  test('REST-02 _format outweighs Accept, also in the body of a search', async () => {
    const xml = { accept: 'application/fhir+xml' }
    for (const format of [
      'json',
      'application/json',
      'application/fhir+json',
      'application/fhir%2Bjson',
      'text/json',
    ]) {
      expect([format, (await server.get(`Patient/ana?_format=${format}`, xml)).status]).toEqual([format, 200])
      expect([format, (await server.get(`Patient?_format=${format}`, xml)).status]).toEqual([format, 200])
    }
    for (const format of ['xml', 'application/fhir+xml', 'ttl', 'html', 'text/plain', '__proto__']) {
      expect([format, refusal(await server.get(`Patient/ana?_format=${format}`))]).toEqual([
        format,
        [406, 'not-supported'],
      ])
      expect((await server.get(`metadata?_format=${format}`)).status).toBe(406)
      expect((await posted({ _format: format })).status).toBe(406)
    }
    expect((await server.get('Patient/ana?_format=')).status).toBe(200)
    expect((await posted({ _format: 'json' }, {}, xml)).status).toBe(200)
  })

  test('REST-02 _pretty is for people', async () => {
    for (const path of ['Patient/ana', 'Patient', 'metadata']) {
      const plain = await server.get(path)
      const pretty = await server.get(`${path}?_pretty=true`)
      expect([path, pretty.text.split('\n').length > 5, plain.text.includes('\n')]).toEqual([
        path,
        true,
        false,
      ])
      expect((await server.get(`${path}?_pretty=false`)).text).toBe(plain.text)
    }
    expect((await posted({ _pretty: 'true' })).text).toContain('\n')
  })
})

async function posted(
  form: Record<string, string> | [string, string][],
  address: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  const query = new URLSearchParams(address).toString()
  return await server.send(`Patient/_search${query === '' ? '' : `?${query}`}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  })
}

describe('SRCH-01 a search', () => {
  test('SRCH-01 by POST is the same as by GET, and both places count', async () => {
    const got = await server.get('Patient?gender=female&name=lim')
    expect((await posted({ gender: 'female', name: 'lim' })).body).toEqual(got.body)
    expect((await posted({ gender: 'female' }, { name: 'lim' })).body.entry).toEqual(got.body.entry)
    expect(
      (
        await posted([
          ['name', 'li'],
          ['name', 'lin'],
        ])
      ).body.entry,
    ).toHaveLength(1)
    expect((await posted({ name: 'li' }, { name: 'lin' })).body.entry).toHaveLength(1)
    expect((await posted({})).body.total).toBe(3)
    const empty = await server.send('Patient/_search?name=lima', { method: 'POST' })
    expect(matchesOf(empty.body)).toEqual(['ana'])
  })

  test('SRCH-02 the self link holds what counted, and asks the same again', async () => {
    const { body } = await server.get('Patient?name=li&bogus=1&gender=&_format=json&_sort=bogus&_count=2')
    expect(linkOf(body, 'self')).toBe(`${server.fhir}/Patient?name=li&_count=2`)
    expect((await server.get(linkOf(body, 'self') ?? '')).body).toEqual(body)
    const form = await posted({ name: 'li ä&=+' }, { gender: 'female' })
    const self = new URL(linkOf(form.body, 'self') ?? '')
    expect([...self.searchParams]).toEqual([
      ['gender', 'female'],
      ['name', 'li ä&=+'],
    ])
    expect(linkOf((await server.get('Patient')).body, 'self')).toBe(`${server.fhir}/Patient`)
  })

  test('SRCH-03 is a searchset, whose entries tell their address and why they are there', async () => {
    const { body } = await server.get('Patient?name=lima')
    expect([body.resourceType, body.type, body.total]).toEqual(['Bundle', 'searchset', 1])
    expect(body.entry[0]).toMatchObject({
      fullUrl: `${server.fhir}/Patient/ana`,
      resource: { resourceType: 'Patient', id: 'ana' },
      search: { mode: 'match' },
    })
  })

  test('REST-18 nothing found has no entry at all', async () => {
    const { status, body } = await server.get('Patient?name=nobody')
    expect([status, Object.keys(body)]).toEqual([200, ['resourceType', 'type', 'total', 'link']])
    expect(body.total).toBe(0)
  })

  test('SRCH-04 an unknown parameter is left out; with handling=strict it is refused', async () => {
    for (const name of [
      'bogus',
      'Name',
      'constructor',
      '__proto__',
      'toString',
      'valueOf',
      'hasOwnProperty',
    ]) {
      const lenient = await server.get(`Patient?${name}=x`, { prefer: 'handling=lenient' })
      expect([name, lenient.body.total]).toEqual([name, 3])
      expect(linkOf(lenient.body, 'self')).toBe(`${server.fhir}/Patient`)
      const strict = await server.get(`Patient?${name}=x`, { prefer: 'return=minimal; handling=strict' })
      expect([name, refusal(strict)]).toEqual([name, [400, 'not-supported']])
    }
    expect((await server.get('Patient?gender=&name=,', { prefer: 'handling=strict' })).status).toBe(200)
    expect(
      (await server.get('Patient?_format=json&_pretty=true', { prefer: 'handling=strict' })).status,
    ).toBe(200)
  })

  test('SRCH-04 _id is exact', async () => {
    expect(await server.ids('Patient?_id=ana')).toEqual(['ana'])
    expect(await server.ids('Patient?_id=ana,bo,nobody')).toEqual(['ana', 'bo'])
    expect(await server.ids('Patient?_id=ANA')).toEqual([])
    expect(await server.ids('Patient?_id=an')).toEqual([])
    expect(await server.ids('Patient?_id=ana&_id=bo')).toEqual([])
    expect(refusal(await server.get('Patient?_id:exact=ana'))).toEqual([400, 'not-supported'])
  })

  test('SRCH-15 what would widen the answer if it were left out is refused, even leniently', async () => {
    for (const name of [
      '_filter',
      '_text',
      '_content',
      '_list',
      '_query',
      '_type',
      '_has',
      'near',
      '_containedType',
    ]) {
      const answer = await server.get(`Patient?${name}=x`, { prefer: 'handling=lenient' })
      expect([name, refusal(answer)]).toEqual([name, [400, 'not-supported']])
    }
    expect(refusal(await server.get('Patient?_contained=true'))).toEqual([400, 'not-supported'])
    expect((await server.get('Patient?_contained=false')).body.total).toBe(3)
  })

  test('SRCH-15 _tag, _profile and _security', async () => {
    const meta = {
      profile: ['http://example.org/p'],
      tag: [{ system: 'urn:t', code: 'x' }],
      security: [{ code: 'R' }],
    }
    await server.store([
      { resourceType: 'Location', id: 'l', meta },
      { resourceType: 'Location', id: 'm' },
    ])
    for (const query of ['_tag=urn:t|x', '_tag=x', '_profile=http://example.org/p', '_security=R']) {
      expect([query, await server.ids(`Location?${query}`)]).toEqual([query, ['l']])
    }
    expect(await server.ids('Location?_tag:not=x')).toEqual(['m'])
    expect(await server.ids('Location?_profile:missing=true')).toEqual(['m'])
  })
})

describe('REST-14 what goes wrong is told', () => {
  test.for([
    ['GET', '', 404, 'not-found'],
    ['GET', '/', 404, 'not-found'],
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
    ['POST', '/Patient', 405, 'not-supported'],
    ['PUT', '/Patient/ana', 405, 'not-supported'],
    ['PATCH', '/Patient/ana', 405, 'not-supported'],
    ['DELETE', '/Patient/ana', 405, 'not-supported'],
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
    const refused = async (query: string) => refusal(await posted([...new URLSearchParams(query)]))
    expect(await refused('name=a&'.repeat(101))).toEqual([400, 'too-costly'])
    expect((await posted([...new URLSearchParams('name=a&'.repeat(100))])).status).toBe(200)
    expect(await refused(`_id=${'a,'.repeat(501)}`)).toEqual([400, 'too-costly'])
    expect((await posted({ _id: 'a,'.repeat(500) })).status).toBe(200)
    expect(await refused(`gender=${'a,'.repeat(450)}&`.repeat(5))).toEqual([400, 'too-costly'])
    expect(await refused(`identifier=${'a'.repeat(2001)}`)).toEqual([400, 'too-costly'])
    const deep = await server.send('ValueSet/_search', {
      method: 'POST',
      body: `url:above=${Array.from({ length: 30 }, () => `a:${'/'.repeat(1990)}`).join(',')}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(refusal(deep)).toEqual([400, 'too-costly'])
    expect((await posted({ name: ','.repeat(20_000) })).status).toBe(200)
  })

  test('REST-20 without a token, with a bad one, or with one too many', async () => {
    const challenge = `Bearer realm="Lanyard", resource_metadata="${server.url}/.well-known/oauth-protected-resource/fhir"`
    for (const path of ['/Patient/ana', '/Bogus', '', '/Patient/%zz', '/metadata/x', '/Patient?_count=x']) {
      const bare = await answerOf(await fetch(`${server.fhir}${path}`))
      expect([path, refusal(bare)]).toEqual([path, [401, 'login']])
      expect(bare.headers.get('www-authenticate')).toBe(challenge)
    }
    for (const authorization of ['Bearer nonsense', 'Bearer a.b.c']) {
      const bad = await server.get('Patient/ana', { authorization })
      expect(refusal(bad)).toEqual([401, 'login'])
      expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    for (const authorization of ['Basic eDp5', 'Bearer', 'Bearer a b', server.token]) {
      const none = await server.get('Patient/ana', { authorization })
      expect([authorization, none.status]).toEqual([authorization, 401])
    }
    expect(refusal(await server.get(`Patient/ana?access_token=${server.token}`))).toEqual([400, 'security'])
    const inQuery = await fetch(`${server.fhir}/Patient/ana?access_token=${server.token}`)
    expect(inQuery.status).toBe(400)
    expect(refusal(await posted({ access_token: server.token }))).toEqual([400, 'security'])
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
