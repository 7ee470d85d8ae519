import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, openWard, type Ward } from '../enforcement/ward.ts'

// Plain reads go a shorter way once their token was checked: it must lead to the same.
let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

/** Asked in a way that only the long way understands. */
const long = { headers: { accept: 'application/fhir+json;q=1' } }

function seen({ status, headers, text }: Answer) {
  const told = [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')
  return { status, told: Object.fromEntries(told), text }
}

test('REST-03, ENF-28 a read is answered alike on the short and the long way, and so is a refusal', async () => {
  const ann = ward.as('patient/*.rs')
  await ann.get('Patient/ann')
  for (const path of [
    'Patient/ann',
    'Patient/bob',
    'Observation/ann-lab',
    'Observation/bob-lab',
    'Patient/nobody',
  ]) {
    const [short, other] = [await ann.get(path), await ann.get(path, long)]
    expect(seen(short), path).toEqual(seen(other))
  }
  const narrow = ward.as('patient/Observation.rs')
  await narrow.get('Observation/ann-lab')
  expect((await narrow.get('Patient/ann')).status).toBe(403)
  expect((await narrow.get('Nonsense/ann')).status).toBe(404)
})

test('ENF-01, REVO-04 whatever ends or narrows a token does so at the next read, whoever did it', async () => {
  const { db } = ward.house
  for (const change of [{ revoked: 1 }, { expires: 1 }, { scope: 'patient/Observation.rs' }]) {
    const ann = ward.as('patient/*.rs')
    const [, payload = ''] = (await ann.token).split('.')
    const { gid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { gid: string }
    for (const time of [1, 2, 3]) expect((await ann.get('Patient/ann')).status, `${time}`).toBe(200)
    // As another node would: in the database, without a word to this one.
    await db.kysely.updateTable('launch_grant').set(change).where('grant_id', '=', gid).execute()
    expect((await ann.get('Patient/ann')).status).toBe('scope' in change ? 403 : 401)
  }
  const disabled = ward.as('patient/*.rs')
  for (const time of [1, 2, 3]) expect((await disabled.get('Patient/ann')).status, `${time}`).toBe(200)
  await ward.house.clients.setStatus(ward.app.clientId, 'disabled')
  expect((await disabled.get('Patient/ann')).status).toBe(401)
  await ward.house.clients.setStatus(ward.app.clientId, 'active')
  const expired = ward.as('patient/*.rs')
  for (const time of [1, 2, 3]) expect((await expired.get('Patient/ann')).status, `${time}`).toBe(200)
  ward.clock.now += 2 * 3_600_000
  expect((await expired.get('Patient/ann')).status).toBe(401)
})

test('ENF-33, AUD-10 each read has its row, with the id of the request', async () => {
  const { audit, db } = ward.house
  const ann = ward.as('patient/*.rs')
  const ids = ['lane-1', 'lane-2', 'lane-3']
  for (const id of ids) {
    const answer = await ann.get('Patient/ann', { headers: { 'x-request-id': id } })
    expect(answer.headers.get('x-request-id')).toBe(id)
  }
  await ann.get('Patient/bob', { headers: { 'x-request-id': 'lane-4' } })
  await audit.flush()
  const rows = await db.kysely
    .selectFrom('audit')
    .select(['event', 'request_id', 'patient', 'client_id'])
    .where('request_id', 'like', 'lane-%')
    .orderBy('seq')
    .execute()
  expect(rows).toEqual([
    ...ids.map((id) => ({
      event: 'fhir.read',
      request_id: id,
      patient: 'ann',
      client_id: ward.app.clientId,
    })),
    { event: 'fhir.refuse', request_id: 'lane-4', patient: 'ann', client_id: ward.app.clientId },
  ])
})
