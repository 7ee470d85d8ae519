import { expect, test } from 'vitest'
import { fhirServer } from '../http/fhir-server.ts'
import { somethingToFind } from '../http/withstands.ts'
import { withstandsWrites } from './withstands-writes.ts'

test.each(['sqlite', 'postgres'] as const)(
  'REST-14 hostile writes, new ones each time, on %s',
  async (engine) => {
    const environment = { LANYARD_FHIR_UPDATE_CREATE: 'yes', LANYARD_WORKERS: '1' }
    const server = await fhirServer(somethingToFind, { engine, environment })
    await withstandsWrites(server, { numRuns: 500 })
    const found = await server.get('Patient?_summary=count')
    expect(found.status).toBe(200)
    await server.close()
  },
)
