import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKeysOf } from '../../../src/house.ts'
import { seconds } from '../../../src/lib/time.ts'
import { basic, registerBackend } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import { addUser, password } from '../../support/users.ts'
import { type Answer, answerOf, laboratory, openWard, type Ward } from './ward.ts'

// Whatever a request shows, it leads to one access: nothing is seen with two credentials that one of them does not
// open, and each way in opens its own part and no more.
let ward: Ward
let makeKey: (input: Record<string, unknown>) => Promise<string>
const secret = 'a secret that an old system shares with us'
beforeAll(async () => {
  const issuer = { issuer: 'old', secret: { variable: 'OLD_SECRET' }, types: ['JWT'], roles: ['clinician'] }
  ward = await openWard({ OLD_SECRET: secret }, engine, { trustedIssuers: [issuer] })
  const client = await registerBackend(ward, { scope: 'system/*.cruds' })
  makeKey = async (input) => {
    const owner = 'user' in input ? {} : { client_id: client.id }
    return (await apiKeysOf(ward.house)({ name: 'a key', ...owner, ...input })).secret
  }
})
afterAll(async () => await ward?.close())

async function fhir(path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<Answer> {
  return await answerOf(await fetch(`${ward.fhir}/${path}`, { ...init, headers }))
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Every resource that an answer shows, in whatever Bundle. */
function shown({ status, body }: Answer): string[] {
  type Json = { resourceType?: string; id?: string; entry?: { resource?: Json }[] }
  const walk = (resource: Json | undefined): string[] =>
    resource?.resourceType === 'Bundle'
      ? (resource.entry ?? []).flatMap((entry) => walk(entry.resource))
      : resource?.resourceType === undefined || resource.resourceType === 'OperationOutcome'
        ? []
        : [`${resource.resourceType}/${resource.id}`]
  return status >= 400 ? [] : [...new Set(walk(body as Json))].sort()
}

const paths = [
  'Observation',
  'Observation/ann-lab',
  'Observation/bob-lab',
  'Observation/ann-vital',
  'Observation?_include=Observation:subject&_include=Observation:performer',
  'Observation?subject:Patient.name=arden',
  'Observation?_sort=-_lastUpdated&_count=2',
  'Patient/ann/Observation',
  'Patient?_has:Observation:patient:_id=ann-lab',
  'Patient?_revinclude=Observation:subject',
  'Observation/_history',
  'Observation/ann-lab/_history',
  'Observation/bob-lab/_history/1',
  'Condition',
  'Practitioner/ash',
  'Organization',
  '_history',
]

test('ENF-02 two credentials show nothing that one of them does not show, on every path', async () => {
  const labs = await makeKey({ scope: `system/Observation.rs?${laboratory}` })
  const reads = await makeKey({ scope: 'system/*.r' })
  const finds = await makeKey({ scope: 'system/Observation.rs system/Patient.rs system/Practitioner.rs' })
  const ann = await ward.as('patient/*.rs').token
  const bob = await ward.as('patient/Observation.rs', { patient: 'bob' }).token
  const all = await ward.as('system/*.rs', { patient: undefined }).token
  let both = 0
  for (const token of [ann, bob, all]) {
    for (const key of [labs, reads, finds]) {
      for (const path of paths) {
        const [one, other, together] = await Promise.all([
          fhir(path, bearer(token)),
          fhir(path, { 'x-api-key': key }),
          fhir(path, { ...bearer(token), 'x-api-key': key }),
        ])
        // A page is cut where its own matches end.
        const isCut = path.includes('_count')
        const allowed = isCut ? [] : shown(one).filter((reference) => shown(other).includes(reference))
        const beyond = shown(together).filter((reference) => !isCut && !allowed.includes(reference))
        expect(beyond, path).toEqual([])
        if (one.status >= 400 && other.status >= 400)
          expect(together.status, path).toBeGreaterThanOrEqual(400)
        both += shown(together).length
      }
    }
  }
  expect(both).toBeGreaterThan(20)
  // Neither is forgotten: what one opens alone is not there.
  expect(shown(await fhir('Observation/bob-lab', { ...bearer(ann), 'x-api-key': labs }))).toEqual([])
  expect(shown(await fhir('Observation/ann-vital', { ...bearer(ann), 'x-api-key': labs }))).toEqual([])
  expect(shown(await fhir('Observation/ann-lab', { ...bearer(ann), 'x-api-key': labs }))).toEqual([
    'Observation/ann-lab',
  ])
})

test('SEC-07 an API key opens from its addresses, and with its roles', async () => {
  const read = async (key: string) => (await fhir('Patient/ann', { 'x-api-key': key })).status
  const scope = 'system/Patient.rs'
  expect(await read(await makeKey({ scope, addresses: ['127.0.0.0/8', '::1/128'] }))).toBe(200)
  expect(await read(await makeKey({ scope, addresses: ['10.0.0.0/8'] }))).toBe(401)
  const { username } = await addUser(ward.house, { roles: ['clinician', 'developer'], patients: 'all' })
  const ofUser = { user: username, scope: 'user/Patient.rs' }
  expect(await read(await makeKey({ ...ofUser, roles: ['clinician'] }))).toBe(200)
  expect(await read(await makeKey({ ...ofUser, roles: ['developer'] }))).toBe(403)
})

test('ENF-26 a role that says read lets a password read, and not write', async () => {
  const rule = { types: ['Patient'], letters: 'cruds' }
  await ward.house.roles.add({ role: 'looks', title: 'Looks', rules: [rule], basic: 'read' }, 'command')
  const { username } = await addUser(ward.house, { roles: ['looks'], patients: 'all' })
  const headers = { authorization: basic(username, password), 'content-type': 'application/fhir+json' }
  expect((await fhir('Patient/ann', headers)).status).toBe(200)
  const body = JSON.stringify({ resourceType: 'Patient' })
  expect((await fhir('Patient', headers, { method: 'POST', body })).status).toBe(403)
})

test('ENF-01 an outside token is for us, is an access token, and opens the levels of its issuer', async () => {
  const exp = seconds(ward.clock.now) + 60
  const sign = (claims: object) =>
    new SignJWT({ iss: 'old', aud: ward.fhir, sub: 'nurse', scope: 'user/Patient.rs', exp, ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(Buffer.from(secret))
  const status = async (claims: object) => (await fhir('Patient/ann', bearer(await sign(claims)))).status
  expect(await status({})).toBe(200)
  expect(await status({ aud: 'https://other.example.org' })).toBe(401)
  expect(await status({ nonce: 'n' })).toBe(401)
  expect(await status({ scope: 'system/Patient.rs' })).toBe(403)
})
