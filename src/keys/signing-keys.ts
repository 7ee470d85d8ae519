import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { CryptoKey, JWK } from 'jose'
import { exportJWK, generateKeyPair, importJWK } from 'jose'
import type { Kysely, Selectable } from 'kysely'
import type { Act, Edit } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId } from '../lib/id.ts'
import { type Clock, DAY } from '../lib/time.ts'
import { changeVersion, noteChange } from '../store/changes.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import type { Seal } from './seal.ts'

/** ES256 signs access tokens (an RSA signature would halve throughput), RS256 ID tokens (OIDC-01). */
export type Algorithm = 'ES256' | 'RS256'
const algorithms: readonly Algorithm[] = ['ES256', 'RS256']

export type KeyState = 'next' | 'current' | 'previous'
export type SigningKey = {
  kid: string
  alg: Algorithm
  state: KeyState
  publicJwk: JWK
  created: number
  /** When the key entered its state, in milliseconds. */
  since: number
}
/** The keys as one process holds them; a new ring replaces the old one when the register changes. */
export type KeyRing = {
  keys: readonly SigningKey[]
  /** The key that signs now. */
  signer(alg: Algorithm): { kid: string; key: KeyObject }
  /** All private keys of an algorithm, the one that signs now first: for oidc-provider, which reads its own ID tokens. */
  all(alg: Algorithm): { kid: string; key: KeyObject }[]
  /** The public key for a `kid`, whatever its state. */
  verifier(kid: string): { alg: Algorithm; key: CryptoKey } | undefined
  /** RFC 7517 §5: public members only (OIDC-02). */
  jwks: { keys: JWK[] }
}

/** How long a previous key stays published: longer than the longest-lived token it signed. */
export const OVERLAP = 2 * DAY

/** The age from which a signing key should make room for the next. */
const OLD = 365 * DAY

/** When a current key should be rotated at the latest (milliseconds). */
export function rotateBefore({ since }: Pick<SigningKey, 'since'>): number {
  return since + OLD
}

export type SigningKeys = ReturnType<typeof createSigningKeys>

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnKeyChange = (
  kysely: Kysely<Tables>,
  change: { event: 'keys.make' | 'keys.rotate'; made: string[]; act?: Act },
) => Promise<void>

