import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../../src/cli/serve.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { House } from '../../src/house.ts'
import { createLog } from '../../src/observe/log.ts'
import { copyOf, DEMO_PATIENTS, type Engine, type Kind, noon } from './templates.ts'

export type TestServer = {
  /** The base URL, which is the issuer. */
  url: string
  fhir: string
  /** The registers, for what a test must arrange behind the door. */
  house: House
  /** Holds still until it is moved. */
  clock: { now: number; advance(milliseconds: number): void }
  /** What was logged, as parsed lines. */
  logged: Record<string, unknown>[]
  close(): Promise<void>
}

/** What a server has logged of things that broke; of refusals nothing. */
export function brokenIn({ logged }: Pick<TestServer, 'logged'>): Record<string, unknown>[] {
  return logged.filter(({ level }) => level === 'error' || level === 'fatal')
}

export { engine } from './database.ts'
export { type Engine, noon } from './templates.ts'

/**
 * Starts a real server on a free port with an empty database; demo mode without the demo hospital, unless the kind is
 * `demo`. It is SQLite unless an engine is named (`engine` is the one of a `*.both.test.ts`). What `config` holds goes into a file.
 */
export async function startServer(
  options: {
    engine?: Engine
    kind?: Kind
    environment?: Record<string, string>
    config?: Record<string, unknown>
  } = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-test-'))
  const databaseUrl = await copyOf(options.kind ?? 'furnished', options.engine ?? 'sqlite', folder)
  const clock = {
    now: noon,
    advance(milliseconds: number) {
      clock.now += milliseconds
    },
  }
  const logged: Record<string, unknown>[] = []
  const log = createLog('debug', { write: (line: string) => void logged.push(JSON.parse(line)) })
  const file = join(folder, 'lanyard.json')
  if (options.config !== undefined) writeFileSync(file, JSON.stringify(options.config))
  const config = loadConfig(
    {
      ...(options.config === undefined ? {} : { LANYARD_CONFIG: file }),
      LANYARD_PORT: '0',
      LANYARD_DATABASE_URL: databaseUrl,
      LANYARD_KEYS_DIR: join(folder, 'keys'),
      LANYARD_SEED_PATIENTS: options.kind === 'demo' ? DEMO_PATIENTS : '0',
      // A reader thread costs more to start than the searches of most tests; what is about threads asks for some.
      LANYARD_WORKERS: '0',
      ...options.environment,
    },
    folder,
  )
  const running = await serve(config, log, () => clock.now)
  return {
    url: running.config.baseUrl,
    fhir: `${running.config.baseUrl}/fhir`,
    house: running.house,
    clock,
    logged,
    async close() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
