import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSeal } from '../../src/keys/seal.ts'
import { createFlights, type Flights } from '../../src/launches/flights.ts'
import { DAY, MINUTE } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { sweepOnce } from '../../src/store/sweep.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let now: number
let failures: unknown[]
let flights: Flights
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
  now = Date.UTC(2026, 2, 1, 12)
  failures = []
  flights = flightsOn(db)
})
afterEach(async () => {
  await flights.flush()
  await database.remove()
})

const flightsOn = (on: Database, most = 1000): Flights =>
  createFlights({
    db: on,
    clock: () => now,
    keepDays: 7,
    keepMinutes: 60,
    seal: () => createSeal(new Uint8Array(32)),
    most,
    failed: (error) => failures.push(error),
  })
const stepsOf = async (id: string) => {
  await flights.flush()
  return (await flights.show(id))?.steps ?? []
}

describe('one flight', () => {
  test('from the request to the first FHIR call, in the order of time', async () => {
    const id = flights.begin({
      clientId: 'app',
      detail: { parameters: new Map([['scope', 'launch/patient patient/*.rs']]) },
    })
    expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/)
    now += 10
    flights.note(id, { event: 'sign-in', outcome: 'ok' })
    flights.bind(id, { userId: 'ana' })
    now += 10
    flights.note(id, { event: 'consent', outcome: 'ok', detail: { granted: 'patient/Observation.rs' } })
    flights.bind(id, { grantId: 'g1' })
    flights.finish(id, 'done')
    now += 10
    flights.noteCall('g1', () => ({
      outcome: 'ok',
      detail: { interaction: 'read', type: 'Patient', status: 200 },
    }))
    await flights.flush()

    const found = await flights.show(id)
    expect(found?.flight).toEqual({
      id,
      clientId: 'app',
      userId: 'ana',
      grantId: 'g1',
      outcome: 'done',
      reason: undefined,
      started: now - 30,
      updated: now,
      expires: now - 30 + 7 * DAY,
      steps: 4,
    })
    expect(found?.steps.map(({ at, event, outcome }) => [at - now, event, outcome])).toEqual([
      [-30, 'request', 'ok'],
      [-20, 'sign-in', 'ok'],
      [-10, 'consent', 'ok'],
      [0, 'fhir', 'ok'],
    ])
    expect(found?.steps.map(({ detail }) => detail)).toEqual([
      { parameters: { scope: 'launch/patient patient/*.rs' } },
      {},
      { granted: 'patient/Observation.rs' },
      { interaction: 'read', type: 'Patient', status: 200 },
    ])
    expect(await flights.ofGrant('g1')).toBe(id)
    expect(await flights.ofGrant('g2')).toBeUndefined()
  })

  test('a refusal keeps its reason; a later end replaces it', async () => {
    const id = flights.begin({ clientId: 'app' })
    flights.note(id, { event: 'authorize', outcome: 'refused', reason: 'aud-missing' })
    flights.finish(id, 'refused', 'aud-missing')
    await flights.flush()
    expect((await flights.show(id))?.flight).toMatchObject({ outcome: 'refused', reason: 'aud-missing' })
    flights.finish(id, 'done')
    await flights.flush()
    expect((await flights.show(id))?.flight).toMatchObject({ outcome: 'done', reason: undefined })
  })

  test('nobody waits: it is stored soon, by itself', async () => {
    const id = flights.begin({})
    expect(await flights.show(id)).toBeUndefined()
    await vi.waitFor(async () => expect(await flights.show(id)).toBeDefined(), {
      timeout: 5000,
      interval: 10,
    })
    expect((await flights.show(id))?.flight).toMatchObject({ clientId: undefined, outcome: 'open' })
  })

  test('two nodes add to one flight, and no step is lost', async () => {
    const id = flights.begin({})
    await flights.flush()
    const nodes = [flights, flightsOn(await database.open())]
    for (let round = 0; round < 10; round++) {
      for (const node of nodes) node.note(id, { event: 'token', outcome: 'ok' })
      // Each in its own turn: two writers of one SQLite file are two processes, which wait for each other.
      await Promise.all(nodes.map(async (node) => setImmediate().then(() => node.flush())))
    }
    expect(await stepsOf(id)).toHaveLength(21)
    expect(failures).toEqual([])
  })

  test('what a stranger sends is stored on both databases, and no longer than it may be', async () => {
    const id = flights.begin({
      clientId: `app\u0000\u001b[2J${'x'.repeat(1000)}`,
      detail: { parameters: new URLSearchParams({ 'a\u0000b': 'c', redirect_uri: '\u0000\ud800' }) },
    })
    await flights.flush()
    expect(failures).toEqual([])
    expect((await flights.show(id))?.flight.clientId).toMatch(/^app\?\?\[2Jx+… \(\d+ characters\)$/)
    expect(JSON.stringify(await stepsOf(id))).not.toMatch(/\\u0000/)
  })
})

