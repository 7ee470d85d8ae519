import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { launcher } from '../../support/launched-token.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { type Answer, answerOf, laboratory, observationCategory } from './ward.ts'

// With very many resources a search takes other ways: the other end of a chain is no longer found beforehand, a
// sort walks an index, a total is not counted. One man's vital sign must stay hidden on all of them.
const MANY = 5100

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let server: TestServer
  let as: (scope: string) => (path: string) => Promise<Answer>
  beforeAll(async () => {
    server = await startServer({ engine })
    const { write, settle } = await fhirStoreOf(server.house)
    const numbers = Array.from({ length: MANY }, (_, index) => index)
    const women = numbers.map((number) => ({ resourceType: 'Patient', id: `w${number}`, gender: 'female' }))
    const results = numbers.map((number) =>
      observation(`o${number}`, `w${number}`, 'laboratory', '2020-01-01'),
    )
    const all = [
      ...women,
      ...results,
      { resourceType: 'Patient', id: 'man', gender: 'male' },
      observation('of-man', 'man', 'vital-signs', '2030-01-01'),
    ]
    for (let from = 0; from < all.length; from += 2000) await write(all.slice(from, from + 2000) as Stored[])
    await settle()
    const { token } = await launcher(server)
    as = (scope) => async (path) => {
      const headers = { authorization: `Bearer ${await token({ scope })}` }
      return await answerOf(await fetch(`${server.fhir}/${path}`, { headers }))
    }
  })
  afterAll(async () => await server?.close())

  test('ENF-16 `_has` over very many finds what is seen only', async () => {
    const path = 'Patient?_has:Observation:patient:status=final&gender=male'
    expect((await as('system/*.rs')(path)).matches).toEqual(['Patient/man'])
    const limited = as(`system/Patient.rs system/Observation.rs?${laboratory}`)
    expect((await limited(path)).matches).toEqual([])
    const women = await limited('Patient?_has:Observation:patient:status=final&_total=accurate&_count=1')
    expect(women.body.total).toBe(MANY)
    expect((await as('system/Patient.rs')(path)).status).toBe(403)
  })

  test('ENF-16 a chain over very many leads through what is seen only', async () => {
    const path = `Observation?patient._lastUpdated=gt2000&category=vital-signs`
    expect((await as('system/*.rs')(path)).matches).toEqual(['Observation/of-man'])
    const limited = as('system/Observation.rs system/Patient.rs?gender=female')
    expect((await limited(path)).matches).toEqual([])
    const all = await limited('Observation?patient._lastUpdated=gt2000&_total=accurate&_count=1')
    expect(all.body.total).toBe(MANY)
    expect((await as('system/Observation.rs')(path)).status).toBe(403)
  })

  test('ENF-07 ENF-17 totals and a sort along an index know what is seen only', async () => {
    const limited = as(`system/Observation.rs?${laboratory}`)
    expect((await limited('Observation?_total=accurate&_count=1')).body.total).toBe(MANY)
    expect((await limited('Observation?_summary=count')).body.total).toBe(MANY)
    const [newest] = (await as('system/*.rs')('Observation?_sort=-date&_count=1')).matches
    expect(newest).toBe('Observation/of-man')
    const page = await limited('Observation?_sort=-date&_count=5')
    expect(page.matches).toHaveLength(5)
    expect(page.matches).not.toContain('Observation/of-man')
  })
})

function observation(id: string, patient: string, category: string, effectiveDateTime: string) {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    subject: { reference: `Patient/${patient}` },
    category: [{ coding: [{ system: observationCategory, code: category }] }],
    effectiveDateTime,
  }
}
