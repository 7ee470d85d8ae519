import { scryptSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAudit } from '../../src/audit/audit.ts'
import type { Database } from '../../src/store/database.ts'
import { createPasswords } from '../../src/users/passwords.ts'
import { createUserRegistry, type OnUserChange, type UserRegistry } from '../../src/users/registry.ts'
import { reachOf } from '../../src/users/user.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'
import { allowedBy, rolesNamed } from '../support/roles.ts'
import { addUser, cheapPasswords, password } from '../support/users.ts'

let database: TestDatabase
let db: Database
let users: UserRegistry
let now = Date.UTC(2026, 2, 1, 12)
let name: string
let count = 0
beforeAll(async () => {
  database = await migratedDatabase()
  db = await database.open()
  const clock = () => now
  const audit = createAudit({ db, clock, secret: () => 'secret', keepDays: 0, failed: () => {} })
  const told = (
    kysely: Parameters<OnUserChange>[0],
    { event, userId, ...change }: Parameters<OnUserChange>[1],
  ) => audit.inTransaction(kysely, { event, outcome: 'success', userId, detail: change })
  users = createUserRegistry(db, clock, cheapPasswords().passwords, rolesNamed(), told)
})
afterAll(() => database.remove())
beforeEach(() => {
  name = `person-${++count}`
})

const file = (more: object = {}) => ({
  username: name,
  display_name: 'A person',
  roles: ['patient'],
  ...more,
})
const events = async (userId: string) =>
  (
    await db.kysely.selectFrom('audit').selectAll().where('user_id', '=', userId).orderBy('seq').execute()
  ).map(({ event, outcome, detail }) => `${event} ${outcome} ${detail}`)

describe('adding', () => {
  test('a user is found by id and by name, in any case, with the rights that the file gives', async () => {
    const user = await users.add(
      file({ username: name.toUpperCase(), fhir_user: 'Patient/p1', display_name: 'Zoë' }),
      'command',
    )
    expect(user).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      username: name,
      displayName: 'Zoë',
      roles: ['patient'],
      fhirUser: 'Patient/p1',
      patients: ['p1'],
      attributes: {},
      status: 'active',
      origin: 'command',
      hasPassword: false,
      version: 1,
      created: now,
      updated: now,
    })
    const found = { ...user, policy: allowedBy('patient') }
    expect(await users.find(user.id)).toEqual(found)
    expect(await users.findByName(` ${name.toUpperCase()}`)).toEqual(found)
    expect((await users.list()).map(({ username }) => username)).toContain(name)
    expect(reachOf(found)).toEqual({
      fhirUser: 'Patient/p1',
      patients: ['p1'],
      attributes: {},
      policy: allowedBy('patient'),
    })
    expect(await events(user.id)).toEqual([
      expect.stringMatching(
        /^user.add success .*"patients":{"after":\["p1".*"roles":{"after":\["patient"\]}/,
      ),
    ])
  })

  test('a name that is taken is refused, in another case too; of many at the same time one gets it', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        users.add(file({ username: index % 2 ? name : name.toUpperCase() }), 'command'),
      ),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(users.add(file(), 'command')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(name),
    })
  })

  test('mistakes are told together', async () => {
    await expect(users.add({ roles: ['A king'], colour: 'red' }, 'command')).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(
        /^The user cannot be accepted: .*username.*roles\.0: must be the name of a role/,
      ),
    })
    await expect(users.add(file({ roles: ['patient', 'king'] }), 'command')).rejects.toMatchObject({
      message: 'The user cannot be accepted: roles: there is no role "king"; `lanyard role list` shows all.',
    })
    await expect(users.add('marta', 'command')).rejects.toMatchObject({ code: 'invalid-request' })
  })

  test('SEC-08 the password is stored as a hash, and told nowhere', async () => {
    const user = await users.add(file({ password }), 'command')
    expect(user.hasPassword).toBe(true)
    expect(JSON.stringify([user, await users.list(), await events(user.id)])).not.toMatch(
      /correct horse|scrypt/,
    )
    const row = await db.kysely
      .selectFrom('account')
      .selectAll()
      .where('user_id', '=', user.id)
      .executeTakeFirstOrThrow()
    expect(row.password_hash).toMatch(/^\$scrypt\$/)
    expect(JSON.stringify(row)).not.toContain(password)
    const found = { ...user, policy: allowedBy('patient') }
    expect(await users.verify(name, password)).toEqual({ user: found, matches: true })
    expect(await users.verify(name, 'another password')).toEqual({ user: found, matches: false })
  })
})

