import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exporting } from './exporting.ts'
import { hospitalFolder } from './hospital.ts'
import { importing } from './importing.ts'
import { launching } from './launching.ts'
import { pages } from './pages/pages.ts'
import { benchPostgres } from './postgres.ts'
import { reading } from './reading.ts'
import { sizes } from './sizes.ts'
import { starting } from './starting.ts'
import type { Row } from './table.ts'
import { markdown } from './table.ts'
import { tokens } from './tokens.ts'
import { writing } from './writing.ts'

/**
 * `npm run bench`: every figure stands beside a floor of the same run, as machines differ and only ratios travel.
 * Options: `--patients N` (17200 make a million resources) sets the size of the largest hospital, `--postgres N,N` those
 * on PostgreSQL, `--only` runs one section, `--audit N` sets the rows of the audit behind the pages, `--engine postgres`
 * the database, `--page`
 * measures only pages whose address fits a pattern, `--write` puts the tables of what was run into README.md.
 */
const { values: chosen } = parseArgs({
  options: {
    patients: { type: 'string', default: '17200' },
    postgres: { type: 'string', default: '172,1720' },
    only: { type: 'string' },
    audit: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'sqlite' },
    page: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const patients = Number(chosen.patients)
const folder = mkdtempSync(join(tmpdir(), 'lanyard-bench-'))

const sections: [name: string, run: () => Promise<Row[]>][] = [
  ['tokens', () => tokens(folder)],
  ['reading', () => reading(folder)],
  ['writing', () => writing(folder)],
  ['launching', () => launching(folder)],
  ['importing', () => importing(folder)],
  ['sizes', atAllSizes],
  ['pages', everyPage],
  ['exporting', async () => await exporting(await hospitalFolder(patients))],
  ['starting', async () => await starting(await hospitalFolder(patients))],
]

/** Tables of their own, by the block of README.md that holds them. */
const tables = new Map<string, string>()
const rows: Row[] = []
for (const [name, run] of sections) {
  if (chosen.only !== undefined && chosen.only !== name) continue
  process.stderr.write(`${name} …\n`)
  rows.push(...(await run()))
}
/** A hundredth, a tenth and the whole. */
async function atAllSizes(): Promise<Row[]> {
  const onSqlite = [patients / 100, patients / 10, patients].map(Math.ceil)
  const onPostgres = chosen.postgres
    .split(',')
    .filter((text) => text !== '')
    .map(Number)
  const { table, rows } = await sizes(onSqlite, onPostgres)
  tables.set('sizes', table)
  return rows
}
async function everyPage(): Promise<Row[]> {
  const { table, rows } = await pagesOn(chosen.engine)
  tables.set('pages', table)
  return rows
}
async function pagesOn(engine: string): Promise<{ table: string; rows: Row[] }> {
  const auditRows = Number(chosen.audit)
  if (engine !== 'postgres') return await pages(auditRows, chosen.page)
  const postgres = await benchPostgres()
  try {
    const url = await postgres.database(`pages_${auditRows}`)
    return await pages(auditRows, chosen.page, { LANYARD_DATABASE_URL: url }, postgres.cpu)
  } finally {
    await postgres.stop()
  }
}
rmSync(folder, { recursive: true, force: true })

const [cpu] = cpus()
const machine = `${cpus().length} × ${cpu?.model.trim()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`
const measured = `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}.\n\n`
const report = `${measured}${markdown(rows)}\n`
process.stdout.write(`\n${report}${[...tables.values()].map((table) => `\n${table}\n`).join('')}`)

if (chosen.write) {
  const readme = join(import.meta.dirname, 'README.md')
  let text = readFileSync(readme, 'utf8')
  const put = (block: string, content: string) => {
    text = text.replace(
      new RegExp(`(<!-- ${block} -->\\n)[\\s\\S]*?(<!-- end ${block} -->)`),
      `$1${content}$2`,
    )
  }
  if (chosen.only === undefined) put('figures', report)
  for (const [block, table] of tables) put(block, `${measured}${table}\n`)
  writeFileSync(readme, text)
}
if (rows.some((row) => row.verdict === 'missed')) process.exitCode = 1
