import { putRecords } from '../../support/launch.ts'
import type { TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'

/** A few patients with a little in their records, and the people who act for them. */
export async function fillWard(server: TestServer) {
  const { house } = server
  const of = (id: string) => ({ reference: `Patient/${id}` })
  const encounter = { resourceType: 'Encounter', status: 'in-progress', class: { code: 'AMB' } }
  const study = { resourceType: 'ImagingStudy', status: 'available', started: '2026-02-03' }
  const lab = { resourceType: 'Observation', status: 'final', code: { text: 'Potassium' } }
  await putRecords(server, [
    {
      resourceType: 'Patient',
      id: 'ana',
      name: [{ family: 'Lindqvist', given: ['Ana'] }],
      birthDate: '2014-03-14',
    },
    {
      resourceType: 'Patient',
      id: 'ben',
      name: [{ family: 'Lindqvist', given: ['Ben'] }],
      birthDate: '2011-07-01',
    },
    {
      resourceType: 'Patient',
      id: 'carl',
      name: [{ family: 'Okafor', given: ['Carl'] }],
      birthDate: '1951-01-30',
    },
    { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Okafor', given: ['Ada'] }] },
    { ...encounter, id: 'visit-of-ana', subject: of('ana') },
    { ...encounter, id: 'visit-of-ben', subject: of('ben') },
    { ...study, id: 'scan-of-ana', subject: of('ana') },
    { ...study, id: 'scan-of-ben', subject: of('ben') },
    { ...lab, id: 'lab-of-ana', subject: of('ana') },
    { ...lab, id: 'lab-of-carl', subject: of('carl') },
  ])
  return {
    /** A patient herself. */
    ana: await addUser(house, { username: 'ana', fhir_user: 'Patient/ana' }),
    /** Two children. */
    marta: await addUser(house, { username: 'marta', roles: ['proxy'], patients: ['ana', 'ben'] }),
    /** Sees everybody. */
    doctor: await addUser(house, {
      username: 'dr.okafor',
      roles: ['clinician'],
      fhir_user: 'Practitioner/dr',
    }),
    /** Sees nobody. */
    clerk: await addUser(house, { username: 'clerk', roles: ['developer'] }),
  }
}
