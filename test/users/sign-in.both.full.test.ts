import { scryptSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSeal } from '../../src/keys/seal.ts'
import { sha256 } from '../../src/lib/id.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { createFailureHash } from '../../src/users/failure-hash.ts'
import { createPasswords } from '../../src/users/passwords.ts'
import { createUserRegistry, type UserRegistry } from '../../src/users/registry.ts'
import { createSignIn, type SignIn } from '../../src/users/sign-in.ts'
import { engine, migratedDatabase, type TestDatabase } from '../support/database.ts'
import { rolesNamed } from '../support/roles.ts'
import { addUser, cheapPasswords, password } from '../support/users.ts'

let database: TestDatabase
let db: Database
let users: UserRegistry
let signIn: SignIn
let now: number
let computed: () => number
beforeEach(async () => {
  database = await migratedDatabase()
  now = Date.UTC(2026, 2, 1, 12)
  db = await database.open()
  ;({ users, signIn, computed } = node(db))
  await addUser({ users, db }, { username: 'marta' })
})
afterEach(() => database.remove())

const seal = createSeal(new Uint8Array(32).fill(7))

function node(connection: Database) {
  const clock = () => now
  const { passwords, computed } = cheapPasswords()
  const registry = createUserRegistry(connection, clock, passwords, rolesNamed(), async () => {})
  return { users: registry, signIn: createSignIn({ db: connection, users: registry, clock, seal }), computed }
}

/** One more node on PostgreSQL; on SQLite, which has one writing process, one more registry in the same. */
async function oneMoreNode() {
  return node(engine === 'postgres' ? await database.open() : db)
}

const from = (address = '192.0.2.1', more: object = {}) => ({
  username: 'marta',
  password: 'a wrong password',
  address,
  device: undefined as string | undefined,
  ...more,
})
const rows = () => db.kysely.selectFrom('sign_in_failure').selectAll().execute()

describe('SEC-06 signing in', () => {
  test('nobody finds by a list of words what was typed as a name, but with the sealing key', async () => {
    const typed = 'my secret passphrase'
    await signIn(from('192.0.2.1', { username: ` ${typed.toUpperCase()}` }))
    const plain = ['name', 'account', 'pair'].flatMap((kind) => [
      sha256(`${kind}\0${typed}`),
      sha256(`${kind}\0${typed}\x00192.0.2.1`),
    ])
    const stored = (await rows()).flatMap(({ counter, name_hash }) => [counter, name_hash ?? ''])
    expect(plain.filter((hash) => stored.includes(hash))).toEqual([])
    expect(JSON.stringify(await rows())).not.toContain(typed)
    const other = createFailureHash(createSeal(new Uint8Array(32).fill(8))).name(typed)
    const own = createFailureHash(seal).name(typed)
    expect([stored.includes(own), stored.includes(other)]).toEqual([true, false])
  })

  test('the right password lets in, in any case of the name, and nothing is counted', async () => {
    const user = await users.findByName('marta')
    expect(await signIn({ ...from(), username: 'MARTA ', password })).toEqual({ user })
    expect((await rows()).filter(({ failures }) => failures > 0)).toEqual([])
  })

  test('a wrong one does not, and says how many tries are left', async () => {
    const { id: userId } = (await users.findByName('marta')) ?? {}
    expect(await signIn(from())).toEqual({ refused: 'mismatch', userId, triesLeft: 4 })
    expect(await signIn(from())).toEqual({ refused: 'mismatch', userId, triesLeft: 3 })
  })

  test('after success the tries from there are free again', async () => {
    for (let i = 0; i < 4; i++) await signIn(from())
    expect(await signIn({ ...from(), password })).toHaveProperty('user')
    expect(await signIn(from())).toMatchObject({ triesLeft: 4 })
  })

  test('a disabled user gets what a wrong password gets; only the reason for the log differs', async () => {
    await users.setStatus('marta', 'disabled')
    const { id: userId } = (await users.findByName('marta')) ?? {}
    expect(await signIn({ ...from(), password })).toEqual({ refused: 'disabled', userId, triesLeft: 4 })
    expect(await signIn(from())).toEqual({ refused: 'mismatch', userId, triesLeft: 3 })
    for (let i = 0; i < 2; i++) await signIn({ ...from(), password })
    expect(await signIn({ ...from(), password })).toMatchObject({ triesLeft: 0, retryAfter: 30 })
    expect(await signIn({ ...from(), password })).toEqual({ refused: 'blocked', retryAfter: 30 })
  })

  test('a user without a password is refused like any other', async () => {
    await users.add({ username: 'bare', display_name: 'New', roles: ['patient'] }, 'command')
    expect(await signIn({ ...from(), username: 'bare', password: '' })).toMatchObject({
      refused: 'mismatch',
      triesLeft: 4,
    })
    expect(computed()).toBe(1)
  })

  test('unknown names: the same answers, the same work, the same rows', async () => {
    const story = async (username: string, address: string) => {
      const told: unknown[] = []
      const [hashes, before] = [computed(), (await rows()).length]
      for (let i = 0; i < 6; i++) {
        const { userId, ...result } = (await signIn({ ...from(address), username })) as { userId?: string }
        told.push(result)
      }
      return { told, hashes: computed() - hashes, rows: (await rows()).length - before }
    }
    const known = await story('marta', '192.0.2.1')
    expect(known).toEqual({
      told: [
        ...[4, 3, 2, 1].map((triesLeft) => ({ refused: 'mismatch', triesLeft })),
        { refused: 'mismatch', triesLeft: 0, retryAfter: 30 },
        { refused: 'blocked', retryAfter: 30 },
      ],
      hashes: 5,
      rows: 3,
    })
    expect(await story('nobody', '192.0.2.2')).toEqual(known)
    expect(await story('not even a name!', '192.0.2.3')).toEqual(known)
  })

  test('SEC-08 the counters hold neither names nor addresses', async () => {
    await signIn(from('198.51.100.77'))
    const kept = JSON.stringify(await rows())
    expect(kept).not.toMatch(/marta|198\.51/)
  })
})

