import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exporting } from './exporting.ts'
import { hospitalFolder } from './hospital.ts'
import { importing } from './importing.ts'
import { launching } from './launching.ts'
import { reading } from './reading.ts'
import { searching } from './searching.ts'
import { starting } from './starting.ts'
import type { Row } from './table.ts'
import { markdown } from './table.ts'
import { tokens } from './tokens.ts'
import { writing } from './writing.ts'

/**
 * `npm run bench`: every figure stands beside a floor of the same run, as machines differ and only ratios travel.
 * Options: `--patients N` (17200 make a million resources), `--write` puts the table into README.md.
 */
const { values: chosen } = parseArgs({
  options: {
    patients: { type: 'string', default: '17200' },
    only: { type: 'string' },
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
  ['searching', async () => await searching(await hospitalFolder(patients))],
  ['exporting', async () => await exporting(await hospitalFolder(patients))],
  ['starting', async () => await starting(await hospitalFolder(patients))],
]

const rows: Row[] = []
for (const [name, run] of sections) {
  if (chosen.only !== undefined && chosen.only !== name) continue
  process.stderr.write(`${name} …\n`)
  rows.push(...(await run()))
}
rmSync(folder, { recursive: true, force: true })

const [cpu] = cpus()
const machine = `${cpus().length} × ${cpu?.model.trim()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`
const report = `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}.\n\n${markdown(rows)}\n`
process.stdout.write(`\n${report}`)

if (chosen.write) {
  const readme = join(import.meta.dirname, 'README.md')
  const text = readFileSync(readme, 'utf8')
  writeFileSync(readme, text.replace(/(<!-- figures -->\n)[\s\S]*(<!-- end -->)/, `$1${report}$2`))
}
if (rows.some((row) => row.verdict === 'missed')) process.exitCode = 1
