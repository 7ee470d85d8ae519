import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lanyard } from '../support/command.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-role-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...words: string[]) => lanyard(words, { folder })
const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content))
const desk = {
  role: 'desk',
  title: 'Front desk',
  rules: [{ types: ['Appointment'], letters: 'rs', where: ['location=%user.location'], hide: ['comment'] }],
}

test('a role is added, shown, changed and removed, and explained', async () => {
  write('desk.json', desk)
  write('jo.json', {
    username: 'jo',
    display_name: 'Jo',
    roles: ['desk'],
    attributes: { location: 'Location/1' },
  })
  expect(await run('user', 'add', 'jo.json')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no role "desk"'),
  })
  expect(await run('role', 'add', 'desk.json')).toMatchObject({
    code: 0,
    out: 'Added desk (Front desk), with one rule.\n',
  })
  expect((await run('user', 'add', 'jo.json')).code).toBe(0)
  const { out } = await run('role', 'list')
  expect(out).toMatch(/^clinician +- +- +active +built in$/m)
  expect(out).toMatch(/^desk +Front desk +1 +active +command$/m)
  expect(JSON.parse((await run('role', 'show', 'desk')).out)).toMatchObject({
    ...desk,
    apps: ['*'],
    status: 'active',
  })

  const ask = ['explain', '--user', 'jo', '--scope', 'user/*.rs', 'GET']
  const told = await run(...ask, '/Appointment?status=booked', '--data')
  expect(told).toMatchObject({ code: 0, out: expect.stringContaining('Allowed, within limits.') })
  expect(told.out).toContain('only where location=Location/1; without comment')
  const refused = await run(...ask, '/Observation', '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.out)).toMatchObject({
    allowed: false,
    sentence: expect.stringMatching(/^Refused: No role/),
  })
  expect((await run('explain', 'GET', '/Patient')).code).toBe(2)

  write('desk.json', { ...desk, rules: [{ ...desk.rules[0], where: ['place=1'] }] })
  expect(await run('role', 'update', 'desk', 'desk.json')).toMatchObject({
    code: 1,
    err: expect.stringContaining('"place" is no search parameter of Appointment'),
  })
  expect(await run('role', 'remove', 'desk')).toMatchObject({
    code: 1,
    err: expect.stringContaining('still held by jo'),
  })
  expect((await run('role', 'disable', 'desk')).code).toBe(0)
  const doctor = JSON.parse((await run('doctor', '--json')).out)
  expect(JSON.stringify(doctor)).toContain('jo has the role desk, which is disabled: it allows nothing.')
  expect((await run('user', 'remove', 'jo')).code).toBe(0)
  expect(await run('role', 'remove', 'desk')).toMatchObject({ code: 0, out: 'Removed desk.\n' })
})
