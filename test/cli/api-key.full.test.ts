import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lanyard, problem } from '../support/command.ts'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-api-key-'))
  const marta = { username: 'marta', display_name: 'Marta Lindqvist', roles: ['proxy'], patients: ['ana'] }
  writeFileSync(join(folder, 'marta.json'), JSON.stringify(marta))
  await lanyard(['user', 'add', 'marta.json'], { folder })
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => lanyard(['api-key', ...args], { folder })

test('an API key from the first day to the last', async () => {
  const asked = ['Nightly job', '--user', 'marta', '--scope', 'user/Observation.rs user/Patient.r']
  const added = JSON.parse(
    (await run('add', ...asked, '--address', '10.1.0.0/16', '::1', '--days', '30', '--json')).out,
  )
  expect(added).toMatchObject({
    name: 'Nightly job',
    user: 'marta',
    roles: ['proxy'],
    addresses: ['10.1.0.0/16', '::1'],
    revoked: null,
    last_used: null,
  })
  expect(added.api_key).toMatch(/^lak_[\w-]{43}$/)
  const listed = await run('list')
  expect(listed.out).toMatch(/^id +name +owner +state +expires +last used +scope\n/)
  expect(listed.out).toContain('Nightly job')
  expect(listed.out).not.toContain(added.api_key)
  const words = await run('add', ...asked)
  expect(words.out).toContain('This key is shown once')
  expect((await run('revoke', added.id)).out).toBe(`The key ${added.id} (Nightly job) has ended.\n`)
  const all = JSON.parse((await run('list', '--json')).out) as { id: string; revoked: string | null }[]
  expect(all.find(({ id }) => id === added.id)?.revoked).toBeTypeOf('string')
  expect(problem(await run('revoke', 'nothing', '--json')).code).toBe('not-found')
  const wrong = await run('add', 'x', '--user', 'marta', '--scope', 'system/*.rs', '--json')
  expect([wrong.code, problem(wrong).code]).toEqual([1, 'invalid-request'])
  expect((await run('add', 'x', '--user', 'marta')).code).toBe(2)
  expect((await run('add', 'x', '--user', 'marta', '--scope', 'user/*.rs', '--days', 'soon')).code).toBe(2)
})
