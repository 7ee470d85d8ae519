import fc from 'fast-check'
import { expect } from 'vitest'
import { rawRequest } from '../../support/oauth.ts'
import { brokenIn } from '../../support/server.ts'
import type { FhirServer } from './fhir-server.ts'
import { type Hostile, hostileRequest } from './hostile.ts'

/** Words of our inside: of files, of stacks, of statements, of the database. None of them is ever sent by the test. */
export const inside =
  /\bat [\w.<>]+ \(|node_modules|\.ts:\d|file:\/\/|\/work\/|sqlite|postgres|kysely|ix_token|ix_ref|json_each|unnest|TypeError|RangeError|SyntaxError|syntax error/i

/** Sends hostile requests and expects of every answer what REST-14 says; then the server is as healthy as before. */
export async function withstands(
  server: FhirServer,
  runs: { numRuns: number; seed?: number },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(hostileRequest, async (request) => {
      await isAnsweredWell(server, request)
    }),
    runs,
  )
  expect(brokenIn(server)).toEqual([])
  expect((await server.get('metadata')).status).toBe(200)
  expect((await server.get('Patient/ana')).body.meta.versionId).toBe('1')
}

/** @returns the status */
export async function isAnsweredWell(
  server: FhirServer,
  { path, headers, ...rest }: Hostile,
): Promise<number> {
  const answer = await rawRequest(server, {
    ...rest,
    path: `/fhir/${path}`,
    headers: { ...headers, authorization: `Bearer ${server.token}` },
  } as Parameters<typeof rawRequest>[1])
  const { status, text, body } = answer
  expect(status).toBeLessThan(500)
  expect(text).not.toMatch(inside)
  expect(answer.headers.get('x-request-id')).toBeTruthy()
  if (status < 400 || text === '') return status
  expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8')
  expect(body).toEqual({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: expect.stringMatching(/^[a-z-]+$/), diagnostics: expect.any(String) }],
  })
  return status
}

/** A handful of resources, so that hostile searches have something to find. */
export const somethingToFind = [
  {
    resourceType: 'Patient',
    id: 'ana',
    active: true,
    name: [{ family: 'Ångström', given: ['Ana'] }],
    birthDate: '2015-08-12',
    identifier: [{ system: 'urn:s', value: '1' }],
    link: [{ other: { reference: 'Patient/ana' }, type: 'seealso' }],
  },
  {
    resourceType: 'Observation',
    id: '1',
    status: 'final',
    code: { coding: [{ system: 'urn:s', code: 'a' }], text: 'x' },
    subject: { reference: 'Patient/ana' },
    encounter: { reference: 'Encounter/1' },
    focus: [{ reference: 'Observation/1' }],
    effectivePeriod: { start: '2015-08-12' },
    valueQuantity: { value: 5.4, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  },
  {
    resourceType: 'Encounter',
    id: '1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/ana' },
  },
  { resourceType: 'ValueSet', id: '1', status: 'active', url: 'http://a/b/b' },
  {
    resourceType: 'Provenance',
    id: '1',
    target: [{ reference: 'Observation/1' }, { reference: 'Patient/ana' }],
    recorded: '2015-08-12T10:30:05.5Z',
    agent: [{ who: { reference: 'Practitioner/1' } }],
  },
]
