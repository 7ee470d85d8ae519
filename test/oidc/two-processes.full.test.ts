import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ecKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { lanyard } from '../support/command.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { type Answer, rawRequest } from '../support/oauth.ts'
import { type Place, type ServerProcess, serverProcess } from '../support/process.ts'

// Two server processes on one database, behind one public address.
describe.each(['sqlite', 'postgres'] as const)('two servers on one %s database', (engine) => {
  let folder: string
  let database: TestDatabase
  let place: Place
  let nodes: ServerProcess[] = []
  let ports: number[]
  let issuer: string
  const id = 'nightly'
  const key = ecKey('night')

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-two-'))
    database = await migratedDatabase(engine)
    ports = [await freePort(), await freePort()]
    issuer = `http://localhost:${ports[0]}`
    place = { folder, environment: { LANYARD_DATABASE_URL: database.url, LANYARD_BASE_URL: issuer } }
    nodes = await Promise.all(
      ports.map((port) =>
        serverProcess({ folder, environment: { ...place.environment, LANYARD_PORT: String(port) } }),
      ),
    )
    await apply('add', { scope: 'system/Patient.rs' })
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.end('SIGTERM')))
    await database.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Adds or updates the client by a command, which is a third process. */
  async function apply(command: 'add' | 'update', more: object): Promise<void> {
    const metadata = {
      client_id: id,
      client_name: 'Nightly report',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      jwks: { keys: [key.jwk] },
      ...more,
    }
    writeFileSync(join(folder, 'nightly.json'), JSON.stringify(metadata))
    const args = command === 'add' ? ['nightly.json'] : [id, 'nightly.json']
    expect(await lanyard(['client', command, ...args], place)).toMatchObject({ code: 0 })
  }

  const assertion = () => signAssertion({ url: issuer, clock: clock() }, id, key)

  function send(node: number, path: string, form: Record<string, string>): Promise<Answer> {
    return rawRequest(
      { url: `http://127.0.0.1:${ports[node]}` },
      {
        method: 'POST',
        path: `/oauth2/${path}`,
        headers: { host: new URL(issuer).host, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      },
    )
  }
  const ask = (node: number, with_ = assertion()) =>
    send(node, 'token', {
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      ...withAssertion(with_),
    })
  const isActive = async (node: number, token: string) =>
    (await send(node, 'introspect', { token, ...withAssertion(assertion()) })).body.active

  test('CAUTH-09 of 20 posts of one assertion, spread over both, exactly one gets a token; time and again', async () => {
    for (let round = 0; round < 10; round++) {
      const one = assertion()
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2, one)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)])
    }
  })

  test('CAUTH-09 20 assertions, spread over both, all get a token', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2)))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  })

  test('REVO-03, REVO-04 a token of one is good at the other, until either revokes it: then it is dead at both at once', async () => {
    for (const [issuing, revoking] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const token = String((await ask(issuing)).body.access_token)
      expect([await isActive(0, token), await isActive(1, token)]).toEqual([true, true])
      expect((await send(revoking, 'revoke', { token, ...withAssertion(assertion()) })).status).toBe(200)
      expect([await isActive(0, token), await isActive(1, token)]).toEqual([false, false])
    }
  })

  test('REVO-06 what a command changes counts at both at once', async () => {
    const token = String((await ask(0)).body.access_token)
    expect([await isActive(0, token), await isActive(1, token)]).toEqual([true, true])
    await apply('update', { scope: 'system/Patient.r' })
    expect([await isActive(0, token), await isActive(1, token)]).toEqual([false, false])
    for (const node of [0, 1]) expect((await ask(node)).body.scope).toBe('system/Patient.r')
  })
})

/** The processes have the real clock. */
function clock() {
  return { now: Math.floor(Date.now() / 1000) * 1000, advance() {} }
}
