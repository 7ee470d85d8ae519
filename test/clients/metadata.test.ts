import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { importJWK, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { keySet, type PublicKey, publicKey } from '../../src/clients/key-set.ts'
import { type ClientMetadata, metadataSchema } from '../../src/clients/metadata.ts'
import { ecKey, rsaKey } from '../support/client-keys.ts'

const rsa = rsaKey('rsa').jwk
const ec = ecKey('ec').jwk
const curve = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' })

/** A web app with a secret: the least there can be. */
const app = { client_name: 'App', redirect_uris: ['https://app.example.org/callback'] }
const backend = {
  client_name: 'Backend',
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
}

const problems = (input: unknown): string[] =>
  metadataSchema.safeParse(input).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
  []
const read = (input: unknown): ClientMetadata => metadataSchema.parse(input)

describe('DCR-03 defaults', () => {
  test('DCR-03 client_secret_basic, authorization_code, code', () => {
    expect(read(app)).toEqual({
      ...app,
      application_type: 'web',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: '',
      access_token_format: 'jwt',
    })
  })

  test('DCR-03 without authorization_code there is no response type', () => {
    expect(read({ ...backend, jwks: { keys: [ec] } }).response_types).toEqual([])
  })

  test('DCR-03 what was read once reads the same again', () => {
    for (const input of [app, { ...backend, jwks: { keys: [ec, rsa] } }]) {
      expect(read(read(input))).toEqual(read(input))
    }
  })
})

describe('DCR-03 members that go together, or not', () => {
  const keys = { jwks: { keys: [ec] } }
  const url = { jwks_uri: 'https://app.example.org/jwks.json' }

  test.each<[string, object, boolean]>([
    ['private_key_jwt with jwks', { ...backend, ...keys }, true],
    ['private_key_jwt with jwks_uri', { ...backend, ...url }, true],
    ['private_key_jwt with both', { ...backend, ...keys, ...url }, false],
    ['private_key_jwt with neither', backend, false],
    [
      'private_key_jwt for an app with a redirect',
      { ...app, ...keys, token_endpoint_auth_method: 'private_key_jwt' },
      true,
    ],
    ['a secret and jwks', { ...app, ...keys }, false],
    ['a secret and jwks_uri', { ...app, ...url }, false],
    ['nothing and jwks', { ...app, ...keys, token_endpoint_auth_method: 'none' }, false],
    ['a public app', { ...app, token_endpoint_auth_method: 'none' }, true],
    ['CAUTH-02 client_secret_post', { ...app, token_endpoint_auth_method: 'client_secret_post' }, false],
    ['client_secret_jwt', { ...app, token_endpoint_auth_method: 'client_secret_jwt' }, false],
    [
      'BACK-01 client_credentials with a secret',
      { client_name: 'x', grant_types: ['client_credentials'] },
      false,
    ],
    [
      'BACK-01 client_credentials with nothing',
      { client_name: 'x', grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
      false,
    ],
    [
      'both grants with keys',
      {
        ...app,
        ...keys,
        token_endpoint_auth_method: 'private_key_jwt',
        grant_types: ['authorization_code', 'client_credentials'],
      },
      true,
    ],
    [
      'refresh_token beside authorization_code',
      { ...app, grant_types: ['authorization_code', 'refresh_token'] },
      true,
    ],
    ['refresh_token alone', { ...app, grant_types: ['refresh_token'] }, false],
    ['SEC-01 implicit', { ...app, grant_types: ['implicit'] }, false],
    ['SEC-01 password', { ...app, grant_types: ['password'] }, false],
    ['no grant type: it introspects, or has API keys', { ...app, grant_types: [] }, true],
    ['response type code', { ...app, response_types: ['code'] }, true],
    ['SEC-01 response type token', { ...app, response_types: ['token'] }, false],
    ['authorization_code without response type', { ...app, response_types: [] }, false],
    [
      'response type code without authorization_code',
      { ...backend, ...keys, response_types: ['code'] },
      false,
    ],
    ['client_credentials with no response type', { ...backend, ...keys, response_types: [] }, true],
    ['no redirect for authorization_code', { client_name: 'x' }, false],
    ['an empty list of redirects', { ...app, redirect_uris: [] }, false],
    ['a backend service needs no redirect', { ...backend, ...keys, redirect_uris: undefined }, true],
    ['no name', { redirect_uris: app.redirect_uris }, false],
    ['an empty name', { ...app, client_name: '' }, false],
    ['a name with a line break', { ...app, client_name: 'My\nApp' }, false],
    ['a name with an escape sequence', { ...app, client_name: '\u001b[31mApp' }, false],
    ['a name of any script', { ...app, client_name: 'Klinik-App für Ärzte 🩺' }, true],
    ['a name of 201 characters', { ...app, client_name: 'x'.repeat(201) }, false],
    ['a member that nobody knows', { ...app, is_admin: true }, false],
    ['an id in the safe alphabet', { ...app, client_id: 'My.App_1~x-Y' }, true],
    ['CAUTH-02 an id with a colon', { ...app, client_id: 'a:b' }, false],
    ['CAUTH-02 an id with a blank', { ...app, client_id: 'a b' }, false],
    ['CAUTH-02 an id with a percent sign', { ...app, client_id: 'a%20b' }, false],
    ['an empty id', { ...app, client_id: '' }, false],
    ['an id of 101 characters', { ...app, client_id: 'x'.repeat(101) }, false],
    ['no object', 'x' as unknown as object, false],
  ])('DCR-03 %s', (_what, input, good) => {
    expect([problems(input), problems(input).length === 0]).toEqual([good ? [] : expect.any(Array), good])
  })
})

describe('DCR-04 redirect URIs', () => {
  test.each<[string, 'web' | 'native' | 'both' | 'neither']>([
    ['https://app.example.org/callback', 'both'],
    ['https://app.example.org/callback?tenant=1', 'both'],
    ['https://app.example.org:8443/', 'both'],
    ['http://localhost/callback', 'both'],
    ['http://localhost:4000/callback', 'both'],
    ['http://127.0.0.1:4000/callback', 'both'],
    ['http://[::1]:4000/callback', 'both'],
    ['http://app.example.org/callback', 'neither'],
    ['http://127.0.0.2/callback', 'neither'],
    ['http://localhost.example.org/callback', 'neither'],
    ['http://127.0.0.1.example.org/callback', 'neither'],
    ['http://localhost@example.org/callback', 'neither'],
    ['https://user:secret@app.example.org/', 'neither'],
    ['https://app.example.org/callback#fragment', 'neither'],
    ['https://app.example.org/callback#', 'neither'],
    ['https://*.example.org/callback', 'neither'],
    ['https://app.example.org/*', 'neither'],
    ['https://app.example.org\\@evil.example/', 'neither'],
    ['https://app.example.org/ callback', 'neither'],
    ['https://app.example.org/\ncallback', 'neither'],
    ['https://app.example.org/\u0000', 'neither'],
    ['https:app.example.org/callback', 'neither'],
    ['https:/app.example.org/callback', 'neither'],
    ['https:///app.example.org/callback', 'neither'],
    ['//app.example.org/callback', 'neither'],
    ['/callback', 'neither'],
    ['callback', 'neither'],
    ['', 'neither'],
    ['org.example.app:/callback', 'native'],
    ['org.example.app://callback', 'native'],
    ['myapp:/callback', 'neither'],
    ['javascript:alert(1)', 'neither'],
    ['JavaScript:alert(1)//.', 'neither'],
    ['data:text/html,<script>', 'neither'],
    ['file:///etc/passwd', 'neither'],
    ['blob:https://app.example.org/x', 'neither'],
    ['vbscript:x', 'neither'],
    ['about:blank', 'neither'],
    ['ftp://app.example.org/', 'neither'],
    ['ws://app.example.org/', 'neither'],
    ['urn:ietf:wg:oauth:2.0:oob', 'neither'],
    [`https://app.example.org/${'x'.repeat(2000)}`, 'neither'],
  ])('DCR-04 %j is for %s', (uri, kind) => {
    for (const type of ['web', 'native'] as const) {
      const good = kind === 'both' || kind === type
      const found = problems({ ...app, application_type: type, redirect_uris: [uri] })
      expect([type, found.length === 0]).toEqual([type, good])
      if (!good) expect(found[0]).toMatch(/^redirect_uris/)
    }
  })

  test('DCR-04 one bad address among good ones is found; the sentence names it', () => {
    const input = {
      ...app,
      redirect_uris: ['https://a.example/1', 'http://a.example/2', 'https://a.example/3'],
    }
    expect(problems(input)).toEqual([
      'redirect_uris: "http://a.example/2" must begin with https:// (http is for loopback only)',
    ])
  })

  test('DCR-04 launch URIs, none or many, and pages about the app are https too', () => {
    expect(
      problems({ ...app, launch_uris: ['https://a.example/launch', 'http://localhost:1/launch'] }),
    ).toEqual([])
    for (const member of ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'jwks_uri'] as const) {
      expect(problems({ ...app, [member]: 'javascript:alert(1)' })[0]).toMatch(`${member}:`)
      expect(problems({ ...app, [member]: 'http://a.example/' })[0]).toMatch(`${member}:`)
    }
    expect(problems({ ...app, launch_uris: ['org.example.app:/launch'] })).toHaveLength(1)
  })

  test.each<[string, boolean]>([
    ['https://app.example.org', true],
    ['http://localhost:4000', true],
    ['https://app.example.org/', false],
    ['https://app.example.org:443', false],
    ['https://APP.example.org', false],
    ['http://app.example.org', false],
    ['https://app.example.org/path', false],
    ['null', false],
    ['*', false],
    ['https://*.example.org', false],
  ])('CORS-02 the origin %s: %s', (origin, good) => {
    expect(problems({ ...app, allowed_origins: [origin] }).length === 0).toBe(good)
  })
})

describe('CAUTH-16 keys', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  const withSecret = (member: string) => ({ ...ec, [member]: 'AAAA' })

  test.each<[string, unknown, RegExp | undefined]>([
    ['RSA', rsa, undefined],
    ['EC P-384', ec, undefined],
    ['EC P-256, which may stand beside a usable one', { ...curve('prime256v1'), kid: 'x' }, undefined],
    ['with use sig and alg', { ...ec, use: 'sig', alg: 'ES384' }, undefined],
    ['with members that nobody knows', { ...ec, x5t: 'x', key_ops: ['verify'] }, undefined],
    ['no kid', { ...ec, kid: undefined }, /kid/],
    ['empty kid', { ...ec, kid: '' }, /kid/],
    ['kid no text', { ...ec, kid: 1 }, /kid/],
    ['no kty', { ...ec, kty: undefined }, /./],
    ['symmetric', { kty: 'oct', k: 'AAAA', kid: 'x' }, /private member "k"/],
    ['symmetric without its secret', { kty: 'oct', kid: 'x' }, /./],
    ['OKP', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'x' }, /./],
    ['RSA without n', { ...rsa, n: undefined }, /n/],
    ['RSA without e', { ...rsa, e: undefined }, /e/],
    ['EC without crv', { ...ec, crv: undefined }, /crv/],
    ['EC without y', { ...ec, y: undefined }, /y/],
    ['EC of a curve that FHIR has not heard of', { ...curve('secp256k1'), kid: 'x' }, /./],
    ['EC whose point is not on the curve', { ...ec, y: ec.x }, /not a key that exists/],
    [
      'EC of another curve than it says',
      { ...curve('prime256v1'), crv: 'P-384', kid: 'x' },
      /not a key that exists/,
    ],
    ['RSA of 1024 bits', { ...short, kid: 'x' }, /shorter than 2048 bits/],
    [
      'RSA of 1024 bits with zeros before it',
      { ...rsa, n: 'A'.repeat(200) + short.n },
      /shorter than 2048 bits/,
    ],
    ['RSA whose exponent is 1: everybody can sign', { ...rsa, e: 'AQ' }, /exponent/],
    ['RSA whose exponent is even', { ...rsa, e: 'Ag' }, /exponent/],
    ['padded base64', { ...rsa, e: 'AQAB=' }, /base64url/],
    ['for encryption', { ...ec, use: 'enc' }, /use/],
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map(
      (member) =>
        [`the private member ${member}`, withSecret(member), new RegExp(`private member "${member}"`)] as [
          string,
          unknown,
          RegExp,
        ],
    ),
    ['null', null, /./],
    ['text', 'x', /./],
  ])('CAUTH-16 %s', (_what, key, problem) => {
    const result = publicKey.safeParse(key)
    if (problem === undefined) expect(result.success).toBe(true)
    else
      expect(
        result.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '),
      ).toMatch(problem)
  })

  test('CAUTH-16 the sentence about a private key does not repeat it', () => {
    const { jwk, privateKey } = ecKey()
    const d = String(privateKey.export({ format: 'jwk' }).d)
    const found = problems({ ...backend, jwks: { keys: [{ ...jwk, d }] } }).join()
    expect(found).toMatch(/no longer secret/)
    expect(found).not.toContain(d)
  })

  test('CAUTH-16 kids are unique in a set; a set has 1 to 50 keys, one of which can sign', () => {
    expect(keySet.safeParse({ keys: [ec, rsa] }).success).toBe(true)
    expect(keySet.safeParse({ keys: [ec, { ...rsa, kid: 'ec' }] }).success).toBe(false)
    expect(keySet.safeParse({ keys: [] }).success).toBe(false)
    expect(
      keySet.safeParse({ keys: Array.from({ length: 51 }, (_, at) => ({ ...ec, kid: `k${at}` })) }).success,
    ).toBe(false)
    const useless = { ...curve('prime256v1'), kid: 'p256' }
    expect(problems({ ...backend, jwks: { keys: [useless] } })[0]).toMatch(/no key for RS384/)
    expect(problems({ ...backend, jwks: { keys: [{ ...rsa, alg: 'RS256' }] } })[0]).toMatch(
      /no key for RS384/,
    )
    expect(problems({ ...backend, jwks: { keys: [useless, ec] } })).toEqual([])
  })

  test('CAUTH-16 whatever is accepted can be imported, and nothing makes the reader throw', async () => {
    const member = fc.oneof(
      fc.base64String({ maxLength: 90 }),
      fc.constantFrom(ec.x, ec.y, rsa.n, rsa.e),
      fc.anything(),
    )
    const key = fc.record(
      {
        kty: fc.constantFrom('RSA', 'EC', 'oct', 'x'),
        kid: fc.constantFrom('a', '', 1),
        crv: fc.constantFrom('P-256', 'P-384', 'P-521', 'x'),
        x: member,
        y: member,
        n: member,
        e: member,
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(key, async (candidate) => {
        const read: PublicKey | undefined = publicKey.safeParse(candidate).data
        if (read !== undefined) await importJWK(read as JWK, read.kty === 'RSA' ? 'RS384' : 'ES384')
      }),
      { numRuns: 300 },
    )
  })
})