describe('SEC-06 lockout', () => {
  /** Fails once, and tells by how many seconds the next try is held up. */
  async function fail(who: object = {}): Promise<number> {
    const result = await signIn(from('192.0.2.1', who))
    expect(result).toMatchObject({ refused: 'mismatch' })
    return 'retryAfter' in result ? (result.retryAfter ?? 0) : 0
  }

  test('from one address: five tries, then a delay that doubles up to 15 minutes', async () => {
    const delays: number[] = []
    for (let i = 0; i < 11; i++) {
      const delay = await fail()
      delays.push(delay)
      now += delay * SECOND
    }
    expect(delays).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900])
  })

  test('while it is blocked not even the right password is looked at; then it lets in', async () => {
    for (let i = 0; i < 5; i++) await fail()
    const before = computed()
    now += 29 * SECOND
    expect(await signIn({ ...from(), password })).toEqual({ refused: 'blocked', retryAfter: 1 })
    expect(computed()).toBe(before)
    now += SECOND
    expect(await signIn({ ...from(), password })).toHaveProperty('user')
  })

  test('blocked tries do not make it longer', async () => {
    for (let i = 0; i < 5; i++) await fail()
    for (let i = 0; i < 50; i++) {
      expect(await signIn(from())).toEqual({ refused: 'blocked', retryAfter: 30 })
    }
    now += 30 * SECOND
    expect(await fail()).toBe(60)
  })

  test('another address has tries of its own; addresses of one IPv6 network have not', async () => {
    for (let i = 0; i < 5; i++) await fail({ address: `2001:db8:1:2::${i}` })
    expect(await signIn(from('2001:db8:1:2:9::'))).toMatchObject({ refused: 'blocked' })
    expect(await signIn(from('2001:db8:1:3::1'))).toMatchObject({ refused: 'mismatch', triesLeft: 4 })
  })

  test('another name from the same address has tries of its own', async () => {
    for (let i = 0; i < 5; i++) await fail()
    expect(await fail({ username: 'jonas' })).toBe(0)
  })

  test('one address over many names: delays begin after 300 in an hour, of a minute at most', async () => {
    let tries = 0
    for (; tries < 299; tries++) expect(await fail({ username: `name-${tries}` })).toBe(0)
    const delays: number[] = []
    for (; tries < 308; tries++) {
      const delay = await fail({ username: `name-${tries}` })
      delays.push(delay)
      now += delay * SECOND
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    // Somebody else there can sign in all the while, at a free moment.
    expect(await signIn({ ...from(), password })).toHaveProperty('user')
    now += HOUR
    expect(await fail({ username: 'name-400' })).toBe(0)
  })

  test('one name from many addresses: less than 100 an hour, and never long a delay', async () => {
    let tries = 0
    const until = now + HOUR
    for (; now < until; tries++) {
      const result = await signIn(from(`198.51.${tries >> 8}.${tries & 255}`))
      expect(result).toMatchObject({ refused: 'mismatch' })
      const delay = 'retryAfter' in result ? (result.retryAfter ?? 0) : 0
      expect(delay).toBeLessThanOrEqual(60)
      now += delay * SECOND
    }
    expect(tries).toBeLessThan(100)
    expect(tries).toBeGreaterThan(20)
  })

  test('nobody locks a victim out for good: a device that signed in before counts for itself', async () => {
    for (let i = 0; i < 30; i++) await signIn(from(`198.51.100.${i}`))
    for (let i = 0; i < 30; i++) await signIn(from('192.0.2.1'))
    // From anywhere it is blocked at this moment, at the victim's own address too.
    expect(await signIn({ ...from('203.0.113.1'), password })).toMatchObject({ refused: 'blocked' })
    expect(await signIn({ ...from('192.0.2.1'), password })).toMatchObject({ refused: 'blocked' })
    expect(await signIn({ ...from('192.0.2.1'), password, device: 'her own' })).toHaveProperty('user')
  })

  test('whoever has such a device cannot guess without end, wherever they carry it', async () => {
    const stolen = (i: number) => signIn(from(`198.51.100.${i}`, { device: 'stolen' }))
    for (let i = 0; i < 4; i++) expect(await stolen(i)).toMatchObject({ triesLeft: 4 - i })
    expect(await stolen(5)).toMatchObject({ triesLeft: 0, retryAfter: 30 })
    expect(await stolen(6)).toEqual({ refused: 'blocked', retryAfter: 30 })
    // It opens no other account's tries, and blocks nobody else: not the owner on another device either.
    expect(await signIn({ ...from('192.0.2.1'), password, device: 'her own' })).toHaveProperty('user')
    expect(await signIn({ ...from('192.0.2.1'), password, device: 'stolen' })).toMatchObject({
      refused: 'blocked',
    })
    expect(await signIn(from('198.51.100.6'))).toMatchObject({ triesLeft: 4 })
  })

  test('after a day it counts anew, whether the old rows were swept or not', async () => {
    for (let i = 0; i < 5; i++) await fail()
    now += DAY
    expect(await signIn(from())).toMatchObject({ refused: 'mismatch', triesLeft: 4 })
  })
})

