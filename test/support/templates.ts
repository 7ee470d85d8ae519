import { cpSync, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareDemo } from '../../src/cli/demo.ts'
import { loadConfig } from '../../src/config/load.ts'
import { openHouse } from '../../src/house.ts'
import { createLog } from '../../src/observe/log.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { emptyPostgres } from './postgres-database.ts'

export type Engine = 'sqlite' | 'postgres'

/**
 * Databases that are made once in a worker and then copied: running the migrations and making RSA keys costs more
 * than most tests do.
 * - `migrated`: all tables, nothing in them
 * - `furnished`: signing keys too, with the sealing key in `keys/`
 * - `demo`: also the demo with its people and `DEMO_PATIENTS`, with the key of its service in `data/`
 */
export type Kind = 'migrated' | 'furnished' | 'demo'

/** Enough of the demo hospital to have everybody of the stories in it; the last is Elias. */
export const DEMO_PATIENTS = '9'

/** 2026-03-01T12:00:00Z: where the clock of a test stands. */
export const noon = Date.UTC(2026, 2, 1, 12)

const templates = new Map<string, Promise<{ folder: string; url: string }>>()

/**
 * A database of its own, as a copy of its kind.
 * @param folder where it goes: `lanyard.sqlite` on SQLite, and the folders of its kind
 * @returns its URL
 */
export async function copyOf(kind: Kind, engine: Engine, folder: string): Promise<string> {
  const name = `${kind} ${engine}`
  const template = templates.get(name) ?? make(kind, engine)
  templates.set(name, template)
  const made = await template
  for (const beside of ['keys', 'data'])
    if (existsSync(join(made.folder, beside)))
      cpSync(join(made.folder, beside), join(folder, beside), { recursive: true })
  if (engine === 'sqlite') {
    cpSync(join(made.folder, 'lanyard.sqlite'), join(folder, 'lanyard.sqlite'))
    return fileIn(folder)
  }
  return await emptyPostgres(new URL(made.url).pathname.slice(1))
}

export const fileIn = (folder: string): string => `sqlite:${join(folder, 'lanyard.sqlite')}`

async function make(kind: Kind, engine: Engine): Promise<{ folder: string; url: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-template-'))
  const url = engine === 'sqlite' ? fileIn(folder) : await emptyPostgres()
  const db = await openDatabase(url, 0)
  await migrate(db)
  await db.close()
  if (kind !== 'migrated') {
    const environment = {
      LANYARD_DATABASE_URL: url,
      LANYARD_KEYS_DIR: join(folder, 'keys'),
      LANYARD_SEED_PATIENTS: DEMO_PATIENTS,
      LANYARD_WORKERS: '0',
    }
    const log = createLog('silent', { write: () => {} })
    const house = await openHouse(loadConfig(environment, folder), log, () => noon)
    await house.keys.ensure()
    if (kind === 'demo') await prepareDemo(house)
    await house.close()
  }
  // The write-ahead log is back in the file, so that the file is the whole database.
  if (existsSync(join(folder, 'lanyard.sqlite-wal'))) throw new Error('the template is still open')
  return { folder, url }
}
