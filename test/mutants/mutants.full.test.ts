import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { type Numbered, switched } from './switched.ts'

// A test of the tests: with each mutant switched on its killer must fail; as things are all killers pass. One copy of
// the tree holds all mutants, and one child process runs each killer as often as it is one, and once more at the end.

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'lanyard-mutants-'))
const numbered: Numbered[] = mutants.map((mutant, number) => ({ ...mutant, number }))
const killers = [...new Set(mutants.map(({ killer }) => killer))]

type Result = { title: string; status: string; failureMessages: string[] }
type File = { name: string; status: string; message: string; assertionResults: Result[] }
let files: Map<string, File>

beforeAll(async () => {
  for (const part of ['node_modules', 'views', 'config', 'package.json'])
    symlinkSync(join(root, part), join(folder, part))
  for (const part of ['src', 'test/support', 'test/fhir'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  for (const [path, here] of Map.groupBy(numbered, ({ file }) => file))
    writeFileSync(join(folder, path), switched(readFileSync(join(root, path), 'utf8'), here))
  for (const mutant of numbered) cpSync(join(root, mutant.killer), join(folder, planted(mutant)))
  files = await runAll([...numbered.map(planted), ...killers])
  // A hundred killers: a minute, and several times that on a machine that does other things.
}, 900_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where the killer stands that runs with a mutant switched on; `switch.ts` reads its number. */
function planted({ number, killer }: Numbered): string {
  return join(dirname(killer), `mutant-${number}-${basename(killer)}`)
}

/** @returns by their paths in the tree */
async function runAll(paths: readonly string[]): Promise<Map<string, File>> {
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const config = join(import.meta.dirname, 'run.ts')
  const options = ['--root', folder, '--config', config, '--reporter', 'json', '--outputFile', report]
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(process.execPath, [vitest, 'run', ...options, ...paths], {
    cwd: folder,
    // Nothing of the vitest that this runs in.
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) },
    stdio: 'ignore',
  })
  await once(child, 'close')
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: File[] }
  return new Map(testResults.map((file) => [file.name.slice(folder.length + 1), file]))
}

test('without a mutation all killers pass', () => {
  const run = killers.map((killer) => files.get(killer))
  expect(run.map((file) => [file?.name, file?.status, file?.message])).toEqual(
    killers.map((killer) => [join(folder, killer), 'passed', '']),
  )
})

test.each(numbered)('a test fails when $name', (mutant) => {
  const run = files.get(planted(mutant))
  // A server that does not start, or an error of the test itself, would prove nothing.
  const noticed = (run?.assertionResults ?? []).filter(
    ({ status, failureMessages }) =>
      status === 'failed' && failureMessages.some((message) => message.startsWith('AssertionError')),
  )
  expect(noticed.length, `${mutant.killer} passes, or is broken: ${run?.message}`).toBeGreaterThan(0)
})