describe('bounds', () => {
  test('of an app only the first 20 calls are noted; calls of a grant without a flight nowhere', async () => {
    const id = flights.begin({})
    flights.bind(id, { grantId: 'g1' })
    for (let call = 0; call < 30; call++) {
      flights.noteCall('g1', () => ({ outcome: 'ok' }))
      flights.noteCall('g2', () => ({ outcome: 'ok' }))
    }
    expect((await stepsOf(id)).map(({ event }) => event)).toEqual(['request', ...Array(20).fill('fhir')])
    expect(await db.kysely.selectFrom('flight_step').select('step').execute()).toHaveLength(21)
  })

  test('of a flight 100 steps are kept; further ones are counted', async () => {
    const id = flights.begin({})
    for (let round = 0; round < 3; round++) {
      for (let step = 0; step < 50; step++) flights.note(id, { event: 'refresh', outcome: 'ok' })
      await flights.flush()
    }
    expect(await stepsOf(id)).toHaveLength(100)
    expect((await flights.show(id))?.flight.steps).toBe(151)
  })

  test('trimming removes the oldest beyond the most, with their steps, and no other', async () => {
    const few = flightsOn(db, 10)
    const ids = Array.from({ length: 45 }, () => {
      now += 1
      const id = few.begin({})
      few.bind(id, { userId: 'user-1' })
      return id
    })
    await few.flush()
    expect([await few.trim(), await few.trim(), await few.trim()]).toEqual([20, 15, 0])
    const left = await few.list({ most: 100 })
    expect(left.map(({ id }) => id)).toEqual(ids.slice(-10).toReversed())
    expect(await db.kysely.selectFrom('flight_step').select('flight_id').execute()).toHaveLength(10)
  })

  test('SEC-07 however many requests of strangers there are, half of the room is for who signed in', async () => {
    const few = flightsOn(db, 10)
    const known = Array.from({ length: 5 }, () => few.begin({}))
    for (const id of known) few.bind(id, { userId: 'user-1' })
    now += 1
    const strangers = Array.from({ length: 45 }, () => {
      now += 1
      return few.begin({})
    })
    await few.flush()
    while ((await few.trim()) > 0);
    const left = (await few.list({ most: 100 })).map(({ id }) => id)
    expect(left.slice(0, 5)).toEqual(strangers.slice(-5).toReversed())
    expect(new Set(left.slice(5))).toEqual(new Set(known))
  })

  test('two nodes that trim at once remove none too many', async () => {
    const nodes = [flightsOn(db, 10), flightsOn(await database.open(), 10)]
    for (let count = 0; count < 45; count++) nodes[0]?.begin({})
    await nodes[0]?.flush()
    while ((await Promise.all(nodes.map((node) => node.trim()))).some((gone) => gone > 0));
    expect(await flights.list({ most: 100 })).toHaveLength(5)
  })

  test('after seven days a flight goes with all its steps, the later ones too', async () => {
    const id = flights.begin({})
    await flights.flush()
    now += 7 * DAY
    flights.note(id, { event: 'refresh', outcome: 'ok' })
    await flights.flush()
    await sweepOnce(db.kysely, now)
    expect(await stepsOf(id)).toHaveLength(2)
    await sweepOnce(db.kysely, now + 1)
    expect(await flights.show(id)).toBeUndefined()
    expect(await db.kysely.selectFrom('flight_step').select('step').execute()).toEqual([])
    // What comes after it is gone is about nothing.
    flights.note(id, { event: 'refresh', outcome: 'ok' })
    await flights.flush()
    expect(await flights.show(id)).toBeUndefined()
    expect(failures).toEqual([])
  })

  test('what the database does not take is dropped and told, and the next is stored', async () => {
    await sql`alter table flight rename to flight_away`.execute(db.kysely)
    const lost = flights.begin({})
    await flights.flush()
    expect(failures).toHaveLength(1)
    await sql`alter table flight_away rename to flight`.execute(db.kysely)
    const kept = flights.begin({})
    await flights.flush()
    expect((await flights.list({ most: 10 })).map(({ id }) => id)).toEqual([kept])
    expect(await flights.show(lost)).toBeUndefined()
  })

  test('what waits in memory has an end', async () => {
    const id = flights.begin({})
    for (let count = 0; count < 10_500; count++) flights.note(id, { event: 'token', outcome: 'ok' })
    await flights.flush()
    expect((await flights.show(id))?.flight.steps).toBe(10_000)
  })
})

test('listing: the newest first, by app, user, outcome and time', async () => {
  const [first, second, third] = ['app', 'app', 'other'].map((clientId) => {
    now += MINUTE
    return flights.begin({ clientId })
  }) as [string, string, string]
  flights.bind(first, { userId: 'ana' })
  flights.finish(second, 'refused', 'aud-missing')
  await flights.flush()
  const ids = async (wanted: object) => (await flights.list({ most: 10, ...wanted })).map(({ id }) => id)
  expect(await ids({})).toEqual([third, second, first])
  expect(await ids({ most: 2 })).toEqual([third, second])
  expect(await ids({ client: 'app' })).toEqual([second, first])
  expect(await ids({ user: 'ana' })).toEqual([first])
  expect(await ids({ outcome: 'refused' })).toEqual([second])
  expect(await ids({ since: now })).toEqual([third])
  expect(await ids({ client: 'app', user: 'ben' })).toEqual([])
})
