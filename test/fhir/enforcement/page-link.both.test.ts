import { afterAll, beforeAll, expect, test } from 'vitest'
import { launcher } from '../../support/launched-token.ts'
import { tampered } from '../../support/tampered.ts'
import { type Answer, answerOf, type Holder, laboratory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

const scope = 'patient/Observation.rs'
const next = ({ body }: Answer): string =>
  body.link.find((link: { relation: string }) => link.relation === 'next')?.url ?? ''
const linkOf = async (holder: Holder, path = 'Observation?_count=1'): Promise<string> =>
  next(await holder.get(path))

test('ENF-18 a page link is followed by its owner, also with a new token of the same right', async () => {
  const link = await linkOf(ward.as(scope))
  expect((await ward.as(scope).get(link)).matches).toHaveLength(1)
  expect((await ward.as(scope).get(link)).status).toBe(200)
})

test('ENF-18 another client, user, patient or scope is refused the link', async () => {
  const link = await linkOf(ward.as(scope))
  const user = { fhirUser: undefined, patients: 'all' as const }
  for (const other of [
    ward.as(scope, { patient: 'bob' }),
    ward.as(scope, { patient: undefined, user }),
    ward.as(scope, { sub: 'user-2' }),
    ward.as(`${scope} patient/Condition.rs`),
    ward.as('patient/*.rs'),
    ward.as(`${scope}?${laboratory}`),
    ward.as('system/*.rs', { patient: undefined }),
  ])
    expect((await other.get(link)).status).toBe(403)
  const otherApp = await launcher(ward)
  const token = await otherApp.token({ scope, patient: 'ann' })
  const headers = { authorization: `Bearer ${token}` }
  expect((await answerOf(await fetch(link, { headers }))).status).toBe(403)
  expect((await answerOf(await fetch(link))).status).toBe(401)
})

test('ENF-18 a link that was changed, made up, or belongs to another search is refused', async () => {
  const holder = ward.as('patient/*.rs')
  const link = await linkOf(holder)
  const sealed = new URL(link).searchParams.get('_page') ?? ''
  const page = async (path: string, value: string) => (await holder.get(`${path}?_page=${value}`)).status
  expect(await page('Observation', sealed)).toBe(200)
  for (const value of [tampered(sealed), 'x', sealed.slice(0, 40), `${sealed}AAAA`, '{}'])
    expect(await page('Observation', value), value).toBe(400)
  for (const path of ['Condition', 'Patient/ann/Observation', 'Patient/bob/Observation', 'Patient/ann/*'])
    expect(await page(path, sealed), path).toBe(400)
})

test('ENF-18 each page is judged anew: what is hidden meanwhile is on none, and an ended grant ends the pages', async () => {
  const holder = ward.as(scope)
  const link = await linkOf(holder, 'Observation?_count=1&_sort=_id')
  const moved = { resourceType: 'Observation', id: 'ann-other-system', status: 'final', code: { text: 'x' } }
  expect((await holder.get(link)).matches).toEqual(['Observation/ann-other-system'])
  await ward.write({ ...moved, subject: { reference: 'Patient/bob' } })
  expect((await holder.get(link)).matches).toEqual(['Observation/ann-survey'])
  const token = await holder.token
  const { gid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    gid: string
  }
  await ward.house.db.kysely
    .updateTable('launch_grant')
    .set({ revoked: ward.clock.now })
    .where('grant_id', '=', gid)
    .execute()
  expect((await holder.get(link)).status).toBe(401)
})

test('ENF-18 a link tells nothing of what lies behind it', async () => {
  const link = await linkOf(ward.as('patient/*.rs'), 'Condition?_count=1&_sort=code')
  const holder = ward.as('patient/*.rs')
  const page = await linkOf(holder, 'Observation?_count=1&_sort=-date')
  expect(link).toBe('')
  expect(decodeURIComponent(page)).not.toMatch(/ann|date|2024/)
})
