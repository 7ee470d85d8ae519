import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../../src/audit/verify.ts'
import { type FhirServer, fhirServer } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], { scope: 'system/*.cruds' })
})
afterAll(() => server.close())

const patient = (family: string, more: object = {}) => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
})

test('REST-08, AUD-01 of writes that come at once and share a commit each has its own outcome', async () => {
  const { house, submit, found } = server
  const { id } = (await submit('POST', 'Patient', patient('First'))).body
  const expected = [201, 412, 201, 404, 400]
  const statuses = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const headers = { 'x-request-id': `once-${index}` }
      const stale = { ...headers, 'if-match': 'W/"7"' }
      const asks = [
        () => submit('POST', 'Patient', patient('Apart'), headers),
        () => submit('PUT', `Patient/${id}`, patient('Late', { id }), stale),
        () => submit('POST', 'Patient', patient('Apart'), headers),
        () =>
          submit('PATCH', 'Patient/nobody', [{ op: 'remove', path: '/gender' }], {
            ...headers,
            'content-type': 'application/json-patch+json',
          }),
        () => submit('POST', 'Patient', patient('Wrong', { gender: 'x' }), headers),
      ]
      return (await asks[index % asks.length]?.())?.status
    }),
  )
  expect(statuses.slice(0, 5)).toEqual(expected)
  expect(statuses).toEqual(statuses.map((_, index) => expected[index % 5]))
  expect(await found('Patient?family=Apart&_count=100')).toHaveLength(16)
  expect(await found('Patient?family=Late,Wrong')).toHaveLength(0)

  await house.audit.flush()
  const rows = await house.db.kysely
    .selectFrom('audit')
    .select('event')
    .where('request_id', 'like', 'once-%')
    .execute()
  const count = (wanted: string) => rows.filter(({ event }) => event === wanted).length
  expect([count('fhir.create'), count('fhir.update'), count('fhir.refuse')]).toEqual([16, 0, 24])
  const { broken } = await verifyAudit(house.db, house.seal.secretFor('audit'))
  expect(broken).toBeUndefined()
})
