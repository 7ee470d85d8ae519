import type { Log } from '../observe/log.ts'
import { changeVersion, watchChanges } from '../store/changes.ts'
import type { Database } from '../store/database.ts'
import type { KeyRing, SigningKeys } from './signing-keys.ts'

/** How often a process looks whether keys changed elsewhere, in milliseconds. */
const EVERY = 1000

export type WatchedKeys = { ring: () => KeyRing; stop(): Promise<void> }

/**
 * The key ring of a running server: made if the database has none, and replaced whenever any process rotates.
 * @throws LanyardError `configuration` if the keys were sealed with another sealing key
 */
export async function watchKeys(db: Database, keys: SigningKeys, log: Log): Promise<WatchedKeys> {
  await keys.ensure()
  const since = await changeVersion(db, 'signing_key')
  let current = await keys.load()
  const stop = watchChanges(
    db,
    'signing_key',
    { since, every: EVERY },
    async () => {
      current = await keys.load()
      log.info(
        { keys: current.keys.map(({ kid, alg, state }) => ({ kid, alg, state })) },
        'signing keys changed',
      )
    },
    (error) => log.error({ err: error }, 'signing keys could not be read'),
  )
  return { ring: () => current, stop }
}
