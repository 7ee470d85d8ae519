import { afterAll, beforeAll, expect, test } from 'vitest'
import { createActs } from '../../src/audit/acts.ts'
import { percentile } from '../../src/audit/percentile.ts'
import { createUsage } from '../../src/audit/usage.ts'
import { DAY, HOUR } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'
import { registerBackend } from '../support/oauth.ts'
import { engine, noon, startServer } from '../support/server.ts'

let database: TestDatabase
let db: Database
let now = noon
const clock = () => now
beforeAll(async () => {
  database = await migratedDatabase()
  db = await database.open()
})
afterAll(() => database.remove())

const read = {
  event: 'fhir.read',
  outcome: 'success',
  clientId: 'a',
  detail: { reference: 'Patient/1' },
} as const
const day = { from: noon - DAY + HOUR, step: HOUR, slots: 24 }

test('what the audit gets is counted by slot; two nodes add up; a client has its own', async () => {
  now = noon
  const nodes = [createUsage(db, clock), createUsage(db, clock)]
  for (const node of nodes) {
    node.count({ event: 'token.issue', outcome: 'success', clientId: 'a' })
    node.count({ event: 'user.sign-in', outcome: 'success', userId: 'u' })
    node.count({ event: 'user.sign-in', outcome: 'refused', reason: 'password' })
    node.count(read)
    node.count({ ...read, event: 'fhir.search', detail: { path: 'Observation' } })
    node.count({ event: 'fhir.refuse', outcome: 'refused', reason: 'scope', clientId: 'a' })
    await node.flush()
  }
  now += 30 * 60_000
  nodes[0]?.count(read)
  await nodes[0]?.flush()
  const [usage] = nodes
  const all = await usage?.series(day)
  const last = (line: readonly number[] | undefined) => [line?.length, line?.at(-1), line?.at(0)]
  expect(last(all?.get('token'))).toEqual([24, 2, 0])
  expect(last(all?.get('sign-in'))).toEqual([24, 2, 0])
  expect(last(all?.get('refused'))).toEqual([24, 4, 0])
  const ofA = await usage?.series({ ...day, clientId: 'a' })
  expect([...(ofA ?? [])].map(([what, line]) => [what, line.at(-1)]).sort()).toEqual([
    ['call read Patient', 3],
    ['call search Observation', 2],
    ['refused scope', 2],
    ['token', 2],
  ])
  expect(await db.kysely.selectFrom('client_used').selectAll().execute()).toEqual([
    { client_id: 'a', at: noon + 30 * 60_000 },
  ])
})

test('times are told to a fifth; a slot without any has none', async () => {
  now = noon + 5 * DAY
  const usage = createUsage(db, clock)
  for (let count = 0; count < 95; count++) usage.timed('token', 0.01)
  for (let count = 0; count < 5; count++) usage.timed('token', 1)
  usage.timed('fhir', 5)
  await usage.flush()
  const series = await usage.series({ from: now - HOUR, step: HOUR, slots: 2 })
  const { all, slots } = percentile(series, 'token', 0.95)
  expect([all, slots[0], slots[1] === all]).toEqual([expect.closeTo(11.3, 1), undefined, true])
  expect(percentile(series, 'token', 0.99).all).toBeCloseTo(1024, 0)
  expect(percentile(new Map(), 'token', 0.95)).toEqual({ all: undefined, slots: [] })
})

test('counts do not grow without bound: neither in memory nor in the table', async () => {
  now = noon + 20 * DAY
  const usage = createUsage(db, clock)
  for (let count = 0; count < 12_000; count++) usage.count({ ...read, clientId: `made-up-${count}` })
  await usage.flush()
  const rows = () =>
    db.kysely
      .selectFrom('usage')
      .select(({ fn }) => fn.countAll().as('n'))
      .executeTakeFirstOrThrow()
  expect(Number((await rows()).n)).toBeLessThan(10_100)
  now += 16 * DAY
  while ((await usage.trim()) > 0);
  expect(Number((await rows()).n)).toBe(0)
})

test('the acts of admins are read newest first, by app, and since a version; what is everyday is none', async () => {
  const server = await startServer({ engine })
  const { house } = server
  const { id } = await registerBackend(server)
  const other = await registerBackend(server)
  await house.audit.write({ event: 'user.sign-in', outcome: 'success' })
  await house.clients.setStatus(id, 'disabled', { userId: 'u1', reason: 'because' })
  await house.clients.setStatus(other.id, 'disabled')
  await house.clients.setStatus(id, 'active', { userId: 'u2' })
  const acts = createActs(house.db)
  expect((await acts.newest(3)).map(({ event, clientId }) => [event, clientId])).toEqual([
    ['client.enable', id],
    ['client.disable', other.id],
    ['client.disable', id],
  ])
  expect((await acts.since(id, 1)).map(({ event, userId, detail }) => [event, userId, detail.why])).toEqual([
    ['client.enable', 'u2', undefined],
    ['client.disable', 'u1', 'because'],
  ])
  expect((await acts.newest(100)).map(({ event }) => event)).not.toContain('user.sign-in')
  await server.close()
})
