import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, fetchToken } from './client.ts'
import { load } from './load.ts'
import { type Measured, runLanyard, startBareKoa, startLanyard, startUnaudited } from './process.ts'
import { judged, median, type Row, ratio, whole } from './table.ts'

const REQUESTS = 30_000
const ROUNDS = 5
const PATIENT = 'ana-lindqvist'

/**
 * One resource by its id, with its token checked, beside koa with the same bytes as a constant, and beside the same
 * server without the audit.
 */
export async function reading(folder: string): Promise<Row[]> {
  const client = createClient()
  const id = 'bench-read'
  const home = join(folder, 'reading')
  mkdirSync(home)
  writeFileSync(join(home, 'reader.json'), JSON.stringify({ ...client.metadata, client_id: id }))
  await runLanyard(home, ['client', 'add', 'reader.json'])
  await runLanyard(home, ['seed', '--patients', '100'])
  const copy = join(folder, 'reading-unaudited')
  cpSync(home, copy, { recursive: true })
  const ours = await reader(await startLanyard(home))
  const unaudited = await reader(await startUnaudited(copy))
  const { path, headers } = ours.ask
  const bare = await startBareKoa(await (await fetch(`${ours.server.url}${path}`, { headers })).text())
  const [alone, many] = [await compare(1), await compare(8)]
  await Promise.all([bare.stop(), ours.server.stop(), unaudited.server.stop()])
  const row = (what: string, { bare, ours, times, rates }: Compared): Row => ({
    what,
    figure: `${whole(ours)} µs CPU`,
    floor: `koa, constant body of the same size: ${whole(bare)} µs CPU: ${ratio(times)} (by requests a second: ${ratio(rates)})`,
    ...judged('≥ 0.55 ×', times >= 0.55),
  })
  return [
    row('enforced read by id, one connection', alone),
    row('the same, 8 connections', many),
    {
      what: 'of this the audit, 8 connections',
      figure: `${Math.round(100 * many.audit)} %`,
      floor: `the same server without the rows of reads: ${whole(many.unaudited)} µs CPU`,
      ...judged('≤ 10 %', many.audit <= 0.1),
    },
  ]

  /** A server with the read that is asked of it. */
  async function reader(server: Measured) {
    const [request] = client.tokenRequests(`${server.url}/oauth2/token`, '/oauth2/token', 1, id)
    const token = await fetchToken(server.url, request ?? { path: '/' })
    const headers = { authorization: `Bearer ${token}` }
    return { server, ask: { path: `/fhir/Patient/${PATIENT}`, headers } }
  }

  async function compare(connections: number): Promise<Compared> {
    const runs: Compared[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const floor = await load(bare, REQUESTS, () => ({ path: '/' }), { connections })
      const read = await load(ours.server, REQUESTS, () => ours.ask, { connections })
      const { cpu } = await load(unaudited.server, REQUESTS, () => unaudited.ask, { connections })
      runs.push({
        bare: floor.cpu,
        ours: read.cpu,
        times: floor.cpu / read.cpu,
        rates: read.rate / floor.rate,
        unaudited: cpu,
        audit: 1 - cpu / read.cpu,
      })
    }
    const middle = (name: keyof Compared) => median(runs.map((run) => run[name]))
    return {
      bare: middle('bare'),
      ours: middle('ours'),
      times: middle('times'),
      rates: middle('rates'),
      unaudited: middle('unaudited'),
      audit: middle('audit'),
    }
  }
}

type Compared = Record<'bare' | 'ours' | 'times' | 'rates' | 'unaudited' | 'audit', number>
