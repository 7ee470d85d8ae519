import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, fetchToken } from './client.ts'
import { load } from './load.ts'
import { runLanyard, startBareKoa, startLanyard } from './process.ts'
import { judged, median, type Row, ratio, whole } from './table.ts'

const REQUESTS = 30_000
const ROUNDS = 5
const PATIENT = 'ana-lindqvist'

/** One resource by its id, with its token checked, beside koa with the same bytes as a constant. */
export async function reading(folder: string): Promise<Row[]> {
  const client = createClient()
  const id = 'bench-read'
  writeFileSync(join(folder, 'reader.json'), JSON.stringify({ ...client.metadata, client_id: id }))
  await runLanyard(folder, ['client', 'add', 'reader.json'])
  await runLanyard(folder, ['seed', '--patients', '100'])
  const ours = await startLanyard(folder)
  const [request] = client.tokenRequests(`${ours.url}/oauth2/token`, '/oauth2/token', 1, id)
  const token = await fetchToken(ours.url, request ?? { path: '/' })
  const headers = { authorization: `Bearer ${token}` }
  const path = `/fhir/Patient/${PATIENT}`
  const bare = await startBareKoa(await (await fetch(`${ours.url}${path}`, { headers })).text())
  const runs: { bare: number; ours: number; rates: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const floor = await load(bare, REQUESTS, () => ({ path: '/' }))
    const read = await load(ours, REQUESTS, () => ({ path, headers }))
    runs.push({ bare: floor.cpu, ours: read.cpu, rates: read.rate / floor.rate })
  }
  await Promise.all([bare.stop(), ours.stop()])
  const times = median(runs.map((run) => run.bare / run.ours))
  return [
    {
      what: 'enforced read by id',
      figure: `${whole(median(runs.map((run) => run.ours)))} µs CPU`,
      floor: `koa, constant body of the same size: ${whole(median(runs.map((run) => run.bare)))} µs CPU: ${ratio(times)} (by requests a second: ${ratio(median(runs.map((run) => run.rates)))})`,
      ...judged('≥ 0.55 ×', times >= 0.55),
    },
  ]
}
