import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mutants } from './mutants.ts'

// A test of the tests: each mutant gets a copy of the tree of its own, in which its killer must fail; in a copy
// without a mutation all killers pass. All copies are run by one child process.

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'lanyard-mutants-'))
const copies = mutants.map((mutant, index) => ({ mutant, name: `mutant-${index}` }))
const killers = [...new Set(mutants.map(({ killer }) => killer))]

type Result = { title: string; status: string; failureMessages: string[] }
type File = { name: string; status: string; message: string; assertionResults: Result[] }
let files: File[]

beforeAll(async () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  plantTree('as-it-is', 'src/smart/')
  for (const { mutant, name } of copies) {
    plantTree(name, mutant.file)
    const file = join(folder, name, mutant.file)
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(mutant.find, () => mutant.replace),
    )
  }
  files = await runAll([
    ...killers.map((killer) => `as-it-is/${killer}`),
    ...copies.map(({ mutant, name }) => `${name}/${mutant.killer}`),
  ])
  // A hundred copies: some minutes, and several times that on a machine that does other things.
}, 1_500_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * A tree in which the mutated room and those above it are copies. A room imports only from lower floors, so the
 * ones below can be links, which all copies share.
 */
function plantTree(name: string, mutated: string): void {
  const tree = join(folder, name)
  const isShared = mutated.startsWith('src/fhir/')
    ? (room: string) => !['fhir', 'cli'].includes(room) && !room.endsWith('.ts')
    : (room: string) => room === 'lib'
  mkdirSync(join(tree, 'src'), { recursive: true })
  for (const room of readdirSync(join(root, 'src'))) put(tree, `src/${room}`, isShared(room))
  for (const part of ['test/fhir/enforcement', 'test/fhir/oracle', 'test/fhir/extract', 'test/support'])
    put(tree, part, false)
  for (const part of ['views', 'config', 'package.json']) put(tree, part, true)
}

function put(tree: string, part: string, isShared: boolean): void {
  if (isShared) symlinkSync(join(root, part), join(tree, part))
  else cpSync(join(root, part), join(tree, part), { recursive: true })
}

async function runAll(include: readonly string[]): Promise<File[]> {
  const env = { VITEST_PROJECT: 'fast' }
  // Without isolation what the copies have in common, koa and the like, is loaded once.
  const options = { test: { include, testTimeout: 20_000, maxWorkers: 2, isolate: false, env } }
  writeFileSync(join(folder, 'vitest.config.ts'), `export default ${JSON.stringify(options)}\n`)
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--root', folder, '--reporter', 'json', '--outputFile', report],
    // Nothing of the vitest that this runs in.
    { cwd: folder, env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) }, stdio: 'ignore' },
  )
  await once(child, 'close')
  return (JSON.parse(readFileSync(report, 'utf8')) as { testResults: File[] }).testResults
}

const filesOf = (copy: string): File[] => files.filter(({ name }) => name.includes(`/${copy}/`))

test('without a mutation all killers pass', () => {
  const run = filesOf('as-it-is')
  expect(run.map(({ name }) => name.split('/as-it-is/')[1]).sort()).toEqual([...killers].sort())
  const failed = run.filter(({ status }) => status !== 'passed')
  expect(failed.map(({ name, message }) => [name, message])).toEqual([])
})

test.each(copies)('a test fails when $mutant.name', ({ mutant, name }) => {
  const [run] = filesOf(name)
  // A server that does not start, or an error of the test itself, would prove nothing.
  const noticed = (run?.assertionResults ?? []).filter(
    ({ status, failureMessages }) =>
      status === 'failed' && failureMessages.some((message) => message.startsWith('AssertionError')),
  )
  expect(noticed.length, `${mutant.killer} passes, or is broken: ${run?.message}`).toBeGreaterThan(0)
})
