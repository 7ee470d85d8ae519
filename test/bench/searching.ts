import { SignJWT } from 'jose'
import { sql } from 'kysely'
import { loadConfig } from '../../src/config/load.ts'
import { type House, openHouse } from '../../src/house.ts'
import { randomId } from '../../src/lib/id.ts'
import { systemClock } from '../../src/lib/time.ts'
import { createLog } from '../../src/observe/log.ts'
import { type Load, load } from './load.ts'
import { type Measured, startLanyard } from './process.ts'
import { judged, median, type Row, whole } from './table.ts'

const REQUESTS = 1000
const ROUNDS = 3
const laboratory = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'

/** Searches on a large hospital, under the scope of one patient; CPU is that of the server with its threads. */
export async function searching(folder: string): Promise<Row[]> {
  const ours = await startLanyard(folder)
  const house = await openHouse(
    loadConfig({ LANYARD_BASE_URL: ours.url }, folder),
    createLog('silent'),
    systemClock,
  )
  try {
    return await measure(ours, house)
  } finally {
    await house.close()
    await ours.stop()
  }
}

async function measure(ours: Measured, house: House): Promise<Row[]> {
  const [counted] = (
    await sql<{ n: number }>`select count(*) as n from resource where state = 1`.execute(house.db.kysely)
  ).rows
  const size = whole(Number(counted?.n))
  const patients = await richPatients(house)
  const token = await tokens(house, ours.url)
  const perPatient = await Promise.all(patients.map((patient) => token('patient/*.rs', patient)))
  const granular = await Promise.all(
    patients.map((patient) => token(`patient/Observation.rs?category=${laboratory}`, patient)),
  )
  const all = await token('system/*.rs')
  const run = async (
    name: string,
    ask: (index: number) => { path: string; token: string },
    target?: number,
  ): Promise<Row> => {
    const runs: Load[] = []
    for (let round = 0; round < ROUNDS; round++) {
      runs.push(
        await load(ours, REQUESTS, (index) => {
          const { path, token: bearer } = ask(index)
          return { path: `/fhir/${path}`, headers: { authorization: `Bearer ${bearer}` } }
        }),
      )
    }
    const milliseconds = median(runs.map((one) => one.cpu)) / 1000
    return {
      what: name,
      figure: `${milliseconds.toFixed(2)} ms CPU, p99 ${median(runs.map((one) => one.p99)).toFixed(1)} ms`,
      floor: `${size} resources`,
      ...(target === undefined ? {} : judged(`< ${target} ms CPU`, milliseconds < target)),
    }
  }
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T
  return [
    await run(
      '50 Observations by patient, category and date, patient scope',
      (index) => ({
        path: `Observation?patient=${at(patients, index)}&category=laboratory&date=ge2015&_sort=-date&_count=50`,
        token: at(perPatient, index),
      }),
      2,
    ),
    await run(
      'the same under a granular scope',
      (index) => ({
        path: `Observation?patient=${at(patients, index)}&date=ge2015&_sort=-date&_count=50`,
        token: at(granular, index),
      }),
      2,
    ),
    await run('Patient by identifier', (index) => ({
      path: `Patient?identifier=MRN|${1000 + index}`,
      token: all,
    })),
    await run('Observation by chain: patient.family, code', (index) => ({
      path: `Observation?patient.family=${at(['lindqvist', 'okafor', 'berg'], index)}&code=8302-2`,
      token: all,
    })),
    await run('Patient by _has: Observation code, date of a month', (index) => ({
      path: `Patient?_has:Observation:patient:code-value-quantity=4548-4$gt1${1 + (index % 3)}&_count=10`,
      token: all,
    })),
    await run(
      '$everything of the largest records, patient scope',
      (index) => ({ path: `Patient/${at(patients, index)}/$everything`, token: at(perPatient, index) }),
      3,
    ),
    await run('Encounter of a patient with _include of practitioners', (index) => ({
      path: `Encounter?patient=${at(patients, index)}&_include=Encounter:participant`,
      token: at(perPatient, index),
    })),
  ]
}

/** The patients of whom most was observed: their pages are full. */
async function richPatients({ db }: House): Promise<string[]> {
  const rows = await sql<{ id: string }>`
    select p.id from compartment c
    join resource p on p.rid = c.patient
    join resource o on o.rid = c.rid
    join fhir_type t on t.id = o.type and t.name = 'Observation'
    group by p.id order by count(*) desc, p.id limit 40`.execute(db.kysely)
  return rows.rows.map((row) => row.id)
}

/** Tokens as launches will issue them: a grant in its table, signed with the server's key. */
async function tokens(house: House, url: string) {
  const client = await house.clients.add(
    {
      client_name: 'Bench',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost/cb'],
      scope: 'patient/*.rs system/*.rs',
    },
    'command',
  )
  await house.keys.ensure()
  const { kid, key } = (await house.keys.load()).signer('ES256')
  return async (scope: string, patient?: string): Promise<string> => {
    const now = Date.now()
    const gid = randomId()
    const grant = {
      grant_id: gid,
      client_id: client.client.id,
      user_id: null,
      scope,
      context: '{}',
      created: now,
      expires: now + 3_600_000,
      revoked: null,
    }
    await house.db.kysely.insertInto('launch_grant').values(grant).execute()
    return await new SignJWT({
      client_id: client.client.id,
      scope,
      gid,
      jti: randomId(),
      ...(patient === undefined ? {} : { patient }),
    })
      .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid })
      .setIssuer(url)
      .setAudience(`${url}/fhir`)
      .setSubject('bench')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)
  }
}
