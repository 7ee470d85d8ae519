import type { Ask } from '../../support/exporting.ts'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'

export const ref = (reference: string) => ({ reference })
export const observation = (id: string, subject: string, status = 'final', more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status,
  subject: ref(subject),
  code: { text: id },
  ...more,
})

export const everything = [
  {
    resourceType: 'Patient',
    id: 'ann',
    gender: 'female',
    birthDate: '1970-01-01',
    name: [{ family: 'Ärden' }],
  },
  { resourceType: 'Patient', id: 'bob', gender: 'male' },
  { resourceType: 'Patient', id: 'cid' },
  observation('ann-1', 'Patient/ann', 'final', { performer: [ref('Practitioner/ash')] }),
  observation('ann-2', 'Patient/ann', 'amended', { valueQuantity: { value: 1 } }),
  observation('bob-1', 'Patient/bob', 'final', { performer: [ref('Practitioner/birch')] }),
  observation('nobody-1', 'Device/scale'),
  { resourceType: 'Practitioner', id: 'ash' },
  { resourceType: 'Practitioner', id: 'birch' },
  { resourceType: 'Practitioner', id: 'cedar' },
  { resourceType: 'Organization', id: 'north' },
  {
    resourceType: 'Provenance',
    id: 'of-ann',
    target: [ref('Observation/ann-1')],
    recorded: '2024-01-01T00:00:00Z',
    agent: [{ who: ref('Practitioner/ash') }],
  },
  {
    resourceType: 'Provenance',
    id: 'of-house',
    target: [ref('Organization/north')],
    recorded: '2024-01-01T00:00:00Z',
    agent: [{ who: ref('Practitioner/ash') }],
  },
  {
    resourceType: 'DocumentReference',
    id: 'ann-letter',
    status: 'current',
    subject: ref('Patient/ann'),
    content: [{ attachment: { contentType: 'text/plain', url: 'Binary/letter' } }],
  },
  {
    resourceType: 'Group',
    id: 'ward',
    type: 'person',
    actual: true,
    member: [
      { entity: ref('Patient/ann') },
      { entity: ref('Patient/cid') },
      { entity: ref('Patient/bob'), inactive: true },
    ],
  },
]

export type ExportServer = FhirServer & { ask: Ask }

/** A server with a few records to export, and the requests of a client that may. */
export async function exportServer(): Promise<ExportServer> {
  const server = await fhirServer(everything, { environment: { LANYARD_EXPORTS_PER_CLIENT: '3' } })
  return { ...server, ask: (path, init) => server.send(path, init) }
}
