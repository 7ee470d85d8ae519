import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { backendClient } from '../support/backend-client.ts'
import { lanyard } from '../support/command.ts'
import { emptyDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { type Place, type ServerProcess, serverProcess } from '../support/process.ts'

// Two server processes on one database, behind one public address.
describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let database: TestDatabase
  let folder: string
  let nodes: ServerProcess[]
  let ports: number[]
  let place: Place
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-nodes-'))
    database = await emptyDatabase(engine)
    await migrate(await database.open())
    ports = [await freePort(), await freePort()]
    place = {
      folder,
      environment: { LANYARD_DATABASE_URL: database.url, LANYARD_BASE_URL: `http://localhost:${ports[0]}` },
    }
    nodes = await Promise.all(
      ports.map((port) =>
        serverProcess({ folder, environment: { ...place.environment, LANYARD_PORT: String(port) } }),
      ),
    )
  })
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.end('SIGTERM')))
    await database.remove()
    rmSync(folder, { recursive: true })
  })

  /** The key ids that a node publishes. */
  async function published(port: number | undefined): Promise<string[]> {
    // `fetch` would not send the Host of the public address.
    const host = `localhost:${ports[0]}`
    const asked = request({ port, path: '/oauth2/jwks', headers: { host } }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    const { keys } = (await json(response)) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid).sort()
  }

  test('SEC-08 a rotation by a command reaches every node within 10 seconds, without a restart', async () => {
    const client = await backendClient()
    writeFileSync(join(folder, 'client.json'), JSON.stringify(client.metadata))
    expect(await lanyard(['client', 'add', 'client.json'], place)).toMatchObject({ code: 0 })
    const base = `http://localhost:${ports[0]}`
    const before = await client.accessToken(base)
    expect(await published(ports[0])).toEqual(await published(ports[1]))
    expect(await published(ports[0])).toHaveLength(4)

    const rotated = await lanyard(['keys', 'rotate', '--json'], place)
    const kids = (JSON.parse(rotated.out) as { kid: string }[]).map(({ kid }) => kid).sort()
    expect(kids).toHaveLength(6)
    await vi.waitFor(
      async () => expect([await published(ports[0]), await published(ports[1])]).toEqual([kids, kids]),
      { timeout: 10_000, interval: 100 },
    )
    const after = await client.accessToken(base)
    for (const token of [before, after])
      expect(await client.introspect(base, token)).toMatchObject({ active: true })
    for (const node of nodes) expect(node.logged().filter(({ level }) => level !== 'info')).toEqual([])
  })
})