describe('changing', () => {
  test('what is left out goes back to its default; the password, the id and the name stay', async () => {
    const user = await addUser({ users, db }, file({ fhir_user: 'Patient/p1', patients: ['p1', 'p2'] }))
    const changed = await users.update(name, file({ roles: ['clinician'], display_name: 'Other' }))
    expect(changed).toMatchObject({
      id: user.id,
      displayName: 'Other',
      roles: ['clinician'],
      fhirUser: undefined,
      patients: 'all',
      hasPassword: true,
    })
    expect((await users.verify(name, password)).matches).toBe(true)
    await expect(users.update(name, file({ username: 'other' }))).rejects.toThrow(/cannot be changed/)
    await expect(users.update('nobody', { ...file(), username: 'nobody' })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await events(user.id)).toEqual([
      expect.stringMatching(
        /^user.add success .*"patients":{"after":\["p1".*"roles":{"after":\["patient"\]}/,
      ),
      expect.stringMatching(
        /^user.update success .*"roles":{"before":\["patient"\],"after":\["clinician"\]}/,
      ),
    ])
  })

  test('of two who change what they saw, the second is told, and changes nothing', async () => {
    const seen = await addUser({ users, db }, file())
    const act = { userId: 'admin-1', reason: 'left us', version: seen.version }
    const changed = await users.update(name, file({ display_name: 'First' }), act)
    expect(changed.version).toBe(seen.version + 1)
    const second = { code: 'conflict', reason: 'stale' }
    await expect(users.update(name, file({ display_name: 'Second' }), act)).rejects.toMatchObject(second)
    await expect(users.setStatus(name, 'disabled', act)).rejects.toMatchObject(second)
    await expect(users.remove(name, act)).rejects.toMatchObject(second)
    expect(await users.findByName(name)).toMatchObject(changed)
    expect((await events(seen.id)).at(-1)).toContain('"act":{"userId":"admin-1","reason":"left us"}')
    await users.remove(name, { version: changed.version })
  })

  test('a password is replaced; one that is too short is not', async () => {
    await addUser({ users, db }, file())
    await users.setPassword(name.toUpperCase(), 'another long password')
    expect((await users.verify(name, password)).matches).toBe(false)
    expect((await users.verify(name, 'another long password')).matches).toBe(true)
    await expect(users.setPassword(name, 'short')).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'The password must have 12 to 200 characters.',
    })
    await expect(users.setPassword('nobody', 'another long password')).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('AUD-09 disabling, enabling and removing leave a trace each; doing it twice leaves one', async () => {
    const user = await addUser({ users, db }, file())
    for (const status of ['disabled', 'disabled', 'active', 'active'] as const)
      await users.setStatus(name, status)
    await users.remove(name)
    await expect(users.remove(name)).rejects.toMatchObject({ code: 'not-found' })
    await expect(users.setStatus(name, 'disabled')).rejects.toMatchObject({ code: 'not-found' })
    const rows = await events(user.id)
    expect(rows.map((row) => row.split(' ')[0])).toEqual([
      'user.add',
      'user.disable',
      'user.enable',
      'user.remove',
    ])
    expect(rows.at(-1)).toContain('"roles":{"before":["patient"]}')
    expect(rows.join()).not.toContain('scrypt')
    expect(await users.find(user.id)).toBeUndefined()
    expect(await users.findByName(name)).toBeUndefined()
  })

  test('the id of a user who was removed is nobody’s, also when the name comes back', async () => {
    const before = await addUser({ users, db }, file())
    await users.remove(name)
    const after = await addUser({ users, db }, file())
    expect(after.id).not.toBe(before.id)
    expect(await users.find(before.id)).toBeUndefined()
  })
})

describe('REVO-06 what ends with a user', () => {
  /** A session, a launch with its grant, a code, and a remembered consent. */
  async function live(userId: string): Promise<void> {
    const { kysely } = db
    const [created, expires] = [now, now + 1e6]
    await kysely
      .insertInto('launch_grant')
      .values({
        grant_id: `grant-${userId}`,
        client_id: 'app',
        user_id: userId,
        scope: 'patient/*.rs',
        context: '{}',
        created,
        expires,
        revoked: null,
      })
      .execute()
    for (const model of ['Session', 'AuthorizationCode']) {
      await kysely
        .insertInto('oidc')
        .values({ model, id_hash: `${model}-${userId}`, payload: '{}', user_id: userId, expires })
        .execute()
    }
    await kysely
      .insertInto('sign_in')
      .values({ session_uid: `s-${userId}`, user_id: userId, at: created, address: '', agent: '', expires })
      .execute()
    await kysely
      .insertInto('consent')
      .values({
        user_id: userId,
        client_id: 'app',
        patient: '',
        granted: '',
        refused: '',
        duration: 'hour',
        until: expires,
        updated: created,
        expires,
      })
      .execute()
  }
  async function left(userId: string): Promise<string[]> {
    const { kysely } = db
    const grants = await kysely
      .selectFrom('launch_grant')
      .select('revoked')
      .where('user_id', '=', userId)
      .execute()
    const found = grants.map(({ revoked }) => (revoked === null ? 'grant' : `revoked at ${revoked}`))
    for (const table of ['oidc', 'sign_in', 'consent'] as const) {
      const rows = await kysely.selectFrom(table).select('user_id').where('user_id', '=', userId).execute()
      found.push(...rows.map(() => table))
    }
    return found
  }

  const all = ['grant', 'oidc', 'oidc', 'sign_in', 'consent']
  const acts: [string, (username: string) => Promise<unknown>, boolean][] = [
    ['disabling', (username) => users.setStatus(username, 'disabled'), true],
    ['a new password', (username) => users.setPassword(username, 'another long password'), true],
    [
      'a file with a new password',
      (username) => users.update(username, { ...file(), username, password: 'another long password' }),
      true,
    ],
    ['a file without a password', (username) => users.update(username, { ...file(), username }), false],
    ['enabling', (username) => users.setStatus(username, 'active'), false],
  ]
  test.each(acts)('%s', async (_what, act, ends) => {
    const user = await addUser({ users, db }, file())
    const other = await addUser({ users, db })
    for (const { id } of [user, other]) await live(id)
    await act(name)
    const over = [`revoked at ${now}`, 'consent']
    expect(await left(user.id)).toEqual(ends ? over : all)
    expect(await left(other.id)).toEqual(all)
  })

  test('removing, and the remembered consent with it; a grant that was revoked before keeps its time', async () => {
    const user = await addUser({ users, db }, file())
    await live(user.id)
    const before = now
    await users.setStatus(name, 'disabled')
    now += 1000
    await users.remove(name)
    expect(await left(user.id)).toEqual([`revoked at ${before}`])
  })

  test('tokens are asked about again: the count that vouches for them moves with each change of a user', async () => {
    const version = async () =>
      (await db.kysely.selectFrom('change').select('version').where('name', '=', 'token').executeTakeFirst())
        ?.version ?? 0
    await addUser({ users, db }, file())
    const versions = [await version()]
    for (const act of [
      () => users.update(name, file({ patients: [] })),
      () => users.setStatus(name, 'disabled'),
      () => users.remove(name),
    ]) {
      await act()
      versions.push(await version())
    }
    expect(new Set(versions).size).toBe(4)
  })
})

test('a name or id that cannot be one is looked up nowhere', async () => {
  for (const text of ['', "' or 1=1 --", '\u0000', 'x'.repeat(101), 'a b', '__proto__\n']) {
    expect(await users.find(text)).toBeUndefined()
    expect(await users.findByName(text)).toBeUndefined()
  }
})

test('a password that was changed, or a user who was disabled, while a sign-in waited: that counts', async () => {
  const kept = () => db.kysely.updateTable('account').where('username', '=', name)
  const acts = {
    nothing: async () => {},
    'another password': () => kept().set({ password_hash: null }).execute(),
    disabled: () => users.setStatus(name, 'disabled'),
    removed: () => users.remove(name),
  }
  const found: Record<string, unknown> = {}
  for (const [what, act] of Object.entries(acts)) {
    await addUser({ users, db }, file())
    // The act comes in the middle of the comparison, which finds the password right.
    const passwords = createPasswords(async (given, salt, { ln, r, p }) => {
      await act()
      return scryptSync(given, salt, 32, { N: 2 ** ln, r, p })
    })
    const slow = createUserRegistry(
      db,
      () => now,
      passwords,
      rolesNamed(),
      async () => {},
    )
    const { user, matches } = await slow.verify(name, password)
    found[what] = [user?.status, matches]
    if (user !== undefined) await users.remove(name)
  }
  expect(found).toEqual({
    nothing: ['active', true],
    'another password': ['active', false],
    disabled: ['disabled', true],
    removed: [undefined, false],
  })
})
