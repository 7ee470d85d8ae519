import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { MINUTE } from '../../../src/lib/time.ts'
import { type Answer, answerOf, auditOf, introspect, registerBackend } from '../../support/oauth.ts'
import { type OutsideIssuer, startOutsideIssuer } from '../../support/outside-issuer.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'

const secret = 'an old system shares this secret, 32 bytes and more'
let outside: OutsideIssuer
let server: TestServer
beforeAll(async () => {
  outside = await startOutsideIssuer()
  process.env.OLD_SYSTEM_SECRET = secret
  server = await startServer({
    engine,
    environment: { OLD_SYSTEM_SECRET: secret },
    config: {
      trustedIssuers: [
        {
          issuer: outside.issuer,
          claims: { groups: 'realm.groups' },
          attributes: { ward: 'ward' },
          allPatientsRoles: ['clinician', 'clerk'],
          groupRoles: { nurses: ['clinician'], patients: ['patient'], 'ward clerks': ['clerk'] },
        },
        {
          issuer: 'old-system',
          secret: { variable: 'OLD_SYSTEM_SECRET' },
          audience: 'lanyard',
          types: ['JWT'],
          levels: ['system'],
          claims: { scope: 'rights', client: 'app' },
        },
      ],
    },
  })
  const { write } = await fhirStoreOf(server.house)
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } }
  await write([
    { resourceType: 'Patient', id: 'ana' },
    { resourceType: 'Patient', id: 'bo' },
    { resourceType: 'Practitioner', id: '7' },
    { ...observation, id: 'of-ana', subject: { reference: 'Patient/ana' } },
    { ...observation, id: 'of-bo', subject: { reference: 'Patient/bo' } },
    { resourceType: 'Location', id: 'north', name: 'North' },
    { resourceType: 'Location', id: 'south', name: 'South' },
  ] as Stored[])
  const rule = { types: ['Location'], letters: 'rs', where: ['name=%user.ward'] }
  await server.house.roles.add({ role: 'clerk', title: 'A clerk', rules: [rule] }, 'command')
})
afterAll(async () => {
  await server?.close()
  await outside?.close()
})

async function read(token: string, path = 'Observation/of-ana'): Promise<Answer> {
  return await answerOf(
    await fetch(`${server.fhir}/${path}`, { headers: { authorization: `Bearer ${token}` } }),
  )
}
const nurse = { realm: { groups: ['nurses'] } }
const make = (
  ...changes: Parameters<OutsideIssuer['token']> extends [unknown, ...infer Rest] ? Rest : never
) => outside.token(server, ...changes)

/** The status, and the reason that the audit has. */
async function refusal(token: string, path?: string): Promise<[number, string | null | undefined]> {
  const answer = await read(token, path)
  return [answer.status, (await auditOf(server, answer))?.reason]
}

test('ENF-01 a token of a trusted server opens what its scopes and the roles of its groups open', async () => {
  expect((await read(await make(nurse))).status).toBe(200)
  const scoped = await make({ ...nurse, scope: 'user/Patient.rs' })
  expect((await read(scoped, 'Patient/bo')).status).toBe(200)
  expect((await read(scoped)).status).toBe(403)
  expect((await read(await make({ ...nurse, scope: ['user/Observation.rs'] }))).status).toBe(200)
})

test('ENF-02 a group that is not mapped gives nothing, nor does having none', async () => {
  for (const groups of [['others'], ['clinician'], [], 'constructor', ['__proto__'], ['ward', 'clerks']])
    expect(await refusal(await make({ realm: { groups } })), String(groups)).toEqual([403, 'not-for-role'])
})

test('ENF-26 a patient of an outside server reaches the own record only', async () => {
  const as = (fhirUser: string) => make({ realm: { groups: ['patients'] }, fhirUser })
  for (const own of ['Patient/ana', `${server.fhir}/Patient/ana`]) {
    const token = await as(own)
    expect((await read(token)).status, own).toBe(200)
    expect((await read(token, 'Observation/of-bo')).status, own).toBe(404)
  }
  // A person of another server is somebody else.
  for (const other of ['https://ehr.example.org/fhir/Patient/ana', `${server.fhir}/x/Patient/ana`])
    expect((await read(await as(other))).status, other).toBe(404)
  const inContext = { realm: { groups: ['patients'] }, scope: 'patient/Observation.rs', patient: 'bo' }
  expect((await read(await make(inContext), 'Observation/of-bo')).status).toBe(200)
  expect((await read(await make(inContext))).status).toBe(404)
  expect(await refusal(await make({ ...inContext, patient: undefined }))).toEqual([
    403,
    'no-patient-in-context',
  ])
})

