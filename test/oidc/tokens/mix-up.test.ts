import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import { signAssertion, withAssertion } from '../../support/client-keys.ts'
import {
  type App,
  type Clinic,
  clinic,
  code,
  expectError,
  launched,
  redeem,
  refresh,
  registerApp,
  signedIn,
  works,
} from './clinic.ts'

// An app that is registered at two servers, one of which may be an attacker's.
let honest: Clinic
let other: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  honest = await clinic()
  other = await clinic()
  ana = await signedIn(honest)
  app = await registerApp(honest)
  await registerApp(other, 'public', { client_id: app.id })
})
afterAll(async () => {
  await honest.close()
  await other.close()
})

test('AUTHZ-08 the answer says which server it is from (RFC 9207)', async () => {
  const { answer } = await code(honest, app, { browser: ana })
  expect(answer.iss).toBe(honest.url)
})

describe('an app whose library thinks it talks to the other server', () => {
  test('AUTHZ-08 does not hand the code over: iss is not what it expects', async () => {
    const { end, request } = await code(honest, app, { browser: ana })
    const expecting = async (server: Clinic) => {
      // The library has the real clock.
      const skew = { [client.clockSkew]: Math.round((server.clock.now - Date.now()) / 1000) }
      const config = await client.discovery(new URL(server.url), app.id, skew, client.None(), {
        execute: [client.allowInsecureRequests],
      })
      return await client.authorizationCodeGrant(config, new URL(String(end.location)), {
        pkceCodeVerifier: request.verifier,
        expectedState: 'a state',
      })
    }
    await expect(expecting(other)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/iss/) },
    })
    expect(await expecting(honest)).toMatchObject({ patient: 'ana', token_type: 'bearer' })
  })
})

describe('what one server issued is worth nothing at the other', () => {
  test('TOK-06 a code: refused there, and still good here', async () => {
    const way = await code(honest, app, { browser: ana })
    expectError(await redeem(other, app, way), 'invalid_grant')
    expect((await redeem(honest, app, way)).status).toBe(200)
  })

  test('REFR-06 a refresh token: refused there, and still good here', async () => {
    const { token } = await launched(honest, app, { browser: ana })
    expectError(await refresh(other, app, token.body.refresh_token), 'invalid_grant')
    expect((await refresh(honest, app, token.body.refresh_token)).status).toBe(200)
  })

  test('SEC-04 an access token', async () => {
    const { token } = await launched(honest, app, { browser: ana })
    expect(await works(other, token.body.access_token)).toBe(false)
    expect(await works(honest, token.body.access_token)).toBe(true)
  })

  test('CAUTH-07 an assertion that was made for the other', async () => {
    const keyed = await registerApp(honest, 'private_key_jwt')
    const way = await code(honest, keyed, { browser: ana })
    if (keyed.key === undefined) throw new Error('no key')
    const foreign = withAssertion(signAssertion(other, keyed.id, keyed.key))
    expectError(await redeem(honest, keyed, way, foreign), 'invalid_client', 401)
    expect((await redeem(honest, keyed, way)).status).toBe(200)
  })
})

describe('code injection', () => {
  test('TOK-05, AUTHZ-10 a stolen code in the attacker’s own flow has the wrong verifier, and the victim is not hurt', async () => {
    const victim = await code(honest, app, { browser: ana })
    const attacker = await code(honest, app, { username: 'cleo', patient: 'ben' })
    const injected = await redeem(honest, app, { request: attacker.request, answer: victim.answer })
    expectError(injected, 'invalid_grant')
    expect((await redeem(honest, app, victim)).body.patient).toBe('ana')
    expect((await redeem(honest, app, attacker)).body.patient).toBe('ben')
  })

  test('TOK-01 nor does it help to begin the flow with another redirect_uri', async () => {
    const two = await registerApp(honest, 'public', {
      redirect_uris: ['https://app.example.org/callback', 'https://app.example.org/other'],
    })
    const request = { redirect_uri: 'https://app.example.org/other' }
    const victim = await code(honest, two, { browser: ana, request })
    const usual = { redirect_uri: 'https://app.example.org/callback' }
    expectError(await redeem(honest, two, victim, usual), 'invalid_grant')
    expect((await redeem(honest, two, victim)).status).toBe(200)
  })
})
