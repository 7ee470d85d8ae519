import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLanyard } from './process.ts'

/**
 * A folder with a large hospital in it, made at the first call and kept for later runs: a million resources take
 * some minutes.
 */
export async function hospitalFolder(patients: number): Promise<string> {
  const folder = join(tmpdir(), `lanyard-bench-hospital-${patients}`)
  const done = join(folder, 'done')
  if (existsSync(done)) return folder
  mkdirSync(folder, { recursive: true })
  process.stderr.write(`  a hospital of ${patients} patients, into ${folder} …\n`)
  const seconds = await runLanyard(folder, ['seed', '--patients', String(patients)])
  process.stderr.write(`  ready after ${Math.round(seconds)} s\n`)
  writeFileSync(done, `${seconds}\n`)
  return folder
}
