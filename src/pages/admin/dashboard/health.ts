import type { SigningKey } from '../../../keys/signing-keys.ts'
import { rotateBefore } from '../../../keys/signing-keys.ts'
import { diskSpace, LITTLE, NONE } from '../../../lib/disk.ts'
import { messageOf } from '../../../lib/errors.ts'
import { DAY } from '../../../lib/time.ts'
import type { Database } from '../../../store/database.ts'

export type Health = {
  what: 'database' | 'fhir' | 'audit' | 'disk' | 'keys'
  state: 'ok' | 'warn' | 'danger'
} & (
  | { what: 'database'; milliseconds: number | undefined; dialect: Database['dialect'] }
  /** Within which nearly all answers came lately; none came, maybe. */
  | { what: 'fhir'; milliseconds: number | undefined }
  | { what: 'audit' }
  /** Bytes. */
  | { what: 'disk'; free: number; total: number }
  /** When the first current key should be rotated (milliseconds). */
  | { what: 'keys'; before: number | undefined }
)

/** How long before it is due the rotation of a key is told about. */
export const SOON = 60 * DAY
const SLOW = 100

export type HealthDeps = {
  db: Pick<Database, 'dialect' | 'kysely'>
  audit: { accepts: () => boolean }
  signingKeys: { list: () => Promise<SigningKey[]> }
  dataDir: string
}

/** Whether everything works on which the server rests; whatever fails is its own line. */
export async function healthOf(
  { db, audit, signingKeys, dataDir }: HealthDeps,
  { fhir, now }: { fhir: number | undefined; now: number },
): Promise<Health[]> {
  return [
    await databaseHealth(db),
    { what: 'fhir', milliseconds: fhir, state: fhir !== undefined && fhir > SLOW ? 'warn' : 'ok' },
    { what: 'audit', state: audit.accepts() ? 'ok' : 'danger' },
    ...diskHealth(dataDir),
    keysHealth(await signingKeys.list(), now),
  ]
}

async function databaseHealth(db: HealthDeps['db']): Promise<Health> {
  const { dialect } = db
  const started = performance.now()
  try {
    await db.kysely.selectFrom('change').select('name').limit(1).execute()
    const milliseconds = performance.now() - started
    return { what: 'database', dialect, milliseconds, state: milliseconds > SLOW ? 'warn' : 'ok' }
  } catch (error) {
    if (messageOf(error) === '') throw error
    return { what: 'database', dialect, milliseconds: undefined, state: 'danger' }
  }
}

function diskHealth(dataDir: string): Health[] {
  try {
    const { free, total } = diskSpace(dataDir)
    return [{ what: 'disk', free, total, state: free < NONE ? 'danger' : free < LITTLE ? 'warn' : 'ok' }]
  } catch {
    // On PostgreSQL there may be no data folder at all.
    return []
  }
}

function keysHealth(keys: readonly SigningKey[], now: number): Health {
  const dues = keys.filter(({ state }) => state === 'current').map(rotateBefore)
  const before = dues.length === 0 ? undefined : Math.min(...dues)
  const state = before === undefined || before < now ? 'danger' : before < now + SOON ? 'warn' : 'ok'
  return { what: 'keys', before, state }
}
