import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MINUTE } from '../../../src/lib/time.ts'
import { authorizationRequest, createBrowser, type Visit } from '../../support/browser-client.ts'
import { authorize, exchange, flightOf, goOn, pageOf, putRecords } from '../../support/launch.ts'
import { introspect, rawRequest, registerBackend, registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser, password } from '../../support/users.ts'
import { expectTold } from './answers.ts'

let server: TestServer
let app: { id: string }
beforeAll(async () => {
  server = await startServer()
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
  app = await registerPublicApp(server, {
    scope: 'patient/*.rs',
    allowed_origins: ['https://app.example.org'],
  })
})
afterAll(() => server.close())

const scope = 'launch/patient patient/Patient.rs'
const path = '/oauth2/authorize'
const html = { accept: 'text/html' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe('a posted request', () => {
  test('AUTHZ-01 means the same as one by GET', async () => {
    const browser = createBrowser(server)
    const request = authorizationRequest(server, app.id, scope)
    const first = await browser.ask(path, { method: 'POST', body: request.parameters })
    const { end, pages, answer } = await goOn(browser, request, await browser.follow(first), {
      username: 'ana',
    })
    expect(pages).toEqual(['sign-in', 'consent'])
    expect(end.location).toContain('https://app.example.org/callback?')
    expect((await exchange(server, app, { request, answer })).status).toBe(200)
    const wrong = new URLSearchParams([...request.parameters, ['aud', 'https://evil.example']])
    const visit = await browser.open(
      (await browser.ask(path, { method: 'POST', body: wrong })).location ?? '',
    )
    await expectTold(server, visit, 'invalid_request', { reason: 'parameter-repeated' })
  })

  test('AUTHZ-01 may have some parameters in its address, but none twice', async () => {
    const { parameters } = authorizationRequest(server, app.id, scope)
    parameters.delete('client_id')
    const browser = createBrowser(server)
    const to = `${path}?client_id=${app.id}`
    const page = await browser.follow(await browser.ask(to, { method: 'POST', body: parameters }))
    expect(pageOf(page)).toBe('sign-in')
    const twice = await browser.ask(`${to}&state=x`, { method: 'POST', body: parameters })
    expect((await browser.follow(twice)).location).toContain('error=invalid_request')
  })

  test('AUTHZ-01, SEC-06 from another site, the session is still there after the redirect', async () => {
    const { browser } = await authorize(server, app, { scope, username: 'ana' })
    const { parameters } = authorizationRequest(server, app.id, scope, { prompt: 'none' })
    // Browsers leave Lax cookies out of this one, and send them with the next.
    const posted = await rawRequest(server, {
      method: 'POST',
      path,
      headers: { ...form, ...html, origin: 'https://ehr.example.org', 'sec-fetch-site': 'cross-site' },
      body: parameters.toString(),
    })
    expect(posted.status).toBe(303)
    expect(posted.headers.get('set-cookie')).toBeNull()
    const location = posted.headers.get('location') ?? ''
    expect(new URL(location, server.url).href).toBe(`${server.url}${path}?${parameters}`)
    expect((await browser.ask(location)).location).toContain('code=')
  })

  test('AUTHZ-11 32 kB of scopes work, up to the last of them', async () => {
    const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
    const many = Array.from({ length: 340 }, (_, n) => `patient/Observation.rs?category=${category}|${n}`)
    expect(many.join(' ').length).toBeGreaterThan(32_000)
    const browser = createBrowser(server)
    const request = authorizationRequest(server, app.id, ['launch/patient', ...many].join(' '))
    const first = await browser.ask(path, { method: 'POST', body: request.parameters })
    const way = await goOn(browser, request, await browser.follow(first), { username: 'ana' })
    const { body } = await exchange(server, app, way)
    expect(body.scope).toBe(['launch/patient', ...many].join(' '))
    const all = await registerBackend(server, { introspects_all: true })
    expect((await introspect(server, all, String(body.access_token))).body.scope).toBe(body.scope)
  })

  test('AUTHZ-11 more than 500 scopes of data are refused, 64 kB are not read', async () => {
    const browser = createBrowser(server)
    const post = async (asked: string) => {
      const { parameters } = authorizationRequest(server, app.id, asked)
      return await browser.ask(path, { method: 'POST', body: parameters })
    }
    const codes = Array.from({ length: 501 }, (_, n) => `patient/Observation.rs?code=x|${n}`)
    const enough = await browser.follow(await post(codes.slice(1).join(' ')))
    expect(pageOf(enough)).toBe('sign-in')
    await expectTold(server, await post(codes.join(' ')), 'invalid_scope', { reason: 'scope-too-many' })
    expect((await post('x'.repeat(65_536))).status).toBe(413)
  })

  test('what is not a form is not read', async () => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain', '']) {
      const answer = await rawRequest(server, {
        method: 'POST',
        path,
        headers: { ...html, 'content-type': type },
        body: '{}',
      })
      expect(answer.status).toBe(400)
      expect(answer.headers.get('location')).toBeNull()
    }
  })
})

