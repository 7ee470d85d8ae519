import type { Insertable } from 'kysely'
import { createSeal } from '../../src/keys/seal.ts'
import { createSigningKeys } from '../../src/keys/signing-keys.ts'
import type { Database } from '../../src/store/database.ts'
import type { Tables } from '../../src/store/tables.ts'
import { migratedDatabase } from './database.ts'

const key = Buffer.alloc(32, 7)
/** The sealing key of the keys below, as its file holds it. */
export const sealingKeyText = key.toString('base64url')
export const seal = createSeal(key)

let made: Promise<Insertable<Tables['signing_key']>[]> | undefined

/** Stores a full set of keys, as an earlier start left them. They are made once a file: RSA takes its time. */
export async function storeSigningKeys(db: Database): Promise<void> {
  made ??= make()
  const now = Date.now()
  const rows = (await made).map((row) => ({ ...row, created: now, since: now }))
  await db.kysely.insertInto('signing_key').values(rows).execute()
}

async function make(): Promise<Insertable<Tables['signing_key']>[]> {
  const database = await migratedDatabase('sqlite')
  const db = await database.open()
  await createSigningKeys(db, seal, Date.now, async () => {}).ensure()
  const rows = await db.kysely.selectFrom('signing_key').selectAll().execute()
  await database.remove()
  return rows
}
