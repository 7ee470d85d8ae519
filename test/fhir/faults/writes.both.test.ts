import { afterAll, beforeAll, test } from 'vitest'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'
import { somethingToFind } from '../http/withstands.ts'
import { withstandsWrites } from './withstands-writes.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(somethingToFind, { environment: { LANYARD_FHIR_UPDATE_CREATE: 'yes' } })
})
afterAll(() => server.close())

test('REST-14 whatever is to be written gets its answer, and what is refused changes nothing', async () => {
  await withstandsWrites(server, { numRuns: 150, seed: 11 })
})
