import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../support/browser-client.ts'
import { createBrowser } from '../support/browser-client.ts'
import { certificate } from '../support/certificate.ts'
import { rsaKey } from '../support/client-keys.ts'
import { registerBackend } from '../support/oauth.ts'
import { noon, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signIn } from './account.ts'
import { csrfOf, signedInAs } from './admin.ts'

/** What stands in the path in braces, if not the usual, and what is told. */
type Call = { at?: Record<string, string | undefined>; told?: object }
type Documented = { operationId: string; parameters: { in: string; name: string }[]; 'x-right': string }

const metadata = {
  client_id: 'app',
  client_name: 'App',
  redirect_uris: ['https://app.example/callback'],
  launch_uris: ['https://app.example/launch'],
  scope: 'openid launch',
}
const person = { username: 'ana', display_name: 'Ana', roles: ['patient'] }
const desk = { role: 'desk', title: 'Desk', rules: [] }
const key = { name: 'k', user: 'ana', scope: 'user/Patient.r', expires_in_days: 3 }

let server: TestServer
let iris: Browser
let csrf: string
beforeAll(async () => {
  server = await startServer()
  await addUser(server.house, { username: 'iris', roles: ['admin'] })
  iris = await signedInAs(server, 'iris')
  csrf = await csrfOf(iris)
})
afterAll(() => server.close())

/** Each operation that changes something, in an order in which all can be done. */
async function everyChange(): Promise<Record<string, Call>> {
  const { house } = server
  const { id: userId } = await addUser(house, person)
  await signedInAs(server, 'ana')
  await signIn(createBrowser(server), '/account', 'ana', 'not the password')
  await house.roles.add(desk, 'command')
  await house.clients.add(metadata, 'command')
  await registerBackend(server, { client_id: 'service', jwks_uri: 'https://nowhere.invalid/jwks' })
  const x509 = certificate(rsaKey().privateKey, noon, noon + 86_400_000)
  const signs = { token_endpoint_auth_method: 'private_key_jwt', grant_types: ['client_credentials'], x509 }
  const owner = { userId, most: 20 }
  const { client: own } = await house.clients.add({ client_name: 'Own', ...signs }, 'developer', { owner })
  const grantFor = async (patient: string) => {
    const none = { refresh: undefined, sessionUid: undefined, flightId: undefined }
    const grant = {
      clientId: 'app',
      userId,
      scope: 'openid',
      context: { patient },
      duration: 'hour',
    } as const
    return (await house.grants.create({ ...grant, ...none }))?.id
  }
  const grants = [await grantFor('a'), await grantFor('b')]
  await house.db.kysely
    .updateTable('launch_grant')
    .set({ used: noon, expires: noon + 3_600_000 })
    .execute()
  const { items } = (await api('GET', '/users/ana/sessions')).body as { items: { id: string }[] }
  const kept = await house.apiKeys.add({ ...key, addresses: [] }, { kind: 'user', id: userId }, [])
  const id = house.flights.begin({ clientId: 'app' })
  await house.flights.flush()
  await house.flightLinks.make({ id, clientId: 'app' }, {})
  const shared = { at: { id } }
  return {
    addApp: { told: { metadata: { ...metadata, client_id: 'other' } } },
    updateApp: { told: { metadata: { ...metadata, client_name: 'New' } } },
    renewSecret: {},
    setAppLogo: { told: { content: null } },
    fetchAppKeys: { at: { client_id: 'service' } },
    remindAppOwner: { at: { client_id: own.id }, told: { credential: own.metadata.x509?.thumbprint } },
    endAppGrant: { at: { grant_id: grants[0] } },
    endUserApp: { at: { id: grants[1] } },
    endUserSession: { at: { id: items[0]?.id } },
    endAllOfApp: {},
    addApiKey: { told: { key } },
    revokeApiKey: { at: { id: kept.key.id } },
    addUser: { told: { user: { ...person, username: 'ben' } } },
    updateUser: { told: { user: { ...person, display_name: 'Ana B' } } },
    unlockUser: {},
    makePasswordLink: {},
    addRole: { told: { file: { ...desk, role: 'door' } } },
    updateRole: { told: { file: { ...desk, title: 'Front desk' } } },
    setRoleStatus: { told: { status: 'disabled' } },
    removeRole: {},
    updateBranding: { told: { name: 'Hospital', accent: null } },
    setLogo: { told: { content: null } },
    rotateSigningKeys: {},
    simulateLaunch: { told: { client_id: 'app', user: 'ana' } },
    simulateStart: { told: { client_id: 'app', user: 'ana' } },
    shareFlight: shared,
    unshareFlight: shared,
    setAppStatus: { told: { status: 'disabled' } },
    setUserStatus: { told: { status: 'disabled' } },
    removeApp: {},
    removeUser: {},
  }
}

