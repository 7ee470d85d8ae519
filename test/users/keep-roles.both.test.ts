import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUserRegistry } from '../../src/users/registry.ts'
import { rolesNamed } from '../support/roles.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { cheapPasswords } from '../support/users.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ engine })
})
afterAll(() => server.close())

const rules = [{ types: ['Appointment'], letters: 'rs' }]

test('a role that somebody is getting is not removed meanwhile', async () => {
  const { roles, users } = server.house
  await roles.add({ role: 'desk', title: 'Desk', rules }, 'command')
  let removed: Promise<unknown> | undefined
  const jo = { username: 'jo', display_name: 'Jo', roles: ['desk'] }
  await users.add(jo, 'command', {
    claim: async () => {
      removed = roles.remove('desk').catch(({ reason }: { reason: string }) => reason)
      // Long enough to be done, if it did not wait.
      await Promise.race([removed, setTimeout(200)])
    },
  })
  expect(await removed).toBe('held')
  // To change what it allows waits for nobody.
  await users.update('jo', { ...jo, display_name: 'Jo B' })
  await roles.update('desk', { role: 'desk', title: 'Front desk', rules })
})

test('a role that was removed since it was looked for is given to nobody', async () => {
  const { db, clock } = server.house
  const users = createUserRegistry(db, clock, cheapPasswords().passwords, rolesNamed('ghost'), async () => {})
  const kim = { username: 'kim', display_name: 'Kim', roles: ['clinician'] }
  await users.add(kim, 'command')
  const haunted = { ...kim, roles: ['clinician', 'ghost'] }
  const refused = { code: 'invalid-request', message: expect.stringContaining('no role "ghost"') }
  await expect(users.update('kim', haunted)).rejects.toMatchObject(refused)
  await expect(users.add({ ...haunted, username: 'lou' }, 'command')).rejects.toMatchObject(refused)
  expect((await users.findByName('kim'))?.roles).toEqual(['clinician'])
})