describe('SEC-06 many at the same time', () => {
  test('two nodes flooded with guesses at one account compute five hashes in all, and count each once', async () => {
    const other = await oneMoreNode()
    const flood = (node: { signIn: SignIn }) => Array.from({ length: 40 }, () => node.signIn(from()))
    const results = await Promise.all([...flood({ signIn }), ...flood(other)])
    const refused = (reason: string) => results.filter((one) => 'refused' in one && one.refused === reason)
    expect([refused('mismatch').length, refused('blocked').length]).toEqual([5, 75])
    expect(computed() + other.computed()).toBe(5)
    expect(
      refused('mismatch')
        .map((one) => ('triesLeft' in one ? one.triesLeft : ''))
        .sort(),
    ).toEqual([0, 1, 2, 3, 4])
    // By both together, by address, by account.
    expect((await rows()).map(({ failures }) => failures)).toEqual([5, 5, 5])
  })

  test('two nodes flooded with guesses at 40 names from 2 addresses: each is counted', async () => {
    const other = await oneMoreNode()
    const flood = (node: { signIn: SignIn }, address: string) =>
      Array.from({ length: 80 }, (_, i) => node.signIn({ ...from(address), username: `name-${i % 40}` }))
    await Promise.all([...flood({ signIn }, '192.0.2.1'), ...flood(other, '192.0.2.2')])
    const failures = (await rows()).map((row) => row.failures).sort((a, b) => a - b)
    // 80 pairs of 2, 40 accounts of 4, 2 addresses of 80.
    expect(failures).toEqual([...Array(80).fill(2), ...Array(40).fill(4), 80, 80])
  })

  test('a storm of 200 people from one hospital: all are let in, and no failure is left', async () => {
    for (let i = 0; i < 200; i++) await addUser({ users, db }, { username: `person-${i}` })
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) => signIn({ ...from(), username: `person-${i}`, password })),
    )
    expect(results.filter((one) => 'user' in one)).toHaveLength(200)
    expect((await rows()).filter(({ failures, blocked_until }) => failures + blocked_until > 0)).toEqual([])
  })

  test('one network fills its share of the queue, and another still signs in', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const passwords = createPasswords(async (given, salt) => {
      await gate
      return scryptSync(given, salt, 32, { N: 2, r: 8, p: 1 })
    })
    const clock = () => now
    const slow = createSignIn({
      db,
      clock,
      seal,
      users: createUserRegistry(db, clock, passwords, rolesNamed(), async () => {}),
    })
    const storm = Array.from({ length: 258 }, (_, i) =>
      slow({ ...from(`2001:db8:1:2::${i}`), username: `name-${i}` }),
    )
    await expect(Promise.race(storm)).rejects.toMatchObject({
      code: 'too-many',
      headers: { 'retry-after': '60' },
    })
    const other = slow({ ...from('2001:db8:1:3::1'), password })
    open()
    expect(await other).toHaveProperty('user')
    const results = await Promise.allSettled(storm)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(200)
    // What was under way is through, and the share is free again.
    expect(await slow({ ...from('2001:db8:1:2::1'), password })).toHaveProperty('user')
  })

  test('a try that found the queue full is not counted', async () => {
    const full = createSignIn({
      db,
      clock: () => now,
      seal,
      users: {
        verify: async () => {
          throw new Error('full')
        },
      },
    })
    for (let i = 0; i < 5; i++) await expect(full(from())).rejects.toThrow('full')
    expect((await rows()).map(({ failures, blocked_until }) => [failures, blocked_until])).toEqual(
      Array(3).fill([0, 0]),
    )
    // The one that would have begun a delay takes its delay back too.
    for (let i = 0; i < 4; i++) await signIn(from())
    await expect(full(from())).rejects.toThrow('full')
    expect(await signIn(from())).toMatchObject({ refused: 'mismatch', triesLeft: 0 })
    now += 15 * MINUTE
    expect(await signIn({ ...from(), password })).toHaveProperty('user')
  })
})
