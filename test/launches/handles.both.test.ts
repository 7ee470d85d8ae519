import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLaunchHandles, type LaunchHandles, type NewLaunch } from '../../src/launches/handles.ts'
import { MINUTE } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let now: number
let recorded: string[]
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
  now = 1_000_000
  recorded = []
})
afterEach(() => database.remove())

const launch: NewLaunch = {
  clientId: 'app',
  userId: 'ana',
  context: { patient: 'p1', encounter: 'e1', need_patient_banner: false },
  by: 'ehr',
}
const handlesOn = (on: Database, fails = false): LaunchHandles =>
  createLaunchHandles({
    db: on,
    clock: () => now,
    seconds: 300,
    record: async (_kysely, { clientId, by }) => {
      if (fails) throw new Error('the audit cannot be written')
      recorded.push(`${clientId} by ${by}`)
    },
  })
const rows = () => db.kysely.selectFrom('launch_handle').selectAll().execute()

test('EHRL-02 a handle is random, says nothing, and brings back app, user and context', async () => {
  const handles = handlesOn(db)
  const made = await handles.create(launch)
  expect(made).toEqual({ launch: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 300 })
  expect((await handles.create(launch)).launch).not.toBe(made.launch)
  const { by: _, ...bound } = launch
  expect(await handles.find(made.launch)).toEqual(bound)
  for (const other of ['', 'x', `${made.launch}x`, made.launch.slice(1), '\u0000']) {
    expect(await handles.find(other)).toEqual({ refused: 'launch-unknown' })
    expect(await handles.burn(other)).toBe(false)
  }
})

test('SEC-08 in the database the handle is a hash', async () => {
  const made = await handlesOn(db).create(launch)
  expect(JSON.stringify(await rows())).not.toContain(made.launch)
})

test('EHRL-02 after five minutes it is expired, and cannot be used', async () => {
  const handles = handlesOn(db)
  const { launch: handle } = await handles.create(launch)
  now += 5 * MINUTE - 1
  expect(await handles.find(handle)).toMatchObject({ clientId: 'app' })
  now += 1
  expect(await handles.find(handle)).toEqual({ refused: 'launch-expired' })
  expect(await handles.burn(handle)).toBe(false)
})

test('EHRL-03 asking is free, using is once; afterwards it is used, not unknown', async () => {
  const handles = handlesOn(db)
  const { launch: handle } = await handles.create(launch)
  for (let times = 0; times < 3; times++) expect(await handles.find(handle)).toMatchObject({ userId: 'ana' })
  expect(await handles.burn(handle)).toBe(true)
  expect(await handles.burn(handle)).toBe(false)
  expect(await handles.find(handle)).toEqual({ refused: 'launch-used' })
})

test('EHRL-02 of many that use one handle on two nodes exactly one wins', async () => {
  const nodes = [handlesOn(db), handlesOn(await database.open())]
  for (let round = 0; round < 5; round++) {
    const { launch: handle } = await handlesOn(db).create(launch)
    const won = await Promise.all(Array.from({ length: 20 }, (_, index) => nodes[index % 2]?.burn(handle)))
    expect(won.filter((one) => one)).toHaveLength(1)
  }
})

test('AUD-09 a launch is written down with what it says, or it is not made', async () => {
  await handlesOn(db).create(launch)
  expect(recorded).toEqual(['app by ehr'])
  await expect(handlesOn(db, true).create(launch)).rejects.toThrow(/audit/)
  expect(await rows()).toHaveLength(1)
})
