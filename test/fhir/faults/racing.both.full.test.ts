import { afterAll, beforeAll } from 'vitest'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'
import { raceTests } from './racing.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], {
    scope: 'system/*.cruds',
    environment: { LANYARD_FHIR_UPDATE_CREATE: 'yes' },
  })
})
afterAll(() => server.close())

raceTests(
  () => async (_writer, method, path, body, headers) =>
    body === undefined
      ? await server.send(path, { method, ...(headers && { headers }) })
      : await server.submit(method, path, body, headers),
)