/** The register of signing keys: next → current → previous → removed. */
export function createSigningKeys(db: Database, seal: Seal, clock: Clock, onChange: OnKeyChange) {
  const list = async (kysely: Kysely<Tables> = db.kysely): Promise<SigningKey[]> =>
    (await kysely.selectFrom('signing_key').selectAll().orderBy('alg').orderBy('created').execute()).map(
      fromRow,
    )

  /**
   * Keys sealed with two different sealing keys could never be opened together again, so nothing is added to
   * keys that this one does not open.
   * @throws LanyardError `configuration`
   */
  async function proveSeal(kysely: Kysely<Tables>): Promise<void> {
    const rows = await kysely.selectFrom('signing_key').select('private_sealed').execute()
    for (const row of rows) seal.open(row.private_sealed)
  }

  /**
   * Adds what is missing: a current and a next key for each algorithm. Safe on many nodes at once.
   * @throws LanyardError `configuration` if the present keys were sealed with another sealing key
   */
  async function ensure(): Promise<void> {
    const present = await list()
    const missing = algorithms.flatMap((alg) =>
      (['current', 'next'] as const)
        .filter((state) => !present.some((key) => key.alg === alg && key.state === state))
        .map((state) => ({ alg, state })),
    )
    if (missing.length === 0) return
    const rows = await Promise.all(missing.map(({ alg, state }) => make(alg, state)))
    await db.kysely.transaction().execute(async (trx) => {
      // First, since its row lock makes several nodes wait for each other.
      await noteChange(trx, 'signing_key')
      await proveSeal(trx)
      // Of nodes that start together one wins: there is one current and one next key an algorithm.
      const made = await trx
        .insertInto('signing_key')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .returning('kid')
        .execute()
      if (made.length > 0) await onChange(trx, { event: 'keys.make', made: made.map((row) => row.kid) })
    })
  }

  /**
   * Makes the next key current and the current one previous, and a new next one; previous keys whose tokens
   * are all dead are removed. Everybody has known the next key for a while, so nothing is refused meanwhile.
   * @param edit who does it; with a version, only if nobody rotated since it was seen
   * @throws LanyardError `configuration` if the present keys were sealed with another sealing key, `conflict` (reason
   *   `stale`)
   */
  async function rotate({ version, ...act }: Edit = {}): Promise<SigningKey[]> {
    const fresh = await Promise.all(algorithms.map((alg) => make(alg, 'next')))
    return await db.kysely.transaction().execute(async (trx) => {
      await noteChange(trx, 'signing_key')
      if (version !== undefined) await refuseStale(trx, version)
      await proveSeal(trx)
      const now = clock()
      await trx
        .deleteFrom('signing_key')
        .where('state', '=', 'previous')
        .where('since', '<', now - OVERLAP)
        .execute()
      for (const [from, to] of [
        ['current', 'previous'],
        ['next', 'current'],
      ] as const) {
        await trx
          .updateTable('signing_key')
          .set({ state: to, since: now })
          .where('state', '=', from)
          .execute()
      }
      await trx.insertInto('signing_key').values(fresh).execute()
      await onChange(trx, { event: 'keys.rotate', made: fresh.map((row) => row.kid), act })
      return await list(trx)
    })
  }

  /**
   * Opens all keys.
   * @throws LanyardError `configuration` if they were sealed with another sealing key
   */
  async function load(): Promise<KeyRing> {
    const rows = await db.kysely.selectFrom('signing_key').selectAll().orderBy('created').execute()
    const keys = rows.map(fromRow)
    const opened: { kid: string; alg: Algorithm; state: KeyState; key: KeyObject }[] = []
    const verifiers = new Map<string, { alg: Algorithm; key: CryptoKey }>()
    for (const row of rows) {
      verifiers.set(row.kid, { alg: row.alg, key: await importKey(JSON.parse(row.public_jwk), row.alg) })
      const key = createPrivateKey({ key: JSON.parse(seal.open(row.private_sealed)), format: 'jwk' })
      opened.push({ kid: row.kid, alg: row.alg, state: row.state, key })
    }
    const signers = new Map(opened.filter(({ state }) => state === 'current').map((one) => [one.alg, one]))
    return {
      keys,
      all: (alg) =>
        opened
          .filter((one) => one.alg === alg)
          .sort((a, b) => Number(b.state === 'current') - Number(a.state === 'current')),
      signer(alg) {
        const found = signers.get(alg)
        if (found === undefined) throw new Error(`no current ${alg} signing key`)
        return found
      },
      verifier: (kid) => verifiers.get(kid),
      jwks: { keys: keys.map((key) => key.publicJwk) },
    }
  }

  async function make(alg: Algorithm, state: KeyState) {
    const pair = await generateKeyPair(alg, {
      extractable: true,
      ...(alg === 'RS256' ? { modulusLength: 2048 } : {}),
    })
    const kid = randomId(96)
    const publicJwk: JWK = { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' }
    const now = clock()
    return {
      kid,
      alg,
      state,
      private_sealed: seal.close(JSON.stringify(await exportJWK(pair.privateKey))),
      public_jwk: JSON.stringify(publicJwk),
      created: now,
      since: now,
    }
  }

  return {
    list: () => list(),
    ensure,
    rotate,
    load,
    /** Counts the changes of the register, on any node. */
    version: () => changeVersion(db, 'signing_key'),
  }
}

/** The change of this transaction has been counted already. */
async function refuseStale(trx: Kysely<Tables>, seen: number): Promise<void> {
  const row = await trx
    .selectFrom('change')
    .select('version')
    .where('name', '=', 'signing_key')
    .executeTakeFirst()
  if (row?.version !== seen + 1)
    throw new LanyardError('conflict', 'Somebody else has rotated the keys meanwhile. Look at them again.', {
      reason: 'stale',
    })
}

async function importKey(jwk: JWK, alg: Algorithm): Promise<CryptoKey> {
  const key = await importJWK(jwk, alg)
  if (key instanceof Uint8Array) throw new Error('a signing key must be asymmetric')
  return key
}

function fromRow(row: Selectable<Tables['signing_key']>): SigningKey {
  const { kid, alg, state, created, since } = row
  return { kid, alg, state, publicJwk: JSON.parse(row.public_jwk) as JWK, created, since }
}