test('rules see what a claim says of the user', async () => {
  const clerk = (ward: unknown) => make({ realm: { groups: 'ward clerks' }, ward })
  const names = async (token: string) =>
    ((await read(token, 'Location')).body.entry as { resource: { id: string } }[] | undefined)?.map(
      ({ resource }) => resource.id,
    )
  expect(await names(await clerk('North'))).toEqual(['north'])
  expect((await names(await clerk(['North', 'South'])))?.sort()).toEqual(['north', 'south'])
  expect(await names(await clerk(undefined))).toBeUndefined()
})

test('SCOPE-17 system scopes count only where the issuer may open them; rights of our own never do', async () => {
  expect(await refusal(await make({ ...nurse, scope: 'system/*.rs' }))).toEqual([403, 'type-not-granted'])
  const launch = await fetch(`${server.url}/launch`, {
    method: 'POST',
    body: '{}',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await make({ ...nurse, scope: '__launch user/*.rs' })}`,
    },
  })
  expect(launch.status).toBe(401)
})

test('ENF-01 audience, issuer, time and kind of the token must be right', async () => {
  const now = Math.floor(server.clock.now / 1000)
  const wrong: [Record<string, unknown>, string, Record<string, unknown>?][] = [
    [{ aud: 'https://other.example.org/fhir' }, 'token-audience'],
    [{ aud: undefined }, 'token-audience'],
    [{ exp: now - 31 }, 'token-expired'],
    [{ exp: undefined }, 'token-malformed'],
    [{ nbf: now + 60 }, 'token-malformed'],
    [{ sub: undefined }, 'token-malformed'],
    [{ sub: 'a\u0000b' }, 'token-malformed'],
    [{}, 'token-kind', { typ: 'JWT' }],
    [{}, 'token-kind', { typ: undefined }],
    [{}, 'token-kind', { typ: 'logout+jwt' }],
    [{ nonce: 'n' }, 'token-kind'],
    [{ at_hash: 'x' }, 'token-kind'],
    [{ token_use: 'id' }, 'token-kind'],
    [{ typ: 'ID' }, 'token-kind'],
    [{ iss: 'https://stranger.example.org' }, 'token-unknown'],
  ]
  for (const [claims, reason, header] of wrong)
    expect(
      await refusal(await make({ ...nurse, ...claims }, header)),
      JSON.stringify([claims, header]),
    ).toEqual([401, reason])
  expect((await read(await make({ ...nurse, exp: now - 29 }))).status).toBe(200)
  expect((await read(await make({ ...nurse, aud: ['x', server.fhir] }))).status).toBe(200)
  expect((await read(await make(nurse, { typ: 'application/AT+JWT' }))).status).toBe(200)
})

test('a token that was accepted expires all the same', async () => {
  const token = await make(nurse)
  expect((await read(token)).status).toBe(200)
  server.clock.advance(5 * MINUTE + 31_000)
  expect(await refusal(token)).toEqual([401, 'token-expired'])
  server.clock.advance(-(5 * MINUTE + 31_000))
})

test('CAUTH-10 no algorithm but those of the issuer, and no key but its own', async () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicPem = createPublicKey(outside.key).export({ type: 'spki', format: 'pem' })
  expect(await refusal(await make(nurse, {}, stranger.privateKey))).toEqual([401, 'token-signature'])
  expect(await refusal(await make(nurse, { alg: 'RS256' }, rsa.privateKey))).toEqual([401, 'token-key'])
  expect(await refusal(await make(nurse, { alg: 'PS256' }, rsa.privateKey))).toEqual([401, 'token-alg'])
  // The public key is known to everybody: it is no secret to sign with.
  for (const alg of ['HS256', 'HS512'])
    expect(await refusal(await make(nurse, { alg }, Buffer.from(publicPem)))).toEqual([401, 'token-alg'])
  const [, claims] = (await make(nurse)).split('.')
  for (const alg of ['none', 'None', 'ES256']) {
    const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'outside-1' })).toString('base64url')
    expect((await read(`${header}.${claims}.`)).status).toBe(401)
  }
  // Whatever the header brings along is not looked at.
  const own = stranger.publicKey.export({ format: 'jwk' })
  const brought = { jwk: own, jku: `${outside.issuer}/jwks`, x5u: 'https://evil.example.org' }
  expect((await read(await make(nurse, brought, stranger.privateKey))).status).toBe(401)
})

test('CAUTH-13 kids name keys and nothing else; what must be understood and is not is refused', async () => {
  for (const kid of ['other', '../../../../dev/null', "' or 1=1 --", 'x'.repeat(5000), ''])
    expect((await read(await make(nurse, { kid }))).status, kid).toBe(401)
  expect((await read(await make(nurse, { kid: undefined }))).status).toBe(200)
  const odd = (header: object) => {
    const [, claims] = outsideToken.split('.')
    return `${Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'outside-1', ...header })).toString('base64url')}.${claims}.AAAA`
  }
  const outsideToken = await make(nurse)
  for (const header of [
    { crit: ['x'], x: 1 },
    { crit: [] },
    { b64: false, crit: ['b64'] },
    { kid: 7 },
    { alg: 7 },
  ])
    expect((await read(odd(header))).status, JSON.stringify(header)).toBe(401)
})

test('HS256 counts for the issuer that shares a secret, and for no other', async () => {
  const claims = {
    iss: 'old-system',
    aud: 'lanyard',
    rights: 'system/Observation.rs',
    app: 'pas',
    sub: 'job-1',
  }
  const header = { alg: 'HS256', typ: 'JWT', kid: undefined }
  const good = await make(claims, header, Buffer.from(secret))
  expect((await read(good)).status).toBe(200)
  expect((await read(good, 'Patient/ana')).status).toBe(403)
  expect(await refusal(await make(claims, header, Buffer.from(`${secret}!`)))).toEqual([
    401,
    'token-signature',
  ])
  expect(await refusal(await make(claims, { typ: 'JWT' }))).toEqual([401, 'token-alg'])
  expect(await refusal(await make({ ...claims, aud: server.fhir }, header, Buffer.from(secret)))).toEqual([
    401,
    'token-audience',
  ])
  // It may open system/ scopes, and these only.
  const other = await make({ ...claims, rights: 'user/Observation.rs' }, header, Buffer.from(secret))
  expect((await read(other)).status).toBe(403)
})

test('CAUTH-14 keys are fetched once, again for an unknown kid, and their absence is 503', async () => {
  outside.asked.length = 0
  server.clock.advance(20 * MINUTE)
  await read(await make(nurse))
  await read(await make(nurse))
  expect(outside.asked.filter((path) => path === '/jwks')).toHaveLength(1)
  const next = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...next.publicKey.export({ format: 'jwk' }), kid: 'outside-2', alg: 'ES256', use: 'sig' }
  const first = { ...createPublicKey(outside.key).export({ format: 'jwk' }), kid: 'outside-1', alg: 'ES256' }
  server.clock.advance(11_000)
  outside.publish([first, jwk])
  expect((await read(await make(nurse, { kid: 'outside-2' }, next.privateKey))).status).toBe(200)
  outside.publish([first])

  server.clock.advance(20 * MINUTE)
  outside.fail(500)
  const answer = await read(await make(nurse))
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('10')
  outside.fail(undefined)
  server.clock.advance(11_000)
  expect((await read(await make(nurse))).status).toBe(200)
})

test('ENF-01 a token does not outlive the key that signed it: what its issuer withdraws ends within minutes', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const brief = { ...publicKey.export({ format: 'jwk' }), kid: 'outside-3', alg: 'ES256', use: 'sig' }
  const kept = { ...createPublicKey(outside.key).export({ format: 'jwk' }), kid: 'outside-1', alg: 'ES256' }
  server.clock.advance(11_000)
  outside.publish([kept, brief])
  const exp = Math.floor(server.clock.now / 1000) + 3600
  const [withdrawn, other] = [
    await make({ ...nurse, exp }, { kid: 'outside-3' }, privateKey),
    await make({ ...nurse, exp }),
  ]
  for (const token of [withdrawn, other]) expect((await read(token)).status).toBe(200)
  outside.publish([kept])
  server.clock.advance(6 * MINUTE)
  expect(await refusal(withdrawn)).toEqual([401, 'token-key'])
  expect((await read(other)).status).toBe(200)
})

test('AUD-06 the audit names the server, whom it vouches for, and its client', async () => {
  const answer = await read(await make({ ...nurse, jti: 'outside-token-1' }))
  expect(await auditOf(server, answer)).toMatchObject({
    event: 'fhir.read',
    client_id: `${outside.issuer}|ward-app`,
    user_id: `${outside.issuer}|nurse-7`,
    token_id: 'outside-token-1',
  })
})

test('INTRO-01 a token that is not ours is nobody to introspect', async () => {
  const caller = await registerBackend(server, { introspects_all: true })
  expect((await introspect(server, caller, await make(nurse))).body).toEqual({ active: false })
})
