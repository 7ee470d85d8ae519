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
  const [alone, many] = [await compare(1), await compare(8)]
  await Promise.all([bare.stop(), ours.stop()])
  return [
    {
      what: 'enforced read by id, one connection',
      figure: `${whole(alone.ours)} µs CPU`,
      floor: `koa, constant body of the same size: ${whole(alone.bare)} µs CPU: ${ratio(alone.times)} (by requests a second: ${ratio(alone.rates)})`,
      ...judged('≥ 0.55 ×', alone.times >= 0.55),
    },
    {
      what: 'the same, 8 connections',
      figure: `${whole(many.ours)} µs CPU`,
      floor: `koa: ${whole(many.bare)} µs CPU: ${ratio(many.times)} (by requests a second: ${ratio(many.rates)})`,
      ...judged('≥ 0.55 ×', many.times >= 0.55),
    },
  ]

  async function compare(connections: number) {
    const runs: { bare: number; ours: number; rates: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const floor = await load(bare, REQUESTS, () => ({ path: '/' }), { connections })
      const read = await load(ours, REQUESTS, () => ({ path, headers }), { connections })
      runs.push({ bare: floor.cpu, ours: read.cpu, rates: read.rate / floor.rate })
    }
    const middle = (of: (run: (typeof runs)[number]) => number) => median(runs.map(of))
    return {
      bare: middle((run) => run.bare),
      ours: middle((run) => run.ours),
      times: middle((run) => run.bare / run.ours),
      rates: middle((run) => run.rates),
    }
  }
}
