import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerPublicApp } from '../../support/oauth.ts'
import { type FhirServer, fhirServer } from './fhir-server.ts'

const known = 'https://app.example.org'
const stranger = 'https://elsewhere.example.org'
let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([{ resourceType: 'Patient', id: 'ana' }])
  await registerPublicApp(server, { allowed_origins: [known] })
})
afterAll(() => server.close())

/** Asks as a browser does that runs a page of `origin`. */
function ask(path: string, origin: string, init: RequestInit = {}): Promise<Response> {
  const headers = { origin, authorization: `Bearer ${server.token}`, ...(init.headers as object) }
  return fetch(`${server.fhir}/${path}`, { ...init, headers })
}

const allowed = (response: Response) => response.headers.get('access-control-allow-origin')

test('CORS-01 metadata is for every origin', async () => {
  for (const origin of [known, stranger, 'null']) {
    const response = await fetch(`${server.fhir}/metadata`, { headers: { origin } })
    expect([origin, response.status, allowed(response)]).toEqual([origin, 200, '*'])
  }
  const wrong = await fetch(`${server.fhir}/metadata?_format=xml`, { headers: { origin: stranger } })
  expect([wrong.status, allowed(wrong)]).toEqual([406, '*'])
})

describe('CORS-02 data is for origins that a client registered', () => {
  test.for([
    [known, known],
    [stranger, null],
    ['null', null],
    [`${known}.evil.example`, null],
    [`${known}:8443`, null],
    ['http://app.example.org', null],
    ['HTTPS://APP.EXAMPLE.ORG', null],
  ] as const)('CORS-02 %s gets %s', async ([origin, expected]) => {
    for (const path of ['Patient/ana', 'Patient', 'Patient/nobody', 'Bogus', 'Patient?_count=x']) {
      const response = await ask(path, origin)
      expect([path, allowed(response)]).toEqual([path, expected])
      expect(response.headers.get('vary')).toContain('Origin')
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  test('CORS-02 an origin counts from the moment its client is registered, and no longer than it', async () => {
    const late = 'https://late.example.org'
    expect(allowed(await ask('Patient/ana', late))).toBeNull()
    const { id } = await registerPublicApp(server, { allowed_origins: [late] })
    expect(allowed(await ask('Patient/ana', late))).toBe(late)
    await server.house.clients.remove(id)
    expect(allowed(await ask('Patient/ana', late))).toBeNull()
  })
})

describe('CORS-03 a preflight', () => {
  const preflight = (path: string, origin: string) =>
    fetch(`${server.fhir}/${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })

  test('CORS-03 is answered without a token, with what may be sent and read', async () => {
    for (const path of ['Patient/ana', 'Patient', 'Bogus']) {
      const { status, headers } = await preflight(path, known)
      expect(status).toBe(204)
      expect(headers.get('access-control-allow-origin')).toBe(known)
      const methods = headers.get('access-control-allow-methods')?.split(', ')
      expect(methods).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
      const sent = headers.get('access-control-allow-headers')?.toLowerCase().split(', ')
      expect(sent).toEqual(
        expect.arrayContaining([
          'authorization',
          'content-type',
          'accept',
          'prefer',
          'if-none-match',
          'x-request-id',
        ]),
      )
      expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0)
    }
  })

  test('CORS-03 of a stranger allows nothing, and that for metadata everybody', async () => {
    const { status, headers } = await preflight('Patient/ana', stranger)
    expect([
      status,
      headers.get('access-control-allow-origin'),
      headers.get('access-control-allow-methods'),
    ]).toEqual([204, null, null])
    const open = await preflight('metadata', stranger)
    expect([open.status, allowed(open)]).toEqual([204, '*'])
  })

  test('CORS-03 answers let a page read what it needs', async () => {
    const response = await ask('Patient/ana', known)
    const exposed = response.headers.get('access-control-expose-headers')?.toLowerCase()
    for (const name of [
      'etag',
      'last-modified',
      'www-authenticate',
      'location',
      'x-request-id',
      'retry-after',
    ]) {
      expect(exposed).toContain(name)
    }
  })
})

test('CORS-04 errors carry the headers too', async () => {
  const noToken = await fetch(`${server.fhir}/Patient/ana`, { headers: { origin: known } })
  const cases: [Response, number][] = [
    [noToken, 401],
    [await ask('Patient/ana', known, { headers: { authorization: 'Bearer x' } }), 401],
    [await ask('Patient/nobody', known), 404],
    [await ask('Patient/ana', known, { method: 'POST' }), 405],
    [await ask('Patient/ana', known, { headers: { accept: 'text/html' } }), 406],
    [await ask('Patient?_count=x', known), 400],
    [await ask('Patient/ana', known, { headers: { 'if-none-match': '*' } }), 304],
  ]
  for (const [response, status] of cases) {
    expect([response.status, allowed(response)]).toEqual([status, known])
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  }
})
