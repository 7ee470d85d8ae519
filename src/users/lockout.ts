import { type Kysely, sql } from 'kysely'
import { type Clock, DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import type { FailureHash } from './failure-hash.ts'
import { networkOf } from './network.ts'
import { usernameOf } from './user-file.ts'

/**
 * So many tries are free; the failure that uses up the last begins a delay of `first`, and each further one doubles
 * it, up to `most`. After `window` it counts anew. All in milliseconds.
 */
type Rule = { free: number; first: number; most: number; window: number }

const guessing: Rule = { free: 5, first: 30 * SECOND, most: 15 * MINUTE, window: DAY }

/**
 * What an account may be tried from one address; what one address may try, which may be that of a whole hospital; and
 * what an account may be tried from anywhere. The last two delay little, since strangers can bring them about. An
 * account is guessed at less than 100 times an hour by any number of addresses (OWASP ASVS 4.0.3, 2.2.1).
 */
const rules = {
  pair: guessing,
  address: { free: 300, first: SECOND, most: MINUTE, window: HOUR },
  account: { free: 20, first: SECOND, most: MINUTE, window: HOUR },
  /** Each device on which this account signed in before counts for itself, so nobody elsewhere can lock it out. */
  device: guessing,
} satisfies Record<string, Rule>

/** Who tries to sign in. */
export type Who = {
  username: string
  address: string
  /** The id of the device, if this account has signed in on it before. */
  device: string | undefined
}
/** One try, as it was counted. */
type Counted = { key: string; failures: number; blockedUntil: number; expires: number; rule: Rule }
export type Attempt = readonly [own: Counted, ...others: Counted[]]

/**
 * Counts failed sign-ins and delays those who fail often. A try counts as failed when it begins and is taken back if
 * it did not fail: so of any number of tries at the same time, on any number of nodes, no more than are free or due
 * reach a password. Unknown names count like known ones.
 */
export function createLockout(db: Database, clock: Clock, hash: FailureHash) {
  return {
    /** Counts a try, or tells until when there can be none (milliseconds since 1970). */
    async begin(who: Who): Promise<{ attempt: Attempt } | { blockedUntil: number }> {
      const [own, ...others] = countersOf(who, hash)
      return await db.kysely.transaction().execute(async (trx) => {
        const first = await count(trx, own, clock())
        if ('blockedUntil' in first) return first
        const counted: [Counted, ...Counted[]] = [first.counted]
        for (const counter of others) {
          const next = await count(trx, counter, clock())
          if ('blockedUntil' in next) {
            await takeBack(trx, counted)
            return next
          }
          counted.push(next.counted)
        }
        return { attempt: counted }
      })
    },
    /** The password was right: the account's failures from there are forgotten. */
    async succeeded([own, ...others]: Attempt): Promise<void> {
      await db.kysely.transaction().execute(async (trx) => {
        await trx.deleteFrom('sign_in_failure').where('counter', '=', own.key).execute()
        await takeBack(trx, others)
      })
    },
    /** No password was looked at. */
    async undone(attempt: Attempt): Promise<void> {
      await db.kysely.transaction().execute((trx) => takeBack(trx, attempt))
    },
    /** What is left after a try that failed. */
    after(attempt: Attempt): { triesLeft: number; blockedUntil: number } {
      const [{ rule, failures }] = attempt
      return {
        triesLeft: Math.max(0, rule.free - failures),
        blockedUntil: Math.max(...attempt.map(({ blockedUntil }) => blockedUntil)),
      }
    },
  }
}

type Counter = { key: string; rule: Rule; nameHash: string | null }

/** Always in this order, in which the database locks their rows. */
function countersOf({ username, address, device }: Who, hash: FailureHash): [Counter, ...Counter[]] {
  const name = usernameOf(username)
  const network = networkOf(address)
  const counter = (kind: keyof typeof rules, ...of: string[]) => ({
    key: hash.counter(kind, ...of),
    rule: rules[kind],
    nameHash: kind === 'address' ? null : hash.name(name),
  })
  return device === undefined
    ? [counter('pair', name, network), counter('address', network), counter('account', name)]
    : [counter('device', name, device)]
}

async function count(
  trx: Kysely<Tables>,
  { key, rule, nameHash }: Counter,
  now: number,
): Promise<{ counted: Counted } | { blockedUntil: number }> {
  const row = await trx
    .insertInto('sign_in_failure')
    .values({
      counter: key,
      failures: 1,
      blocked_until: 0,
      expires: now + rule.window,
      name_hash: nameHash,
    })
    .onConflict((conflict) =>
      conflict
        .column('counter')
        .doUpdateSet({
          failures: sql`case when sign_in_failure.expires <= ${now} then 1 else sign_in_failure.failures + 1 end`,
          blocked_until: 0,
          expires: sql`case when sign_in_failure.expires <= ${now} then excluded.expires else sign_in_failure.expires end`,
        })
        .where((where) =>
          where.or([
            where('sign_in_failure.blocked_until', '<=', now),
            where('sign_in_failure.expires', '<=', now),
          ]),
        ),
    )
    .returning(['failures', 'expires'])
    .executeTakeFirst()
  if (row === undefined) {
    const { blocked_until } = await trx
      .selectFrom('sign_in_failure')
      .select('blocked_until')
      .where('counter', '=', key)
      .executeTakeFirstOrThrow()
    return { blockedUntil: blocked_until }
  }
  const delay = delayAfter(row.failures, rule)
  const blockedUntil = delay === 0 ? 0 : now + delay
  if (delay > 0) {
    await trx
      .updateTable('sign_in_failure')
      .set({ blocked_until: blockedUntil })
      .where('counter', '=', key)
      .execute()
  }
  return { counted: { key, rule, blockedUntil, ...row } }
}

function delayAfter(failures: number, { free, first, most }: Rule): number {
  return failures < free ? 0 : Math.min(most, first * 2 ** (failures - free))
}

/** As if the try had not been; of a delay, only its own is lifted. */
async function takeBack(trx: Kysely<Tables>, counted: readonly Counted[]): Promise<void> {
  for (const { key, blockedUntil, expires } of counted) {
    await trx
      .updateTable('sign_in_failure')
      .set({
        failures: sql`failures - 1`,
        blocked_until: sql`case when blocked_until = ${blockedUntil} then 0 else blocked_until end`,
      })
      .where('counter', '=', key)
      // Otherwise it counts anew since, without this try.
      .where('expires', '=', expires)
      .where('failures', '>', 0)
      .execute()
  }
}
