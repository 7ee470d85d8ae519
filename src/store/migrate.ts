import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { LanyardError, messageOf } from '../lib/errors.ts'
import type { Database } from './database.ts'
import { authorization } from './migrations/001-authorization.ts'
import { fhir } from './migrations/002-fhir.ts'
import { launch } from './migrations/003-launch.ts'
import { audit } from './migrations/004-audit.ts'
import { policies } from './migrations/005-policies.ts'
import { bulk } from './migrations/006-bulk.ts'
import { waysIn } from './migrations/007-ways-in.ts'
import { console } from './migrations/008-console.ts'
import { acts } from './migrations/008b-acts.ts'
import { logo } from './migrations/008c-logo.ts'
import { usage } from './migrations/008d-usage.ts'
import { search } from './migrations/009-search.ts'
import { simulator } from './migrations/010-simulator.ts'
import { branding } from './migrations/011-branding.ts'
import { developer } from './migrations/012-developer.ts'
import { apps } from './migrations/013-apps.ts'
import { people } from './migrations/014-people.ts'
import { sessions } from './migrations/014b-sessions.ts'
import { watchedLaunches } from './migrations/015-watched-launches.ts'
import { pages } from './migrations/016-pages.ts'
import { passwordLinks } from './migrations/017-password-links.ts'
import { type Migration, words } from './migrations/ddl.ts'

/** All migrations, oldest first. They only go forward; a name that was released is never changed. */
const migrations: Record<string, Migration> = {
  '001-authorization': authorization,
  '002-fhir': fhir,
  '003-launch': launch,
  '004-audit': audit,
  '005-policies': policies,
  '006-bulk': bulk,
  '007-ways-in': waysIn,
  '008-console': console,
  '008b-acts': acts,
  '008c-logo': logo,
  '008d-usage': usage,
  '009-search': search,
  '010-simulator': simulator,
  '011-branding': branding,
  '012-developer': developer,
  '013-apps': apps,
  '014-people': people,
  '014b-sessions': sessions,
  '015-watched-launches': watchedLaunches,
  '016-pages': pages,
  '017-password-links': passwordLinks,
}

/**
 * Brings the database to this version. Each run is one transaction under a lock: two processes that start
 * together do not trip over each other, and a failure leaves nothing half done.
 * @returns the names of the migrations that were run now
 * @throws LanyardError `configuration` if the database is newer than this version, or cannot be changed
 */
export async function migrate(db: Database): Promise<string[]> {
  await refuseNewer(db)
  const provider = {
    getMigrations: async () =>
      Object.fromEntries(Object.entries(migrations).map(([name, write]) => [name, migration(db, write)])),
  }
  const { error, results } = await new Migrator({
    db: db.kysely,
    provider,
    allowUnorderedMigrations: true,
  }).migrateToLatest()
  if (error !== undefined) {
    throw new LanyardError(
      'configuration',
      `The database could not be brought to this version: ${messageOf(error)}. Nothing was changed.`,
      { cause: error },
    )
  }
  return (results ?? []).map((result) => result.migrationName)
}

/**
 * The migrations that `migrate` would run.
 * @throws LanyardError `configuration` if the database is newer than this version
 */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const done = await refuseNewer(db)
  return Object.keys(migrations).filter((name) => !done.includes(name))
}

function migration(db: Database, write: Migration) {
  return {
    async up(kysely: Kysely<unknown>): Promise<void> {
      for (const statement of write(words[db.dialect])) await sql.raw(statement).execute(kysely)
    },
  }
}

async function refuseNewer(db: Database): Promise<string[]> {
  const done = await migrationsDone(db)
  const unknown = done.filter((name) => !(name in migrations))
  if (unknown.length > 0) {
    throw new LanyardError(
      'configuration',
      `This database was last used by a newer Lanyard (it has ${unknown.join(', ')}). Start that version or a newer one; nothing was changed.`,
    )
  }
  return done
}

async function migrationsDone(db: Database): Promise<string[]> {
  const tables = await db.kysely.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return []
  const rows = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db.kysely)
  return rows.rows.map((row) => row.name)
}
