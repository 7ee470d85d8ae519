import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizationRequest, formOf } from '../../support/browser-client.ts'
import { freePort } from '../../support/free-port.ts'
import { type Answer, rawRequest, registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser, password } from '../../support/users.ts'

const host = 'auth.example.org'
const ehr = 'https://ehr.example.org'

/** A server behind a proxy that ends TLS and says nothing about it. */
async function behindProxy(environment: Record<string, string>) {
  const port = await freePort()
  const server = await startServer({
    environment: {
      LANYARD_MODE: 'production',
      LANYARD_BASE_URL: `https://${host}`,
      LANYARD_PORT: String(port),
      ...environment,
    },
  })
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
  const app = await registerPublicApp(server, { scope: 'user/*.rs' })
  const door = { url: `http://127.0.0.1:${port}` }
  const ask = async (path: string, more: { cookie?: string; body?: string } = {}): Promise<Answer> => {
    const { cookie = '', body } = more
    return await rawRequest(door, {
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        host,
        accept: 'text/html',
        cookie,
        'content-type': 'application/x-www-form-urlencoded',
      },
      ...(body === undefined ? {} : { body }),
    })
  }
  const address = authorizationRequest(server, app.id, 'user/Patient.rs').address
  return { server, ask, address }
}

const cookiesOf = ({ headers }: Answer) => headers.getSetCookie().map((cookie) => cookie.toLowerCase())
const sentBack = ({ headers }: Answer) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
const pathOf = ({ headers }: Answer) => {
  const { pathname, search } = new URL(headers.get('location') ?? '', `https://${host}`)
  return pathname + search
}

describe.each([
  ['in nobody’s frame', {}, 'lax', "'none'"],
  ['in the frame of an EHR', { LANYARD_FRAME_ANCESTORS: ehr }, 'none', ehr],
])('%s', (_name, environment, sameSite, ancestors) => {
  let place: Awaited<ReturnType<typeof behindProxy>>
  let server: TestServer
  beforeAll(async () => {
    place = await behindProxy(environment)
    server = place.server
  })
  afterAll(() => server.close())

  test('SEC-06, AUTHZ-17 people sign in, by https alone, with cookies that go as far as they must', async () => {
    const { ask, address } = place
    const begun = await ask(address)
    const page = await ask(pathOf(begun), { cookie: sentBack(begun) })
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${ancestors}`)
    const fields = new URLSearchParams([
      ...formOf({ html: page.text }).hidden,
      ['username', 'ana'],
      ['password', password],
    ])
    const posted = await ask(pathOf(begun), { cookie: sentBack(begun), body: fields.toString() })
    expect(posted.status).toBe(303)
    expect(posted.headers.get('location')).toMatch(/^https:\/\/auth\.example\.org\/oauth2\/authorize\//)
    const resumed = await ask(pathOf(posted), { cookie: sentBack(begun) })
    expect(pathOf(resumed)).toMatch(/^\/sign-in\//)
    const cookies = [...cookiesOf(begun), ...cookiesOf(posted), ...cookiesOf(resumed)]
    expect(cookies.some((cookie) => cookie.startsWith('lanyard_session='))).toBe(true)
    for (const cookie of cookies.filter((one) => !/expires=thu, 01 jan 1970/.test(one))) {
      expect(cookie).toContain('; secure')
      expect(cookie).toContain('; httponly')
      if (!cookie.startsWith('lanyard_device')) expect(cookie).toContain(`; samesite=${sameSite}`)
      expect(cookie.includes('; partitioned')).toBe(
        sameSite === 'none' && !cookie.startsWith('lanyard_device'),
      )
    }
  })
})