async function api(method: string, path: string, told?: object, version?: number) {
  const { status, headers, html } = await iris.ask(`/admin/api${path}`, {
    method,
    ...(told === undefined ? {} : { body: JSON.stringify(told) }),
    headers: {
      'x-csrf-token': csrf,
      'content-type': 'application/json',
      ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
    },
  })
  return { status, headers, body: html === '' ? {} : (JSON.parse(html) as Record<string, unknown>) }
}

/** Everything that is stored, but for the audit itself and what comes with every request. */
async function stored(): Promise<Record<string, unknown>> {
  const { kysely } = server.house.db
  await server.house.flights.flush()
  const passing = ['audit', 'audit_chain', 'oidc', 'usage', 'client_used']
  const tables = (await kysely.introspection.getTables()).filter(({ name }) => !passing.includes(name))
  const rows = tables.map(async ({ name }) => [
    name,
    (await sql`select * from ${sql.table(name)}`.execute(kysely)).rows,
  ])
  return Object.fromEntries(await Promise.all(rows))
}

test('AUD-09 no operation changes anything that the audit does not take down', async () => {
  const changes = await everyChange()
  const { body } = await api('GET', '/openapi.json')
  const documented = Object.entries(body.paths as Record<string, Record<string, Documented>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, it]) => ({ path, method, ...it })),
  )
  const needing = documented.filter((one) => one['x-right'] === 'change')
  expect(Object.keys(changes).toSorted()).toEqual(needing.map((one) => one.operationId).toSorted())

  async function done(name: string, { at = {}, told = {} }: Call): Promise<number> {
    const found = needing.find((one) => one.operationId === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    const { path, method, parameters } = found
    const places: Record<string, string | undefined> = {
      username: 'ana',
      role: 'desk',
      client_id: 'app',
      ...at,
    }
    const address = path.replaceAll(/\{(\w+)\}/g, (_, place: string) => places[place] ?? '')
    const isEdit = parameters.some((one) => one.in === 'header')
    const seen = isEdit
      ? address
          .split('/')
          .slice(0, /branding|signing/.test(address) ? 2 : 3)
          .join('/')
      : ''
    const version = isEdit ? Number((await api('GET', seen)).body.version) : undefined
    return (await api(method.toUpperCase(), address, method === 'delete' ? undefined : told, version)).status
  }

  const { kysely } = server.house.db
  await sql`create trigger no_audit before insert on audit begin select raise(abort, 'full'); end`.execute(
    kysely,
  )
  const before = await stored()
  for (const [name, call] of Object.entries(changes))
    expect([name, await done(name, call)]).toEqual([name, 500])
  expect(await stored()).toEqual(before)

  await sql`drop trigger no_audit`.execute(kysely)
  const rows = async () =>
    Number((await sql<{ n: number }>`select count(*) as n from audit`.execute(kysely)).rows[0]?.n)
  for (const [name, call] of Object.entries(changes)) {
    const written = await rows()
    expect([name, Math.floor((await done(name, call)) / 100)]).toEqual([name, 2])
    expect([name, (await rows()) > written]).toEqual([name, true])
  }
})

test('while nothing can be written, the API says when to come again, and nothing of our inside', async () => {
  const { kysely } = server.house.db
  await sql`pragma query_only = on`.execute(kysely)
  const away = await api('POST', '/roles', { file: { ...desk, role: 'later' } })
  await sql`pragma query_only = off`.execute(kysely)
  expect([away.status, away.headers.get('retry-after'), away.body.reason]).toEqual([
    503,
    '5',
    'database-away',
  ])
  expect(JSON.stringify(away.body)).not.toMatch(/sqlite|readonly/i)
  expect((await api('POST', '/roles', { file: { ...desk, role: 'later' } })).status).toBe(201)
})
