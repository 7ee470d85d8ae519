import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { en } from '../../src/pages/words/en.ts'
import { certificate } from '../support/certificate.ts'
import { type AssertionChanges, ecKey, rsaKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { type Backend, registerBackend, requestToken, token } from '../support/oauth.ts'
import { noon, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { linksOf, startProduction, visit } from './pages.ts'

let server: TestServer
let backend: Backend
beforeAll(async () => {
  server = await startServer()
  backend = await registerBackend(server, { client_id: 'nightly', scope: 'system/Patient.rs' }, ecKey('k1'))
})
afterAll(() => server.close())

const now = noon / 1000
const { assertion, scopes: scopeWords, token: tokenWords, keys: keyWords } = en.developer

/** What a tool answers to a form. */
async function paste(path: string, fields: Record<string, string>, at = server): Promise<string> {
  const answer = await fetch(`${at.url}${path}`, {
    method: 'POST',
    headers: { accept: 'text/html' },
    body: new URLSearchParams(fields),
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return await answer.text()
}

const plain = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&#34;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')

describe('the start page', () => {
  test.each(['browser', 'server', 'server-key', 'native', 'backend'])(
    'the quick start for %s has the real values of this server, and no hole is left',
    async (kind) => {
      const { text: html } = await visit(server, `/developer?kind=${kind}`)
      expect(html).toContain(kind === 'server-key' ? `${server.url}/oauth2/token` : server.fhir)
      expect(html).not.toContain('{{')
      expect(html).toContain('your-client-id')
    },
  )

  test('it says what discovery says, in both languages', async () => {
    const { text: html } = await visit(server, '/developer?lang=es')
    expect(html).toContain('lang="es"')
    expect(html).toContain(`${server.fhir}/.well-known/smart-configuration`)
    expect(html).toContain('client-confidential-asymmetric')
  })
})

describe('the scope explainer', () => {
  const explain = async (scope: string, client = '', at = server) =>
    plain((await visit(at, `/developer/tools/scopes?${new URLSearchParams({ scope, client })}`)).text)

  test('SCOPE-08 a granular scope: the words of the consent page, and what it opens', async () => {
    const html = await explain('patient/Observation.rs?category=laboratory')
    expect(html).toContain('Lab results')
    expect(html).toContain('in the record of the patient in context, only where category=laboratory')
    expect(html).toContain(scopeWords.fine)
    expect(html).not.toContain(scopeWords.refused)
  })

  test('AUTHZ-12 a scope that nobody could get says why', async () => {
    const html = await explain('patient/Nonsense.rs')
    expect(html).toContain(scopeWords.refused)
    expect(html).toContain('Nonsense')
  })

  test('AUTHZ-18 held against an app: not registered, and for backend services only', async () => {
    const html = await explain('system/Patient.rs patient/Observation.rs', 'nightly')
    expect(html).toContain('it is for backend services')
    expect(html).toContain('not all of it is registered for this app')
  })

  test('in production a stranger learns of no app whether there is one', async () => {
    const production = await startProduction()
    try {
      await registerBackend(production, { client_id: 'nightly' })
      const there = await explain('system/Patient.rs', 'nightly', production)
      const absent = await explain('system/Patient.rs', 'nobody', production)
      expect(there).toContain(scopeWords.appUnknown)
      expect(there.replaceAll('nightly', 'nobody')).toBe(absent)
    } finally {
      await production.close()
    }
  })
})

describe('the token inspector', () => {
  test('a live token: good, with each claim told; after its end it is not', async () => {
    const access = await token(server, backend)
    const html = plain(await paste('/developer/tools/token', { token: access }))
    expect(html).toContain(tokenWords.active)
    expect(html).toContain('system/Patient.rs')
    expect(html).toContain(tokenWords.meanings.gid)
    server.clock.advance(301_000)
    try {
      expect(plain(await paste('/developer/tools/token', { token: access }))).toContain(tokenWords.expired)
    } finally {
      server.clock.advance(-301_000)
    }
  })

  test('OIDC-07 a foreign JWT is shown and called no access token; other text is no token at all', async () => {
    const foreign = signAssertion(server, 'nightly', backend.key)
    expect(plain(await paste('/developer/tools/token', { token: foreign }))).toContain(tokenWords.other)
    for (const garbage of ['', 'x', 'a.b.c', 'lat_nothing', '<script>.b.c']) {
      expect(plain(await paste('/developer/tools/token', { token: garbage }))).toContain(
        tokenWords.unreadable,
      )
    }
  })

  test('members that are no texts are shown, and break nothing', async () => {
    const none = { toString: 1, valueOf: 1 }
    const odd = signAssertion(server, 'nightly', backend.key, {
      header: { typ: none },
      claims: { exp: none },
    })
    const html = plain(await paste('/developer/tools/token', { token: odd }))
    expect(html).toContain(tokenWords.other)
    expect(html).toContain('{"toString":1,"valueOf":1}')
  })

  test('SEC-05 what a token holds is written as text', async () => {
    const evil = signAssertion(server, 'nightly', backend.key, { claims: { '<img src=x>': '<b>"bold"</b>' } })
    const html = await paste('/developer/tools/token', { token: evil })
    expect(html).not.toContain('<img src=x>')
    expect(html).not.toContain('<b>"bold"</b>')
    expect(html).toContain('&lt;img src=x&gt;')
  })
})

describe('the assertion doctor', () => {
  const examine = async (jws: string, more: Record<string, string> = {}, at = server) =>
    plain(await paste('/developer/tools/assertion', { assertion: jws, ...more }, at))

  test('finds nothing wrong with one that is right, and does not use it up', async () => {
    const right = signAssertion(server, 'nightly', backend.key)
    expect(await examine(right)).toContain(assertion.good)
    const spent = await requestToken(server, backend, { form: withAssertion(right) })
    expect(spent.status).toBe(200)
    const again = await examine(right)
    expect(again).toContain(assertion.bad(1))
    expect(again).toContain(assertion.mend.unused)
  })

  test.each<[keyof typeof assertion.mend, AssertionChanges]>([
    ['algorithm', { header: { alg: 'RS256' } }],
    ['type', { header: { typ: undefined } }],
    ['key-id', { header: { kid: undefined } }],
    ['key', { header: { kid: 'another' } }],
    ['key-url', { header: { jku: 'https://elsewhere.example/jwks' } }],
    ['issuer', { claims: { sub: 'somebody-else' } }],
    ['audience', { claims: { aud: 'https://elsewhere.example/token' } }],
    ['expiry', { claims: { exp: undefined } }],
    ['not-expired', { claims: { exp: now - 10 } }],
    ['not-too-far', { claims: { exp: now + 3600 } }],
    ['issued-at', { claims: { iat: now + 600 } }],
    ['unique-id', { claims: { jti: undefined } }],
    ['signature', { signature: (bytes) => bytes.fill(7, 0, 8) }],
  ])('CAUTH-17 names the planted fault: %s', async (step, changes) => {
    const html = await examine(signAssertion(server, 'nightly', backend.key, changes))
    expect(html).toContain(assertion.bad(1))
    expect(html).toContain(assertion.mend[step])
  })

  test('tells all that is wrong at once, with code whose values are right', async () => {
    const html = await examine(
      signAssertion(server, 'nightly', backend.key, {
        header: { typ: 'at+jwt' },
        claims: { aud: server.fhir, exp: now - 1, jti: 7 },
      }),
    )
    expect(html).toContain(assertion.bad(4))
    for (const step of ['type', 'audience', 'not-expired', 'unique-id'] as const)
      expect(html).toContain(assertion.mend[step])
    expect(html).toContain(`.setAudience('${server.url}/oauth2/token')`)
    expect(html).toContain(".setIssuer('nightly')")
    const right = html.slice(html.indexOf(assertion.right))
    const codes = right.split(/(?=\b(?:JavaScript|Python|Java|C#) Copy)/).slice(1)
    expect(codes.map((code) => code.split(' ')[0])).toEqual(['JavaScript', 'Python', 'Java', 'C#'])
    // Each signs as this client, with this key and algorithm, for this server.
    for (const code of codes)
      for (const value of ['nightly', 'k1', 'ES384', `${server.url}/oauth2/token`])
        expect([code, code.includes(value)]).toEqual([code, true])
  })

  test('an algorithm that is not supported does not hide that the key is unknown; the code has the right one', async () => {
    const fault = { header: { alg: 'RS256', kid: 'nope' } }
    const claims = { sub: 'somebody-else', exp: now + 3600, jti: undefined }
    const html = await examine(signAssertion(server, 'nightly', backend.key, { ...fault, claims }))
    expect(html).toContain(assertion.bad(5))
    for (const step of ['algorithm', 'issuer', 'not-too-far', 'unique-id', 'key'] as const)
      expect(html).toContain(assertion.mend[step])
    expect(html).toContain("no active client 'nightly' with the key 'nope' is registered here")
    const right = html.slice(html.indexOf(assertion.right))
    expect(right).toContain("kid: 'k1'")
    expect(right).not.toContain('nope')
    // A client that is not there has neither an id nor a key to repeat.
    const nobody = await examine(signAssertion(server, 'nobody', backend.key, fault))
    const code = nobody.slice(nobody.indexOf(assertion.right))
    for (const value of ['your-client-id', 'your-key-id']) expect(code).toContain(value)
    for (const value of ['nobody', 'nope']) expect(code).not.toContain(value)
  })

  test('CAUTH-07 the issuer as aud is right, and is not called the token endpoint', async () => {
    const html = await examine(signAssertion(server, 'nightly', backend.key, { claims: { aud: server.url } }))
    expect(html).toContain(assertion.good)
    expect(html).toContain('or the issuer, which is accepted too')
  })

  test('members that are no texts and no numbers are mistakes like others', async () => {
    const none = { toString: 1, valueOf: 1 }
    const odd = { header: { typ: none, kid: none }, claims: { exp: none, iat: none, aud: none, jti: none } }
    const html = await examine(signAssertion(server, 'nightly', backend.key, odd))
    for (const step of ['type', 'key-id', 'audience', 'expiry', 'issued-at', 'unique-id', 'key'] as const)
      expect(html).toContain(assertion.mend[step])
  })

  test('what is no JWT is told so, and a client that is not there', async () => {
    expect(await examine('not a token')).toContain(assertion.mend.form)
    expect(await examine(signAssertion(server, 'nobody', backend.key))).toContain(assertion.mend.client)
  })

  test('in production a stranger learns nothing of the registration, and checks with keys of their own', async () => {
    const production = await startProduction()
    try {
      const own = await registerBackend(production, { client_id: 'nightly' }, rsaKey('own'))
      const right = signAssertion(production, 'nightly', own.key)
      const known = await examine(right, {}, production)
      expect(known).toContain(assertion.open)
      const forged = signAssertion(production, 'nightly', own.key, { signature: (bytes) => bytes.fill(1) })
      expect(await examine(forged, {}, production)).toContain(assertion.open)
      const unknown = signAssertion(production, 'nightly', own.key, { header: { alg: 'RS256', kid: 'nope' } })
      const told = await examine(unknown, {}, production)
      expect(told).not.toContain(assertion.mend.key)
      expect(told.slice(told.indexOf(assertion.right))).not.toMatch(/'own'|'nope'/)
      const keys = JSON.stringify({ keys: [own.key.jwk] })
      expect(await examine(right, { keys }, production)).not.toContain(assertion.bad(1))
      expect(await examine(forged, { keys }, production)).toContain(assertion.mend.signature)
      const alone = await examine(unknown, { keys: JSON.stringify(own.key.jwk) }, production)
      expect(alone).toContain(assertion.mend.key)
      expect(alone.slice(alone.indexOf(assertion.right))).toContain("kid: 'own'")
    } finally {
      await production.close()
    }
  })

  test('CAUTH-16 keys that hold a private part are refused with a sentence', async () => {
    const burnt = { ...backend.key.jwk, d: 'the-private-part' }
    for (const keys of [burnt, { keys: [burnt] }].map((value) => JSON.stringify(value))) {
      const html = await examine(signAssertion(server, 'nightly', backend.key), { keys })
      expect(html).toContain('A private key was given. Consider it exposed')
      expect(html).not.toContain('the-private-part')
    }
    expect(await examine('a.b.c', { keys: 'no json' })).toContain('it is not JSON')
  })
})

describe('keys', () => {
  test('CAUTH-11 a certificate becomes the JWKS that would be registered; other text a sentence', async () => {
    const { privateKey } = rsaKey()
    const pem = certificate(privateKey, noon, noon + 86_400_000, 'Northwind')
    const html = plain(await paste('/developer/tools/keys', { certificate: pem }))
    expect(html).toContain('CN=Northwind')
    expect(html).toContain('"kty": "RSA"')
    expect(html).not.toContain('"d":')
    const wrong = plain(await paste('/developer/tools/keys', { certificate: 'nothing' }))
    expect(wrong).toContain(keyWords.wrong('').slice(0, 30))
  })
})

describe('the API explorer', () => {
  const page = async (path: string) =>
    await (await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } })).text()
  const openApi = async (query: string) =>
    (await (await fetch(`${server.url}/developer/openapi.json${query}`)).json()) as {
      paths: Record<
        string,
        { post?: { requestBody?: { content: Record<string, { example: { resourceType: string } }> } } }
      >
      components: { securitySchemes: Record<string, object> }
    }

  test('REST-01 the OpenAPI document is of this server; of one type, or of all', async () => {
    const one = await openApi('?type=Observation')
    expect(one).toMatchObject({ openapi: '3.1.0', servers: [{ url: server.fhir }] })
    expect(Object.keys(one.paths)).toContain('/Observation/{id}')
    expect(Object.keys(one.paths)).not.toContain('/Patient/{id}')
    const all = await openApi('')
    expect(Object.keys(all.paths)).toContain('/ValueSet/{id}')
    // Every type has an example of its own, to be sent as it stands.
    const creates = Object.entries(all.paths).filter(([path, { post }]) => /^\/[A-Z]\w+$/.test(path) && post)
    expect(creates.length).toBeGreaterThan(140)
    for (const [path, { post }] of creates)
      expect(post?.requestBody?.content['application/fhir+json']?.example.resourceType).toBe(path.slice(1))
  })

  test('a call takes an API key in place of a person who signs in', async () => {
    const { components } = await openApi('?type=Patient')
    expect(components.securitySchemes.apiKey).toEqual({ type: 'apiKey', in: 'header', name: 'x-api-key' })
    const owner = await addUser(server.house, { roles: ['clinician'], patients: 'all' })
    const asked = { name: 'Explorer', scope: 'user/Patient.rs', addresses: [], expires_in_days: 1 }
    const { secret } = await server.house.apiKeys.add(asked, { kind: 'user', id: owner.id }, owner.roles)
    const call = (method: string, path: string) =>
      fetch(`${server.fhir}${path}`, { method, headers: { 'x-api-key': secret } })
    expect((await call('GET', '/Patient')).status).toBe(200)
    const refused = await call('GET', '/Observation')
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({
        resourceType: 'OperationOutcome',
        issue: [expect.objectContaining({ diagnostics: expect.stringContaining('user/Observation.s') })],
      }),
    ])
  })

  test('its calls are a page without any script of its own, each with a command line that works', async () => {
    const html = await page('/developer/explorer?type=Observation')
    expect(Buffer.byteLength(html)).toBeLessThan(100_000)
    expect(linksOf(html).filter((href) => href.includes('swagger'))).toEqual([])
    const text = plain(html)
    for (const said of ['GET /Observation', 'PATCH /Observation/{id}', '"resourceType": "Observation"'])
      expect(text).toContain(said)
    const [, address = ''] = /curl -H "Authorization: Bearer \$TOKEN" "([^"]*Observation)"/.exec(text) ?? []
    const client = await registerBackend(server, { scope: 'system/Observation.rs' })
    const authorization = `Bearer ${await token(server, client, { scope: 'system/Observation.rs' })}`
    const answer = await fetch(address, { headers: { authorization } })
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({ resourceType: 'Bundle' }),
    ])
    expect(await page('/developer/explorer?lang=es')).toContain('Línea de comandos')
  })

  test('its files come from this server, compressed; nothing else is below its address', async () => {
    const addresses = linksOf(await page('/developer/explorer/try')).filter((href) =>
      /^\/developer\/explorer\/.*\.[0-9a-f]{12}\./.test(href),
    )
    expect(addresses).toHaveLength(3)
    for (const address of addresses) {
      const { status, headers } = await fetch(`${server.url}${address}`)
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      expect([address, headers.get('content-encoding')]).toEqual([
        address,
        address.includes('explorer.') ? null : 'gzip',
      ])
      expect((await fetch(`${server.url}${address.replace(/[0-9a-f]{12}/, '0'.repeat(12))}`)).status).toBe(
        404,
      )
    }
    // Named by another file of the library, so that it has no hash.
    expect((await fetch(`${server.url}/developer/explorer/oauth2-redirect.html`)).status).toBe(200)
    const { status } = await visit(server, '/developer/explorer/..%2f..%2fpackage.json')
    expect(status).toBe(404)
    expect((await visit(server, '/developer/explorer/package.json')).status).toBe(404)
  })
})
