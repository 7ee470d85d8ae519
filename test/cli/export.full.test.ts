import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { hospital } from '../../src/fhir/seed/hospital.ts'
import { fhirStoreOf, openHouse } from '../../src/house.ts'
import { systemClock } from '../../src/lib/time.ts'
import { createLog } from '../../src/observe/log.ts'
import { openDatabase } from '../../src/store/open.ts'
import { type BackendClient, backendClient } from '../support/backend-client.ts'
import { lanyard, problem } from '../support/command.ts'
import { freshPostgres } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { type Place, type ServerProcess, serverProcess } from '../support/process.ts'

const PATIENTS = 40

describe.each(['sqlite', 'postgres'] as const)('exports of a process, on %s', (engine) => {
  let folder: string
  let place: Place
  let client: BackendClient
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-export-'))
    const database =
      engine === 'postgres' ? await freshPostgres() : `sqlite:${join(folder, 'lanyard.sqlite')}`
    // The same port each time: the address is the issuer.
    const environment = { LANYARD_PORT: String(await freePort()), LANYARD_DATABASE_URL: database }
    place = { folder, environment }
    client = await backendClient('exporter', { scope: 'system/*.rs' })
    const house = await openHouse(loadConfig(environment, folder), createLog('silent'), systemClock)
    await house.clients.add(client.metadata, 'command')
    const store = await fhirStoreOf(house)
    await store.write([...hospital({ patients: PATIENTS })])
    await house.close()
  })
  const servers: ServerProcess[] = []
  const started = async (): Promise<ServerProcess> => {
    const server = await serverProcess(place)
    servers.push(server)
    return server
  }
  afterAll(async () => {
    // Whatever a test that failed has left running.
    for (const server of servers) await server.end('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  const expected = () => {
    const counts = new Map<string, number>()
    for (const { resourceType } of hospital({ patients: PATIENTS }))
      counts.set(resourceType, (counts.get(resourceType) ?? 0) + 1)
    return counts
  }

  // What differs between the engines is tested where clients export.
  test.runIf(engine === 'sqlite')(
    'the command writes all there is, or some types, packed or not',
    async () => {
      const all = await lanyard(['export', 'out', '--json'], place)
      expect(all).toMatchObject({ code: 0 })
      const counts = new Map<string, number>()
      for (const name of readdirSync(join(folder, 'out'))) {
        const lines = readFileSync(join(folder, 'out', name), 'utf8')
          .trimEnd()
          .split('\n')
        for (const line of lines) expect(JSON.parse(line).resourceType).toBe(name.split('.')[0])
        counts.set(name.split('.')[0] ?? '', lines.length)
      }
      expect(counts).toEqual(expected())
      const some = await lanyard(['export', 'some', '--type', 'Patient', '--gzip'], place)
      expect(some).toMatchObject({ code: 0 })
      expect(readdirSync(join(folder, 'some'))).toEqual(['Patient.1.ndjson.gz'])
      const packed = gunzipSync(readFileSync(join(folder, 'some/Patient.1.ndjson.gz'))).toString('utf8')
      expect(packed).toBe(readFileSync(join(folder, 'out/Patient.1.ndjson'), 'utf8'))

      const refused = await lanyard(['export', 'out', '--json'], place)
      expect([refused.code, problem(refused).code]).toEqual([1, 'invalid-request'])
    },
  )

  test('BULK-20 a server that is killed in the midst of an export begins it anew, and nothing half-written is shown', async () => {
    const first = await started()
    const token = await tokenFor(client, first.url)
    const prefer = { prefer: 'respond-async', authorization: `Bearer ${token}` }
    const kickOff = await fetch(`${first.url}/fhir/$export`, { headers: prefer })
    const at = kickOff.headers.get('content-location') ?? ''
    const exports = join(folder, 'data/exports', at.split('/').at(-1) ?? '')
    // A file is there, and more are to come.
    while (!existsSync(join(exports, '1')) || readdirSync(join(exports, '1')).length === 0)
      await new Promise((go) => setTimeout(go, 1))
    await first.end('SIGKILL')
    expect(await stateOf(at)).toEqual({ state: 'running', attempt: 1 })

    const second = await started()
    const headers = { authorization: `Bearer ${await tokenFor(client, second.url)}` }
    // Of what the first one has left nothing can be had.
    const [left = ''] = readdirSync(join(exports, '1'))
    expect((await fetch(`${at}/${left.replace(/\.gz$/, '')}`, { headers })).status).toBe(404)
    let status = await fetch(at, { headers })
    while (status.status === 202 || status.status === 429) {
      await new Promise((go) => setTimeout(go, 1000))
      status = await fetch(at, { headers })
    }
    expect(status.status).toBe(200)
    const { output } = (await status.json()) as { output: { type: string; url: string; count: number }[] }
    expect(new Map(output.map(({ type, count }) => [type, count]))).toEqual(expected())
    for (const { url, count } of output) {
      const text = await (await fetch(url, { headers })).text()
      expect(text.trimEnd().split('\n').length, url).toBe(count)
    }
    expect(await stateOf(at)).toEqual({ state: 'done', attempt: 2 })
    expect(readdirSync(exports)).toEqual(['2'])
    await second.end('SIGTERM')
  })

  async function stateOf(at: string) {
    const db = await openDatabase(String(place.environment?.LANYARD_DATABASE_URL), 0)
    const row = await db.kysely
      .selectFrom('export_job')
      .select(['state', 'attempt'])
      .where('job_id', '=', at.split('/').at(-1) ?? '')
      .executeTakeFirst()
    await db.close()
    return row
  }
})

async function tokenFor(client: BackendClient, url: string): Promise<string> {
  const answer = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/*.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await client.assertion(url),
    }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}
