import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fhirServer, linkOf } from '../http/fhir-server.ts'

test('SRCH-07 short names of identifier systems come from the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-aliases-'))
  const file = join(folder, 'lanyard.json')
  writeFileSync(file, JSON.stringify({ identifierSystems: { SSN: 'http://hl7.org/fhir/sid/us-ssn' } }))
  const server = await fhirServer(
    [
      {
        resourceType: 'Patient',
        id: 'ana',
        identifier: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '1' }],
      },
      { resourceType: 'Patient', id: 'bo', identifier: [{ system: 'urn:other', value: '1' }] },
    ],
    { environment: { LANYARD_CONFIG: file } },
  )
  expect(await server.ids('Patient?identifier=SSN|1')).toEqual(['ana'])
  expect(await server.ids('Patient?identifier=http://hl7.org/fhir/sid/us-ssn|1')).toEqual(['ana'])
  expect(await server.ids('Patient?identifier=ssn|1')).toEqual([])
  expect(await server.ids('Patient?identifier=constructor|1')).toEqual([])
  // The link says what was asked, which goes on working.
  const { body } = await server.get('Patient?identifier=SSN|1')
  expect(await server.ids(linkOf(body, 'self') ?? '')).toEqual(['ana'])
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
