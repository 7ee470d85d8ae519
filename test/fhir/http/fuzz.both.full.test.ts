import { afterAll, beforeAll, test } from 'vitest'
import { type FhirServer, fhirServer } from './fhir-server.ts'
import { somethingToFind, withstands } from './withstands.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(somethingToFind)
})
afterAll(() => server.close())

test('REST-14 whatever is sent gets its answer: no 500, nothing of our inside', async () => {
  await withstands(server, { numRuns: 300, seed: 4 })
})
