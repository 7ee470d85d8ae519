import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../src/lib/id.ts'
import { DAY } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { createPasswordLinks, type PasswordLinks } from '../../src/users/password-links.ts'
import { createUserRegistry, type UserRegistry } from '../../src/users/registry.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'
import { rolesNamed } from '../support/roles.ts'
import { cheapPasswords, password } from '../support/users.ts'

let database: TestDatabase
let db: Database
let users: UserRegistry
let links: PasswordLinks
let now = Date.UTC(2026, 2, 1, 12)
let name: string
let count = 0
const told: string[] = []
beforeAll(async () => {
  database = await migratedDatabase()
  db = await database.open()
  const clock = () => now
  users = createUserRegistry(db, clock, cheapPasswords().passwords, rolesNamed(), async () => {})
  links = createPasswordLinks({
    db,
    clock,
    users,
    told: async (_kysely, { username }) => void told.push(username),
  })
})
afterAll(() => database.remove())
beforeEach(async () => {
  name = `person-${++count}`
  await users.add(file(), 'command')
})

const file = (more: object = {}) => ({
  username: name,
  display_name: 'A person',
  roles: ['patient'],
  ...more,
})
const link = async () => (await links.make(name, {})).token
const isGood = async (token: string) =>
  await links.check(token).then(
    ({ username }) => username === name,
    ({ reason }: { reason: string }) => reason !== 'password-link',
  )

test('SEC-08 at most the newest link works, once, within its day, and is stored as a hash', async () => {
  const [first, newest] = [await link(), await link()]
  const stored = JSON.stringify(await db.kysely.selectFrom('password_link').selectAll().execute())
  expect([stored.includes(sha256(newest)), stored.includes(newest)]).toEqual([true, false])
  expect([await isGood(first), await isGood(newest)]).toEqual([false, true])
  expect(told.slice(-2)).toEqual([name, name])
  await expect(links.use(first, password, {})).rejects.toMatchObject({ reason: 'password-link' })
  await expect(links.use(newest, 'short', {})).rejects.toMatchObject({ code: 'invalid-request' })
  const uses = await Promise.allSettled([links.use(newest, password, {}), links.use(newest, password, {})])
  expect(uses.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(uses.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { reason: 'password-link' },
  })
  expect((await users.verify(name, password)).matches).toBe(true)
  const late = await link()
  now += DAY - 1
  expect(await isGood(late)).toBe(true)
  now += 1
  expect(await isGood(late)).toBe(false)
})

test('disabling, removing or a password ends a link for good; any other change does not', async () => {
  const kept = await link()
  await users.update(name, file({ display_name: 'Another', roles: ['clinician'] }))
  await users.setStatus(name, 'active')
  expect(await isGood(kept)).toBe(true)

  await users.setStatus(name, 'disabled')
  await expect(links.make(name, {})).rejects.toMatchObject({ code: 'conflict' })
  await users.setStatus(name, 'active')
  expect(await isGood(kept)).toBe(false)
  await expect(links.use(kept, password, {})).rejects.toMatchObject({ reason: 'password-link' })

  for (const end of [
    () => users.setPassword(name, password),
    () => users.update(name, file({ password })),
    () => users.remove(name),
  ]) {
    const ended = await link()
    expect(await isGood(ended)).toBe(true)
    await end()
    expect(await isGood(ended)).toBe(false)
  }
  const left = db.kysely.selectFrom('password_link').selectAll().where('expires', '>', now)
  expect(await left.execute()).toEqual([])
})

test('an edit while somebody chooses their password is kept, and so is the password; a newer link meanwhile is not theirs', async () => {
  const token = await link()
  const [account] = await Promise.all([
    links.use(token, password, {}),
    users.update(name, file({ display_name: 'Meanwhile' })),
  ])
  expect(account.hasPassword).toBe(true)
  expect(await users.findByName(name)).toMatchObject({ displayName: 'Meanwhile', hasPassword: true })
  const [before] = [await link(), await link()]
  await expect(links.use(before, `${password} too`, {})).rejects.toMatchObject({ reason: 'password-link' })
  expect((await users.verify(name, password)).matches).toBe(true)
})
