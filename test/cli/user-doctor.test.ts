import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Check } from '../../src/cli/doctor/check.ts'
import { userChecks, usersFolderChecks } from '../../src/cli/doctor/users.ts'
import { createUserRegistry, type UserRegistry } from '../../src/users/registry.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'
import { rolesNamed } from '../support/roles.ts'
import { cheapPasswords, password } from '../support/users.ts'

let folder: string
let database: TestDatabase
let users: UserRegistry
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-doctor-'))
  database = await migratedDatabase('sqlite')
  const { passwords } = cheapPasswords()
  users = createUserRegistry(
    await database.open(),
    () => 0,
    passwords,
    rolesNamed(),
    async () => {},
  )
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true })
})

const isRole = (name: string) => ['patient', 'proxy', 'clinician', 'developer'].includes(name)
const person = (username: string) => ({ username, display_name: username, roles: ['patient'] })
const words = (found: Check[]) => found.map(({ state, sentence }) => `${state}: ${sentence}`)

test('users who cannot sign in for want of a password', async () => {
  await users.add({ ...person('ana'), password }, 'command')
  expect(words(await userChecks(users))).toEqual(['ok: 1 active; all have a password.'])
  await users.add(person('berg'), 'command')
  await users.add(person('cleo'), 'command')
  await users.setStatus('cleo', 'disabled')
  expect(words(await userChecks(users))).toEqual([
    'warning: berg has no password yet. Run `npx lanyard user password berg`.',
  ])
})

test('what the users folder would do', async () => {
  const write = (name: string, content: object) =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...person(name), ...content }))
  const plan = async (clearPasswords = false) =>
    words(await usersFolderChecks(folder, users, { clearPasswords, isRole }))
  for (const name of ['ana', 'berg', 'cleo']) write(name, {})
  await users.add({ ...person('ana'), display_name: 'Other' }, 'config')
  await users.add(person('cleo'), 'command')
  await users.add(person('dora'), 'config')
  expect(await plan()).toEqual([
    'note: The next start adds berg.',
    'note: The next start changes ana.',
    'warning: The next start disables dora: their files are gone.',
    'warning: Registered in another way, so their files have no effect: cleo. Remove those users or those files.',
  ])
  write('berg', { password })
  await expect(plan()).rejects.toThrow(/berg\.json: The file holds a password in clear text/)
  expect(await plan(true)).toContain('note: The next start adds berg.')
  expect(await usersFolderChecks(undefined, users, { clearPasswords: false, isRole })).toHaveLength(1)
})
