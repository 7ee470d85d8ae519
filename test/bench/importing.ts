import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hospital } from '../../src/fhir/seed/hospital.ts'
import { runLanyard } from './process.ts'
import { judged, type Row, whole } from './table.ts'

const PATIENTS = 1000

/** How fast resources come in, as whole commands: start, open, store, close. */
export async function importing(folder: string): Promise<Row[]> {
  const seeded = join(folder, 'seeded')
  const imported = join(folder, 'imported')
  mkdirSync(seeded)
  mkdirSync(imported)
  const file = join(folder, 'hospital.ndjson')
  const count = await writeHospital(file)
  const started = performance.now()
  for (const resource of hospital({ patients: PATIENTS })) JSON.stringify(resource)
  const alone = count / ((performance.now() - started) / 1000)
  const bySeed = count / (await runLanyard(seeded, ['seed', '--patients', String(PATIENTS)]))
  const byImport = count / (await runLanyard(imported, ['import', file]))
  const floor = `the generator alone: ${whole(alone)} a second`
  return [
    {
      what: `seed ${whole(count)} resources`,
      figure: `${whole(bySeed)} a second`,
      floor,
      ...judged('≥ 4,000 a second', bySeed >= 4000),
    },
    {
      what: `import ${whole(count)} resources`,
      figure: `${whole(byImport)} a second`,
      floor,
      ...judged('≥ 4,000 a second', byImport >= 4000),
    },
  ]
}

async function writeHospital(file: string): Promise<number> {
  const out = createWriteStream(file)
  let count = 0
  for (const resource of hospital({ patients: PATIENTS })) {
    count++
    if (!out.write(`${JSON.stringify(resource)}\n`)) await once(out, 'drain')
  }
  await new Promise<void>((done) => out.end(done))
  return count
}