describe('other methods and other addresses', () => {
  test('AUTHZ-01 GET and POST (and HEAD, which is GET without the body) are all that there is', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const answer = await rawRequest(server, { method, path, headers: html })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
      const resume = await rawRequest(server, { method, path: `${path}/x`, headers: html })
      expect([resume.status, resume.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
    expect((await rawRequest(server, { method: 'POST', path: `${path}/x`, headers: form })).status).toBe(405)
  })

  test('a way that nobody has begun is a page, wherever one tries to enter it', async () => {
    for (const address of [`${path}/x`, `${path}/`, '/sign-in/x', `${path}/../token`]) {
      const visit = await createBrowser(server).ask(address)
      expect([400, 404, 405]).toContain(visit.status)
      expect(visit.location).toBeUndefined()
    }
    const unknown = await createBrowser(server).ask(`${path}/x`)
    expect(unknown.html).toContain('This page has closed')
  })

  test('CORS-04 no script of another origin reads anything here, not even of the app itself', async () => {
    const { address } = authorizationRequest(server, app.id, scope)
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const answer = await rawRequest(server, {
        method,
        path: method === 'POST' ? path : address,
        headers: {
          ...form,
          origin: 'https://app.example.org',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
        ...(method === 'POST' && { body: address.split('?')[1] ?? '' }),
      })
      const cors = [...answer.headers.keys()].filter((name) => name.startsWith('access-control'))
      expect(cors).toEqual([])
    }
  })
})

describe('headers', () => {
  const headersOf = ({ headers }: Visit) =>
    Object.fromEntries(
      ['cache-control', 'referrer-policy', 'content-security-policy', 'x-content-type-options'].map(
        (name) => [name, headers.get(name)],
      ),
    )

  test('AUTHZ-17 of the pages: nobody keeps them, frames them, or learns where one came from', async () => {
    const browser = createBrowser(server)
    const request = authorizationRequest(server, app.id, scope, { prompt: 'consent' })
    const signIn = await browser.open(request.address)
    const consent = await browser.submit(signIn, { username: 'ana', password })
    expect([pageOf(signIn), pageOf(consent)]).toEqual(['sign-in', 'consent'])
    for (const page of [signIn, consent]) {
      expect(headersOf(page)).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      const policy = page.headers.get('content-security-policy')
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("form-action 'self' https:")
      expect(policy).not.toContain('unsafe')
    }
  })

  test('AUTHZ-17 of the redirects: 303, not kept, and without a referrer', async () => {
    const browser = createBrowser(server)
    const begun = await browser.ask(authorizationRequest(server, app.id, scope).address)
    const posted = await browser.ask(begun.location ?? '', { method: 'POST', body: new URLSearchParams() })
    expect(posted.status).toBe(403)
    const { end } = await authorize(server, app, { scope, username: 'ana' })
    for (const visit of [begun, end]) {
      expect(visit.status).toBe(303)
      expect(headersOf(visit)).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      })
    }
  })

  test('SEC-06 cookies are out of reach of scripts and other sites, each as far as it has to go', async () => {
    const { browser, end } = await authorize(server, app, { scope, username: 'ana' })
    const begun = await browser.ask(authorizationRequest(server, app.id, scope, { prompt: 'login' }).address)
    const cookies = [...begun.headers.getSetCookie(), ...end.headers.getSetCookie()]
    expect(cookies.length).toBeGreaterThan(4)
    for (const cookie of cookies.map((one) => one.toLowerCase())) {
      expect(cookie).toContain('; httponly')
      expect(cookie).toContain('; samesite=lax')
      expect(cookie).not.toContain('domain=')
    }
    const uid = begun.location?.split('/').at(-1)
    const step = cookies.filter((cookie) => cookie.startsWith('lanyard_step'))
    for (const cookie of step) expect(cookie).toContain(`path=/sign-in/${uid}`)
  })
})

describe('a crowd of strangers', () => {
  test('SEC-07 after 600 requests in a minute a network waits; who is signed in does not', async () => {
    server.clock.advance(MINUTE)
    const { browser } = await authorize(server, app, { scope, username: 'ana' })
    const { address } = authorizationRequest(server, 'nobody', scope)
    const strangers = async (count: number) => {
      const statuses: number[] = []
      for (let n = 0; n < count; n++) statuses.push((await rawRequest(server, { path: address })).status)
      return statuses
    }
    expect(new Set(await strangers(599))).toEqual(new Set([400]))
    const visit = await createBrowser(server).ask(address)
    expect(visit.status).toBe(429)
    expect(visit.headers.get('retry-after')).toBe('60')
    const { end } = await authorize(server, app, { scope, browser })
    expect(end.location).toContain('code=')
    expect((await flightOf(server, end)).flight.outcome).toBe('done')
    server.clock.advance(MINUTE)
    expect(await strangers(1)).toEqual([400])
  })
})
