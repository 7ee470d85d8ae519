import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyConfigUsers, planConfigUsers } from '../../src/users/config-users.ts'
import { createUserRegistry, type UserRegistry } from '../../src/users/registry.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'
import { rolesNamed } from '../support/roles.ts'
import { cheapPasswords, password } from '../support/users.ts'

// What files do to a register in general is told by test/clients/config-clients.both.test.ts.

let folder: string
let database: TestDatabase
let users: UserRegistry
let events: string[]
let computed: () => number
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-users-'))
  database = await migratedDatabase()
  events = []
  const cheap = cheapPasswords()
  computed = cheap.computed
  users = createUserRegistry(
    await database.open(),
    () => 0,
    cheap.passwords,
    rolesNamed(),
    async (_kysely, { event, username, origin }) => void events.push(`${event} ${username} ${origin}`),
  )
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true })
})

const isRole = (name: string) => ['patient', 'proxy', 'clinician', 'developer'].includes(name)
const person = (username: string, more: object = {}) => ({
  username,
  display_name: `Person ${username}`,
  roles: ['patient'],
  fhir_user: `Patient/${username}`,
  ...more,
})
const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content))
const nothing = {
  added: [],
  changed: [],
  unchanged: [],
  enabled: [],
  disabled: [],
  stillDisabled: [],
  notOurs: [],
}

/** Applies the folder; what the plan said before must be what was done. */
async function apply(clearPasswords = true) {
  const planned = await planConfigUsers(folder, users, { clearPasswords, isRole })
  const before = events.length
  const done = await applyConfigUsers(folder, users, { clearPasswords, isRole })
  expect(done).toEqual(planned)
  return { done, events: events.slice(before) }
}

test('files add users, whatever the case of their names; applied again they change nothing', async () => {
  write('a.json', person('ana', { patients: ['ana', 'ove'], password }))
  write('b.json', person('Berg'))
  expect(await apply()).toEqual({
    done: { ...nothing, added: ['ana', 'berg'] },
    events: ['user.add ana config', 'user.add berg config'],
  })
  expect(await users.findByName('ana')).toMatchObject({
    origin: 'config',
    patients: ['ana', 'ove'],
    hasPassword: true,
  })
  const before = computed()
  expect(await apply()).toEqual({ done: { ...nothing, unchanged: ['ana', 'berg'] }, events: [] })
  // A start with many users takes no longer for their passwords.
  expect(computed()).toBe(before)
})

test('a changed file changes its user, who keeps the password that was chosen since', async () => {
  write('a.json', person('ana', { password }))
  await apply()
  await users.setPassword('ana', 'chosen by Ana herself')
  expect(await apply()).toEqual({ done: { ...nothing, unchanged: ['ana'] }, events: [] })
  write('a.json', person('ana', { password, roles: ['patient', 'developer'] }))
  expect(await apply()).toEqual({
    done: { ...nothing, changed: ['ana'] },
    events: ['user.update ana config'],
  })
  expect((await users.findByName('ana'))?.roles).toEqual(['patient', 'developer'])
  expect((await users.verify('ana', 'chosen by Ana herself')).matches).toBe(true)
  expect((await users.verify('ana', password)).matches).toBe(false)
})

test('a user without a password gets the first one that the file names', async () => {
  write('a.json', person('ana'))
  await apply()
  expect((await users.findByName('ana'))?.hasPassword).toBe(false)
  const password_hash = `$scrypt$ln=15,r=8,p=3$${'a'.repeat(22)}$${'a'.repeat(43)}`
  write('a.json', person('ana', { password_hash }))
  expect((await apply(false)).done).toEqual({ ...nothing, changed: ['ana'] })
  expect((await users.findByName('ana'))?.hasPassword).toBe(true)
  expect((await apply(false)).done).toEqual({ ...nothing, unchanged: ['ana'] })
})

test('a user whose file is gone is disabled, and enabled when it is back; what a command disabled stays so', async () => {
  write('a.json', person('ana'))
  await apply()
  rmSync(join(folder, 'a.json'))
  expect(await apply()).toEqual({
    done: { ...nothing, disabled: ['ana'] },
    events: ['user.disable ana config-gone'],
  })
  expect(await users.findByName('ana')).toMatchObject({ status: 'disabled', origin: 'config-gone' })
  write('a.json', person('ana'))
  expect((await apply()).done).toEqual({ ...nothing, unchanged: ['ana'], enabled: ['ana'] })
  await users.setStatus('ana', 'disabled')
  expect((await apply()).done).toEqual({ ...nothing, unchanged: ['ana'], stillDisabled: ['ana'] })
})

test('a user of the same name from a command is left as it is', async () => {
  await users.add(person('ana', { display_name: 'By hand' }), 'command')
  write('a.json', person('ANA'))
  expect(await apply()).toEqual({ done: { ...nothing, notOurs: ['ana'] }, events: [] })
})

test('a password in clear text is taken in demo mode only; mistakes are told together, and nothing is changed', async () => {
  write('a.json', person('ana'))
  write('b.json', person('berg', { password }))
  write('c.json', person('ANA'))
  write('d.json', { username: 'd', display_name: 'D' })
  const error: unknown = await applyConfigUsers(folder, users, { clearPasswords: false, isRole }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ name: 'LanyardError', code: 'configuration' })
  const told = (error as Error).message
  expect(told.split('\n')).toEqual([
    `The user files in ${folder} cannot be applied; nothing was changed:`,
    '  - b.json: The file holds a password in clear text, which only demo mode takes. Write the password_hash that `npx lanyard user hash` prints.',
    '  - c.json: it has the username "ana" of a.json',
    expect.stringMatching(/^ {2}- d\.json: The user cannot be accepted: roles: /),
  ])
  expect(told).not.toContain(password)
  expect(await users.list()).toEqual([])
})

test('a folder that is not there is told with the variable to change', async () => {
  await expect(
    applyConfigUsers(join(folder, 'none'), users, { clearPasswords: false, isRole }),
  ).rejects.toThrow(/^The folder of user files .* cannot be read .* or change LANYARD_USERS_DIR\.$/)
  expect(await applyConfigUsers(undefined, users, { clearPasswords: false, isRole })).toEqual(nothing)
})
