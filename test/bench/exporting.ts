import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { createClient, fetchToken } from './client.ts'
import { load } from './load.ts'
import { cpuOf, type Measured, memoryOf, runLanyard, startLanyard } from './process.ts'
import { judged, median, type Row, ratio, whole } from './table.ts'

/** Reads in one round; rounds go on as long as the export does. */
const READS = 2000
const IDLE_ROUNDS = 5

type Manifest = { output: { count: number }[] }
/** `cpu`: of the whole process, in microseconds. */
type During = { seconds: number; resources: number; cpu: number; p99: number; memory: number; at: string }

/** A bulk export of a whole hospital, and what its readers notice, beside the same scan of SQLite and nothing else. */
export async function exporting(folder: string): Promise<Row[]> {
  const client = createClient()
  const id = `bench-export-${Date.now()}`
  writeFileSync(join(folder, 'exporter.json'), JSON.stringify({ ...client.metadata, client_id: id }))
  await runLanyard(folder, ['client', 'add', 'exporter.json'])
  const floor = scan(join(folder, 'data/lanyard.sqlite'))
  const ours = await startLanyard(folder)
  try {
    const [ask] = client.tokenRequests(`${ours.url}/oauth2/token`, '/oauth2/token', 1, id)
    const token = await fetchToken(ours.url, ask ?? { path: '/' })
    const headers = { authorization: `Bearer ${token}` }
    const read = async (): Promise<number> =>
      (
        await load(ours, READS, () => ({ path: '/fhir/Patient/ana-lindqvist', headers }), {
          connections: 1,
        })
      ).p99
    const idle: number[] = []
    for (let round = 0; round < IDLE_ROUNDS; round++) idle.push(await read())
    // Under reads first, which also loads what stays in memory.
    const during = await exportOnce(ours, headers, read)
    await end(ours, headers, during.at)
    const memory = memoryOf(ours)
    const alone = await exportOnce(ours, headers)
    await end(ours, headers, alone.at)
    const rate = alone.resources / alone.seconds
    const slower = during.p99 / median(idle)
    return [
      {
        what: `bulk export of ${whole(alone.resources)} resources, gzipped`,
        figure: `${whole(rate)} a second, ${alone.seconds.toFixed(1)} s, ${(alone.cpu / alone.resources).toFixed(1)} µs CPU each`,
        floor: `the same rows out of SQLite, alone: ${whole(floor)} a second: ${ratio(rate / floor)}`,
        ...judged('≥ 40,000 a second', rate >= 40_000),
      },
      {
        what: 'memory meanwhile, at most',
        figure: `${whole(alone.memory - memory)} MB above idle`,
        floor: `idle: ${whole(memory)} MB`,
        ...judged('≤ 80 MB', alone.memory - memory <= 80),
      },
      {
        what: 'a read by id meanwhile, 99th percentile',
        figure: `${during.p99.toFixed(2)} ms, while ${whole(during.resources / during.seconds)} a second are exported`,
        floor: `idle: ${median(idle).toFixed(2)} ms: ${ratio(slower)}`,
        ...judged('≤ 2 ×', slower <= 2),
      },
    ]
  } finally {
    await ours.stop()
  }
}

async function exportOnce(
  ours: Measured,
  headers: Record<string, string>,
  read?: () => Promise<number>,
): Promise<During> {
  const [started, cpu] = [performance.now(), cpuOf(ours)]
  const kickOff = await fetch(`${ours.url}/fhir/$export`, {
    headers: { ...headers, prefer: 'respond-async', accept: 'application/fhir+json' },
  })
  const at = kickOff.headers.get('content-location') ?? ''
  let memory = 0
  const watch = setInterval(() => {
    memory = Math.max(memory, memoryOf(ours))
  }, 50)
  const times: number[] = []
  let reading = true
  const readers = (async () => {
    while (reading && read !== undefined) times.push(await read())
  })()
  let status = await fetch(at, { headers })
  while (status.status === 202 || status.status === 429) {
    await new Promise((go) => setTimeout(go, 1010))
    status = await fetch(at, { headers })
  }
  const seconds = (performance.now() - started) / 1000
  const used = cpuOf(ours) - cpu
  reading = false
  await readers
  clearInterval(watch)
  if (status.status !== 200) throw new Error(`the export failed: ${await status.text()}`)
  const manifest = (await status.json()) as Manifest
  const resources = manifest.output.reduce((sum, { count }) => sum + count, 0)
  return { seconds, resources, cpu: used, p99: median(times), memory, at }
}

async function end(ours: Measured, headers: Record<string, string>, at: string): Promise<void> {
  const { status } = await fetch(at, { method: 'DELETE', headers })
  if (status !== 202) throw new Error(`the export at ${ours.url} could not be deleted: ${status}`)
}

/** Rows a second: every body, type by type in the order of its index, as an export reads them. */
function scan(file: string): number {
  const db = new Sqlite(file, { readonly: true })
  const types = db.prepare('select id from fhir_type').pluck().all()
  const bodies = db
    .prepare('select body from resource where type = ? and state = 1 order by updated, rid')
    .pluck()
  const started = performance.now()
  let rows = 0
  for (const type of types) for (const _ of bodies.iterate(type)) rows += 1
  const seconds = (performance.now() - started) / 1000
  db.close()
  return rows / seconds
}
