import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { createClient, fetchToken } from './client.ts'
import { type Ask, type Load, load } from './load.ts'
import { runLanyard, startLanyard } from './process.ts'
import { judged, median, type Row, whole } from './table.ts'

const ROUNDS = 3
const CREATES = 3000
const TRANSACTIONS = 50
const ENTRIES = 100
const SCOPE = 'system/*.cruds'

/** Laboratory results one by one and by the hundred, validated, indexed, audited; beside bare inserts into a file. */
export async function writing(folder: string): Promise<Row[]> {
  const home = join(folder, 'writing')
  mkdirSync(home)
  const client = createClient()
  const id = 'bench-write'
  writeFileSync(
    join(home, 'writer.json'),
    JSON.stringify({ ...client.metadata, client_id: id, scope: SCOPE }),
  )
  await runLanyard(home, ['client', 'add', 'writer.json'])
  await runLanyard(home, ['seed', '--patients', '100'])
  const ours = await startLanyard(home)
  const [request = { path: '/' }] = client.tokenRequests(`${ours.url}/oauth2/token`, '/oauth2/token', 1, id)
  const form = new URLSearchParams(request.body)
  form.set('scope', SCOPE)
  const token = await fetchToken(ours.url, { ...request, body: String(form) })
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/fhir+json',
    prefer: 'return=minimal',
  }
  const runs: { one: Load; many: Load; bare: number; bareMany: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const one = await load(ours, CREATES, (index) => create(index, headers), { status: 201 })
    const many = await load(ours, TRANSACTIONS, (index) => transaction(index, headers), { connections: 2 })
    const file = join(home, `bare-${round}.sqlite`)
    runs.push({
      one,
      many,
      bare: bareInserts(file, CREATES, 1),
      bareMany: bareInserts(file, CREATES, ENTRIES),
    })
  }
  await ours.stop()
  const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick))
  const [single, together] = [of((run) => run.one.cpu), of((run) => run.many.cpu) / ENTRIES]
  return [
    {
      what: 'create one by one, 8 connections',
      figure: `${whole(1_000_000 / single)} a second and core, ${whole(single)} µs CPU, p99 ${of((run) => run.one.p99).toFixed(1)} ms`,
      floor: `${whole(of((run) => run.one.rate))} a second by the clock; a bare insert and its commit: ${whole(of((run) => run.bare))} µs CPU`,
      ...judged('≥ 1,200', 1_000_000 / single >= 1200),
    },
    {
      what: `create in transactions of ${ENTRIES}`,
      figure: `${whole(1_000_000 / together)} resources a second and core, ${whole(together)} µs CPU each`,
      floor: `${whole(of((run) => run.many.rate) * ENTRIES)} a second by the clock; a bare insert, ${ENTRIES} a commit: ${whole(of((run) => run.bareMany))} µs CPU`,
      ...judged('≥ 5,000', 1_000_000 / together >= 5000),
    },
  ]
}

function create(index: number, headers: Record<string, string>): Ask {
  return { path: '/fhir/Observation', method: 'POST', headers, body: JSON.stringify(observation(index)) }
}

function transaction(index: number, headers: Record<string, string>): Ask {
  const entry = Array.from({ length: ENTRIES }, (_, place) => ({
    resource: observation(index * ENTRIES + place),
    request: { method: 'POST', url: 'Observation' },
  }))
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
  return { path: '/fhir', method: 'POST', headers, body }
}

function observation(index: number) {
  const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] })
  const time = new Date(1_600_000_000_000 + index * 60_000).toISOString()
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [coding(category, 'laboratory', 'Laboratory')],
    code: coding('http://loinc.org', '4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'),
    subject: { reference: 'Patient/ana-lindqvist' },
    effectiveDateTime: time,
    issued: time,
    valueQuantity: {
      value: 5 + (index % 40) / 10,
      unit: '%',
      system: 'http://unitsofmeasure.org',
      code: '%',
    },
  }
}

/** The floor: the text alone, into a table without any index, with the settings of our own file. @returns µs each */
function bareInserts(file: string, count: number, together: number): number {
  const db = new Sqlite(file)
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec('create table if not exists resource (rid integer primary key, body text not null)')
  const insert = db.prepare('insert into resource (body) values (?)')
  const before = process.cpuUsage()
  for (let index = 0; index < count; index += together) {
    db.transaction(() => {
      for (let place = 0; place < together; place++) insert.run(JSON.stringify(observation(index + place)))
    }).immediate()
  }
  const { user, system } = process.cpuUsage(before)
  db.close()
  return (user + system) / count
}
