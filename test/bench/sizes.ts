import { sql } from 'kysely'
import { loadConfig } from '../../src/config/load.ts'
import { type House, openHouse } from '../../src/house.ts'
import { systemClock } from '../../src/lib/time.ts'
import { createLog } from '../../src/observe/log.ts'
import { hospitalFolder } from './hospital.ts'
import { load } from './load.ts'
import { benchPostgres } from './postgres.ts'
import { cpuOf, type Measured, startBareKoa, startLanyard } from './process.ts'
import { type Question, questions } from './questions.ts'
import { judged, median, type Row, whole } from './table.ts'

/** A round of one question at one size takes so long at most, in milliseconds; the middle one of them counts. */
const LONGEST = 1200
const ROUNDS = 3
const MOST_REQUESTS = 600
const FEWEST_REQUESTS = 50
const CONNECTIONS = 4

/** One column: what each question takes, in microseconds of CPU, by its words. */
type Column = { name: string; resources: number; figures: Map<string, number> }

const KOA = 'koa, a constant body of the same size as the read'
const BY_KEY = 'the body by type and id, bare SQL in the process'

/**
 * The same questions at several sizes and on both databases.
 * @param sizes patients of the hospitals on SQLite, smallest first
 * @param onPostgres patients of those on PostgreSQL
 * @returns the table, and rows for the questions that have a target, at the largest size on SQLite
 */
export async function sizes(
  sizesOnSqlite: readonly number[],
  onPostgres: readonly number[],
): Promise<{ table: string; rows: Row[] }> {
  const columns: Column[] = []
  let asked: Question[] = []
  for (const patients of sizesOnSqlite) {
    const folder = await hospitalFolder(patients)
    const measured = await atOneSize('SQLite', folder, {})
    columns.push(measured.column)
    asked = measured.asked
  }
  const largest = columns.at(-1)
  if (onPostgres.length > 0) {
    const postgres = await benchPostgres()
    try {
      for (const patients of onPostgres) {
        const { folder, url } = await postgres.hospital(patients)
        const { column } = await atOneSize('PostgreSQL', folder, { LANYARD_DATABASE_URL: url }, postgres.cpu)
        columns.push(column)
      }
    } finally {
      await postgres.stop()
    }
  }
  return { table: tableOf(columns, asked), rows: largest === undefined ? [] : targetRows(asked, largest) }
}

/** @param others CPU of other processes that belong to the server */
async function atOneSize(
  name: string,
  folder: string,
  environment: Record<string, string>,
  others?: () => number,
): Promise<{ column: Column; asked: Question[] }> {
  const started = await startLanyard(folder, environment)
  const ours: Measured = others === undefined ? started : { ...started, others }
  const house = await openHouse(
    loadConfig({ LANYARD_BASE_URL: ours.url, ...environment }, folder),
    createLog('silent'),
    systemClock,
  )
  try {
    const [counted] = (
      await sql<{ n: number }>`select count(*) as n from resource where state = 1`.execute(house.db.kysely)
    ).rows
    const resources = Number(counted?.n)
    process.stderr.write(`  ${name}, ${whole(resources)} resources …\n`)
    const asked = await questions(house, ours.url)
    const figures = await floors(ours, house, asked)
    for (const question of asked) figures.set(question.what, await cpuFor(ours, question))
    return { column: { name, resources, figures }, asked }
  } finally {
    await house.close()
    await started.stop()
  }
}

/** CPU for one answer, in microseconds; the number of requests is fitted to the time. */
async function cpuFor(server: Measured, { ask, status = 200 }: Omit<Question, 'what'>): Promise<number> {
  const options = { connections: CONNECTIONS, status }
  const first = await load(server, FEWEST_REQUESTS, ask, options)
  const fitting = Math.floor((first.rate * LONGEST) / 1000)
  const count = Math.min(MOST_REQUESTS, Math.max(FEWEST_REQUESTS, fitting))
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push((await load(server, count, ask, options)).cpu)
  return median(rounds)
}

async function floors(
  ours: Measured,
  house: House,
  asked: readonly Question[],
): Promise<Map<string, number>> {
  const { path = '', headers = {} } = asked[0]?.ask(0) ?? {}
  const body = await (await fetch(`${ours.url}${path}`, { headers })).text()
  const bare = await startBareKoa(body)
  const koa = await cpuFor(bare, { ask: () => ({ path: '/' }) })
  await bare.stop()
  return new Map([
    [KOA, koa],
    [BY_KEY, await cpuByKey(ours, house, path.split('/').at(-1) ?? '')],
  ])
}

/** The least that any answer from this database needs. */
async function cpuByKey({ others }: Measured, { db }: House, id: string): Promise<number> {
  const [type] = (
    await sql<{ id: number }>`select id from fhir_type where name = 'Patient'`.execute(db.kysely)
  ).rows
  const query = sql<{
    body: string
  }>`select body from resource where type = ${type?.id} and id = ${id}`.compile(db.kysely)
  const used = () => cpuOf({ pid: process.pid }) + (others?.() ?? 0)
  for (let i = 0; i < 500; i++) await db.read(query)
  const [before, count] = [used(), 5000]
  for (let i = 0; i < count; i++) await db.read(query)
  return (used() - before) / count
}

function tableOf(columns: readonly Column[], asked: readonly Question[]): string {
  const head = [
    'CPU for one answer, ms',
    ...columns.map(({ name, resources }) => `${name}, ${whole(resources)}`),
  ]
  const names = [KOA, BY_KEY, ...asked.map(({ what }) => what)]
  const lines = names.map((what) => [
    what,
    ...columns.map(({ figures }) => ((figures.get(what) ?? 0) / 1000).toFixed(what === BY_KEY ? 3 : 2)),
  ])
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function targetRows(asked: readonly Question[], { resources, figures }: Column): Row[] {
  return asked.flatMap(({ what, target }) => {
    const milliseconds = (figures.get(what) ?? 0) / 1000
    if (target === undefined) return []
    return [
      {
        what,
        figure: `${milliseconds.toFixed(2)} ms CPU`,
        floor: `${whole(resources)} resources on SQLite; koa with a constant body ${whole(figures.get(KOA) ?? 0)} µs`,
        ...judged(`< ${target} ms CPU`, milliseconds < target),
      },
    ]
  })
}
