import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyConfigRoles, planConfigRoles, rolesAfter } from '../../src/users/config-roles.ts'
import type { RoleRegister } from '../../src/users/roles.ts'
import { auditRows } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let roles: RoleRegister
let folder: string
beforeAll(async () => {
  server = await startServer({ engine })
  roles = server.house.roles
  folder = mkdtempSync(join(tmpdir(), 'lanyard-roles-'))
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const desk = (more: object = {}) => ({
  role: 'desk',
  title: 'Front desk',
  rules: [{ types: ['Appointment'], letters: 'rs', where: ['location=%user.location'] }],
  ...more,
})
const ruled = (rule: object) => desk({ rules: [{ types: ['Appointment'], letters: 'rs', ...rule }] })
const mistakes = (input: unknown): string => {
  try {
    roles.check(input)
    return ''
  } catch (error) {
    return (error as Error).message.replace('The role cannot be accepted: ', '')
  }
}

test.each<[string, object, RegExp | '']>([
  [
    'whatever a search may ask',
    ruled({ where: ['status=booked', 'actor:Patient.name:exact=X', '_has:Slot:schedule:status=free'] }),
    /_has:Type:reference/,
  ],
  [
    'chains and `_has`',
    ruled({ where: ['patient.organization=Organization/1', '_has:Encounter:appointment:status=planned'] }),
    '',
  ],
  ['several in one text', ruled({ where: ['status=booked&location=%user.location'] }), ''],
  [
    'an unknown parameter',
    ruled({ where: ['colour=red'] }),
    /"colour" is no search parameter of Appointment/,
  ],
  ['an unknown modifier', ruled({ where: ['status:like=b'] }), /modifier ':like' is not supported/],
  ['an unknown variable', ruled({ where: ['location=%place'] }), /"%place" is no variable/],
  ['a value that is none', ruled({ where: ['date=soon'] }), /cannot read 'soon' as a date/],
  ['an empty value', ruled({ where: ['status='] }), /has an empty value/],
  ['no name', ruled({ where: ['booked'] }), /is no search parameter|not a search parameter/],
  [
    'a parameter of one type, for all',
    desk({ rules: [{ types: ['*'], letters: 'r', where: ['status=x'] }] }),
    /not a search parameter of every type/,
  ],
  ['what all types have', desk({ rules: [{ types: ['*'], letters: 'r', where: ['_security=R'] }] }), ''],
  ['an unknown type', ruled({ types: ['Visit'] }), /"Visit" is not a resource type/],
  ['letters in another order', ruled({ letters: 'sr' }), /in that order/],
  [
    'an element that is there',
    ruled({ hide: ['participant.actor(Patient)', 'identifier', 'participant.type'] }),
    '',
  ],
  ['an element that is not', ruled({ hide: ['patient'] }), /"patient" is no element of Appointment/],
  [
    'a choice by its base',
    desk({ rules: [{ types: ['Observation'], letters: 'r', hide: ['value', 'effective'] }] }),
    '',
  ],
  ['what everything needs', ruled({ hide: ['id'] }), /that can be hidden/],
  ['references in what is none', ruled({ hide: ['status(Patient)'] }), /is no element of/],
  [
    'limits for what references mean',
    ruled({ writable: ['participant.actor(Patient)'] }),
    /whatever they refer to/,
  ],
  ['a name of the server’s own', desk({ role: 'admin' }), /none of the server's own/],
  ['a name with a capital', desk({ role: 'Desk' }), /small letter/],
  ['a member nobody knows', desk({ power: 1 }), /power/],
  ['scopes of data', desk({ scopes: 'user/*.rs patient/Patient.r' }), ''],
  ['other scopes', desk({ scopes: 'openid user/*.rs' }), /only scopes of data/],
  ['scopes that are none', desk({ scopes: 'user/Visit.rs' }), /not a resource type/],
])('a role is checked by the readers that enforce it: %s', (_what, input, expected) => {
  if (expected === '') expect(mistakes(input)).toBe('')
  else expect(mistakes(input)).toMatch(expected)
})

test('a role is added, changed and removed once, with before and after in the audit', async () => {
  const act = { userId: 'admin-1' }
  const added = await roles.add(desk(), 'command', act)
  expect(await roles.find('desk')).toEqual(added)
  await expect(roles.add(desk(), 'command')).rejects.toMatchObject({ code: 'conflict' })
  const changed = await roles.update('desk', desk({ title: 'Reception' }), { ...act, version: 1 })
  expect(changed).toMatchObject({ version: 2, file: { title: 'Reception' } })
  await expect(roles.update('desk', desk(), { version: 1 })).rejects.toMatchObject({ reason: 'stale' })
  await expect(roles.update('desk', desk({ role: 'other' }))).rejects.toMatchObject({
    code: 'invalid-request',
  })
  await expect(roles.update('clinician', desk({ role: 'clinician' }))).rejects.toMatchObject({
    code: 'invalid-request',
  })
  await roles.setStatus('desk', 'disabled')
  expect(await roles.policyOf(['desk'])).toEqual([])
  await roles.setStatus('desk', 'active')
  expect(await roles.policyOf(['desk', 'clinician', 'admin', 'nobody'])).toHaveLength(2)
  expect(await roles.unknown(['desk', 'clinician', 'nobody'])).toEqual(['nobody'])
  await roles.remove('desk')
  await expect(roles.remove('desk')).rejects.toMatchObject({ code: 'not-found' })
  await expect(roles.remove('admin')).rejects.toMatchObject({ code: 'conflict' })
  const rows = (await auditRows(server)).filter(({ event }) => event.startsWith('role.'))
  expect(rows.map(({ event }) => event)).toEqual([
    'role.add',
    'role.update',
    'role.disable',
    'role.enable',
    'role.remove',
  ])
  expect(rows[0]?.detail).toContain('"title":{"after":"Front desk"}')
  expect(rows[4]?.detail).toContain('"title":{"before":"Reception"}')
  expect(rows[1]).toMatchObject({ user_id: 'admin-1' })
  expect(rows[1]?.detail).toContain('"title":{"before":"Front desk","after":"Reception"}')
})

test('what tokens rest on is counted by the database, whoever changes it', async () => {
  const count = async () =>
    (
      await server.house.db.kysely
        .selectFrom('change')
        .select('version')
        .where('name', '=', 'token')
        .executeTakeFirst()
    )?.version ?? 0
  const before = await count()
  await roles.add(desk({ role: 'counted' }), 'command')
  await server.house.db.kysely.updateTable('role').set({ version: 9 }).where('name', '=', 'counted').execute()
  await roles.remove('counted')
  expect((await count()) - before).toBe(3)
})

test('a folder of role files: added, changed, disabled, enabled; users may name what is in it', async () => {
  const dir = join(folder, 'roles')
  mkdirSync(dir)
  const write = (name: string, content: object) => writeFileSync(join(dir, name), JSON.stringify(content))
  write('a.json', desk())
  const isRole = await rolesAfter(await planConfigRoles(dir, roles), roles)
  expect(['desk', 'clinician', 'nobody'].map(isRole)).toEqual([true, true, false])
  expect(await roles.find('desk')).toBeUndefined()
  expect((await applyConfigRoles(dir, roles)).added).toEqual(['desk'])
  expect((await applyConfigRoles(dir, roles)).unchanged).toEqual(['desk'])
  write('a.json', desk({ title: 'Reception' }))
  expect((await applyConfigRoles(dir, roles)).changed).toEqual(['desk'])
  rmSync(join(dir, 'a.json'))
  expect((await applyConfigRoles(dir, roles)).disabled).toEqual(['desk'])
  expect(await roles.policyOf(['desk'])).toEqual([])
  write('a.json', desk({ title: 'Reception' }))
  expect((await applyConfigRoles(dir, roles)).enabled).toEqual(['desk'])
  expect(await roles.policyOf(['desk'])).toHaveLength(1)
  write('b.json', ruled({ where: ['colour=red'] }))
  await expect(applyConfigRoles(dir, roles)).rejects.toThrow(/b\.json: The role cannot be accepted/)
})
