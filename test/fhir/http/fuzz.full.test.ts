import { expect, test } from 'vitest'
import { brokenIn } from '../../support/server.ts'
import { fhirServer } from './fhir-server.ts'
import { isAnsweredWell, somethingToFind, withstands } from './withstands.ts'

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`REST-14 thousands of hostile requests, new ones each time, on ${engine}`, async () => {
    const server = await fhirServer(somethingToFind, { engine })
    await withstands(server, { numRuns: 2000 })
    await server.close()
  })

  test(`REST-14 the largest searches that are let in are answered, on ${engine}`, async () => {
    const server = await fhirServer(somethingToFind, { engine })
    const many = (value: string, count: number) => Array.from({ length: count }, () => value).join(',')
    const distinct = (start: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${start}${index}`).join(',')
    const forms: [string, [string, string][]][] = [
      [
        'Observation',
        [
          ['code', distinct('urn:s|', 500)],
          ['combo-code', distinct('x', 500)],
          ['date', many('2015', 500)],
        ],
      ],
      [
        'Observation',
        [
          ['code:not', distinct('x', 500)],
          ['value-quantity', many('5.4||mg', 500)],
        ],
      ],
      ['Observation', [['code-value-quantity', many('urn:s|a$gt5||mg', 500)]]],
      [
        'Observation',
        [
          ['subject', distinct('Patient/', 500)],
          ['encounter', distinct('e', 500)],
        ],
      ],
      [
        'Observation',
        [
          ['code:text', distinct('x', 500)],
          ['patient.name', distinct('x', 400)],
        ],
      ],
      ['Observation', Array.from({ length: 100 }, (_, index): [string, string] => ['code:not', `x${index}`])],
      ['Observation', Array.from({ length: 19 }, (): [string, string] => ['patient.organization.name', 'x'])],
      [
        'Patient',
        [
          ['_id', distinct('p', 500)],
          ['name:contains', distinct('x', 500)],
          ['_sort', 'name,-birthdate'],
        ],
      ],
      [
        'Patient',
        [
          ['_has:Observation:patient:code', distinct('x', 400)],
          ['_lastUpdated', many('ap2015', 400)],
        ],
      ],
      ['Provenance', [['target._id', '1']]],
      ['ValueSet', [['url:above', `http://a/${'b/'.repeat(900)}`]]],
      ['ValueSet', [['url:below', distinct('http://a/', 500)]]],
    ]
    for (const [type, form] of forms) {
      const body = new URLSearchParams(form).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const status = await isAnsweredWell(server, { method: 'POST', path: `${type}/_search`, headers, body })
      expect([type, form[0]?.[0], status]).toEqual([type, form[0]?.[0], 200])
    }
    expect(brokenIn(server)).toEqual([])
    await server.close()
  })
}
