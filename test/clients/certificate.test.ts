import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { certificate } from '../support/certificate.ts'
import { type ClientKey, ecKey, rsaKey } from '../support/client-keys.ts'
import { auditOf, type Backend, registerBackend, requestToken } from '../support/oauth.ts'
import { noon, startServer, type TestServer } from '../support/server.ts'

const DAY = 24 * 60 * 60 * 1000
const from = noon - DAY
const until = noon + 30 * DAY

let server: TestServer
let rsa: ClientKey
beforeAll(async () => {
  server = await startServer()
  rsa = rsaKey()
})
afterAll(() => server.close())

const withCertificate = (key: ClientKey, metadata: Record<string, unknown> = {}, validity = [from, until]) =>
  registerBackend(
    server,
    { x509: certificate(key.privateKey, ...(validity as [number, number])), ...metadata },
    key,
  )
const withoutKid = { header: { kid: undefined } }

async function expectReason(backend: Backend, changes: object, reason: string): Promise<void> {
  const answer = await requestToken(server, backend, changes)
  expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  expect(await auditOf(server, answer)).toMatchObject({ reason })
}

describe('a client that registered a certificate', () => {
  test('CAUTH-11 signs with its key, whose kid is the thumbprint (R7515 §4.1.8)', async () => {
    for (const key of [rsa, ecKey()]) {
      const pem = certificate(key.privateKey, from, until)
      const kid = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
      const backend = await registerBackend(server, { x509: pem }, key)
      expect((await requestToken(server, backend, { header: { kid } })).status).toBe(200)
      await expectReason(backend, { header: { kid: `${kid}x` } }, 'assertion-kid-unknown')
      await expectReason(
        { ...backend, key: ecKey() },
        { header: { kid, alg: key.alg } },
        'assertion-signature',
      )
    }
  })

  test('CAUTH-13 may leave out kid; a client with inline keys or a JWKS URL may not', async () => {
    const backend = await withCertificate(rsa)
    expect((await requestToken(server, backend, withoutKid)).status).toBe(200)
    await expectReason({ ...backend, key: rsaKey() }, withoutKid, 'assertion-signature')
    await expectReason(await registerBackend(server), withoutKid, 'assertion-kid-missing')
    const byUrl = await registerBackend(server, { jwks_uri: 'https://app.example.org/jwks' })
    await expectReason(byUrl, withoutKid, 'assertion-kid-missing')
  })

  test('CAUTH-13 may be held to kid all the same', async () => {
    const backend = await withCertificate(rsa, { allow_missing_kid: false })
    await expectReason(backend, withoutKid, 'assertion-kid-missing')
  })

  test('BACK-04 may leave out scope and gets all it is registered for; a client with keys may not', async () => {
    const backend = await withCertificate(rsa, { scope: 'system/Patient.rs system/Device.r' })
    const noScope = { form: { scope: undefined } }
    const granted = await requestToken(server, backend, { ...withoutKid, ...noScope })
    expect([granted.status, granted.body.scope]).toEqual([200, 'system/Patient.rs system/Device.r'])
    const asked = await requestToken(server, backend, { ...withoutKid, form: { scope: 'system/Device.r' } })
    expect(asked.body.scope).toBe('system/Device.r')
    const other = await requestToken(server, await registerBackend(server), noScope)
    expect([other.status, other.body.error]).toEqual([400, 'invalid_scope'])
    const nothing = await requestToken(server, await withCertificate(rsa, { scope: '' }), {
      ...withoutKid,
      ...noScope,
    })
    expect([nothing.status, nothing.body.error]).toEqual([400, 'invalid_scope'])
  })

  test('a registered default_scope goes before all it is registered for', async () => {
    const backend = await withCertificate(rsa, { default_scope: 'system/Patient.r' })
    const { body } = await requestToken(server, backend, { ...withoutKid, form: { scope: undefined } })
    expect(body.scope).toBe('system/Patient.r')
  })

  test('R5280 §4.1.2.5 is let in to the last moment of the certificate, and not after it', async () => {
    const backend = await withCertificate(rsa, {}, [noon - DAY, noon])
    expect((await requestToken(server, backend, withoutKid)).status).toBe(200)
    server.clock.now = noon + 1
    await expectReason(backend, withoutKid, 'certificate-expired')
    // What it hears, only the holder of the key hears.
    await expectReason({ ...backend, key: rsaKey() }, withoutKid, 'assertion-signature')
    server.clock.now = noon
  })

  test('R5280 §4.1.2.5 is let in from the first moment of the certificate, and not before it', async () => {
    const backend = await withCertificate(rsa, {}, [noon + DAY, noon + 2 * DAY])
    await expectReason(backend, withoutKid, 'certificate-not-yet-valid')
    server.clock.now = noon + DAY
    expect((await requestToken(server, backend, withoutKid)).status).toBe(200)
    server.clock.now = noon
  })
})

describe('registering a certificate', () => {
  test('what is kept shows whose it is and when it ends, and never more than the certificate', async () => {
    const pem = certificate(rsa.privateKey, from, until, 'Nightly report')
    const leaky = `${rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })}\n${pem}`
    const { id } = await registerBackend(server, { x509: pem })
    expect((await server.house.clients.find(id))?.metadata.x509).toMatchObject({
      subject: 'CN=Nightly report',
      issuer: 'CN=Nightly report',
      not_before: from,
      not_after: until,
      pem,
    })
    const kept = await registerBackend(server, { x509: leaky }).then(
      async ({ id: other }) => JSON.stringify(await server.house.clients.find(other)),
      (error: Error) => error.message,
    )
    expect(kept).not.toMatch(/PRIVATE KEY|"d":/)
  })

  const shortRsa = () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

  /** A day that no calendar has, which its author alone could have signed. */
  const endless = () => {
    const pem = certificate(rsa.privateKey, from, until)
    const der = Buffer.from(pem.replaceAll(/-----.*-----/g, ''), 'base64')
    der.write('99', der.lastIndexOf(timeOf(until)) + 4)
    return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
  }
  const timeOf = (at: number) => new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')

  test.each<[string, () => string, RegExp]>([
    ['one that ends on no day', endless, /until when it is valid/],
    ['no certificate', () => 'nonsense', /PEM form/],
    ['a public key', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /PEM form/],
    ['an RSA key of 1024 bits', () => certificate(shortRsa(), from, until), /shorter than 2048 bits/],
    [
      'a curve that no algorithm of ours has',
      () => certificate(p256(), from, until),
      /neither RS384 nor ES384/,
    ],
  ])('CAUTH-16 %s is refused with a sentence', async (_what, pem, sentence) => {
    // More than once: what is not read but lies in memory is good by chance.
    const given = pem()
    for (let time = 0; time < 5; time += 1)
      await expect(registerBackend(server, { x509: given })).rejects.toThrow(sentence)
  })

  test('CAUTH-11 a certificate beside jwks or jwks_uri is refused', async () => {
    const x509 = certificate(rsa.privateKey, from, until)
    await expect(registerBackend(server, { x509, jwks: { keys: [rsa.jwk] } })).rejects.toThrow(
      /exclude each other/,
    )
    await expect(registerBackend(server, { x509, jwks_uri: 'https://a.example/jwks' })).rejects.toThrow(
      /exclude each other/,
    )
  })
})
