import { afterAll, beforeAll, expect, test } from 'vitest'
import { fhirStoreOf } from '../../../src/house.ts'
import { launcher } from '../../support/launched-token.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { entangled } from './entangled.ts'
import { answerOf } from './ward.ts'

// For every type of R4: what is about the patient, and what only names her in every other way there is.

/** The element that says whom a resource is about; types that are not here are in nobody's record. */
const about = `Account subject · AdverseEvent subject · AllergyIntolerance patient · Appointment participant.actor ·
AppointmentResponse actor · Basic subject · BodyStructure patient · CarePlan subject · CareTeam subject ·
ChargeItem subject · Claim patient · ClaimResponse patient · ClinicalImpression subject · Communication subject ·
CommunicationRequest subject · Composition subject · Condition subject · Consent patient · Coverage beneficiary ·
CoverageEligibilityRequest patient · CoverageEligibilityResponse patient · DetectedIssue patient · Device patient ·
DeviceRequest subject · DeviceUseStatement subject · DiagnosticReport subject · DocumentManifest subject ·
DocumentReference subject · Encounter subject · EnrollmentRequest candidate · EpisodeOfCare patient ·
ExplanationOfBenefit patient · FamilyMemberHistory patient · Flag subject · Goal subject · ImagingStudy subject ·
Immunization patient · ImmunizationEvaluation patient · ImmunizationRecommendation patient · Invoice subject ·
List subject · MeasureReport subject · Media subject · MedicationAdministration subject · MedicationDispense subject ·
MedicationRequest subject · MedicationStatement subject · MolecularSequence patient · NutritionOrder patient ·
Observation subject · Person link.target · Procedure subject · QuestionnaireResponse subject · RelatedPerson patient ·
RequestGroup subject · ResearchSubject individual · RiskAssessment subject · Schedule actor · ServiceRequest subject ·
Specimen subject · SupplyDelivery patient · SupplyRequest deliverTo · VisionPrescription patient`
const shared = [
  'Endpoint',
  'HealthcareService',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Substance',
]

const aboutOf = new Map(
  about.split('·').map((entry): [string, string] => {
    const [type = '', element = ''] = entry.trim().split(' ')
    return [type, element]
  }),
)

let server: TestServer
let types: readonly string[]
let headers: Record<string, string>
beforeAll(async () => {
  server = await startServer({ engine })
  const { definitions } = server.house
  types = definitions.resourceTypes
  const { write } = await fhirStoreOf(server.house)
  const of = (type: string, id: string, who: (isAbout: boolean) => string | undefined) =>
    entangled(definitions, type, id, (target, element) => {
      const isAbout = aboutOf.get(type) === element
      // What a List shows counts too.
      if (type === 'List' && element === 'entry.item') return undefined
      if (target === 'Patient') return who(isAbout)
      return isAbout ? undefined : 'one'
    })
  for (const type of types.filter((name) => name !== 'Patient')) {
    const mine = of(type, 'mine', (isAbout) => (isAbout ? 'ann' : 'bob'))
    const others = of(type, 'others', (isAbout) => (isAbout ? 'bob' : 'ann'))
    const nobodys = of(type, 'nobodys', (isAbout) => (isAbout ? undefined : 'ann'))
    const one = { resourceType: type, id: 'one' }
    const both = JSON.parse(
      JSON.stringify(mine).replaceAll(
        '[{"reference":"Patient/ann"}',
        '[{"reference":"Patient/bob"},{"reference":"Patient/ann"}',
      ),
    )
    await write([mine, others, nobodys, one, { ...both, id: 'both' }])
  }
  await write(['ann', 'bob'].map((id) => ({ resourceType: 'Patient', id })))
  const { token } = await launcher(server)
  headers = { authorization: `Bearer ${await token({ scope: 'patient/*.rs', patient: 'ann' })}` }
})
afterAll(async () => await server?.close())

const ask = async (path: string) => await answerOf(await fetch(`${server.fhir}/${path}`, { headers }))

/** What the patient finds of a type. */
function expectedOf(type: string): string[] {
  if (type === 'Patient') return ['Patient/ann']
  if (shared.includes(type)) return [`${type}/one`]
  return aboutOf.has(type) ? [`${type}/mine`] : []
}

test('ENF-04 ENF-06 of every type a patient finds what is about her, and nothing that only names her', async () => {
  const found = await Promise.all(types.map(async (type) => [type, (await ask(type)).matches] as const))
  expect(found).toEqual(types.map((type) => [type, expectedOf(type)]))
})

test('ENF-04 ENF-06 the same holds for reads', async () => {
  // The quick check reads what is hers and what is another's; the full run, everything.
  const kinds =
    engine === 'postgres' ? ['mine', 'others', 'nobodys', 'both', 'one'] : ['mine', 'others', 'one']
  const ids = (type: string) => (type === 'Patient' ? ['ann', 'bob'] : kinds)
  const statuses = await Promise.all(
    types.flatMap((type) =>
      ids(type).map(async (id) => [`${type}/${id}`, (await ask(`${type}/${id}`)).status] as const),
    ),
  )
  const readable = statuses.filter(([, status]) => status === 200).map(([key]) => key)
  expect(readable).toEqual(types.flatMap(expectedOf))
  expect(new Set(statuses.map(([, status]) => status))).toEqual(new Set([200, 404]))
})

test('ENF-06 and for the compartment, which by R4 is wider', async () => {
  const { matches, body } = await ask('Patient/ann/*?_count=500')
  const members = types.filter((type) => aboutOf.has(type) || type === 'Patient')
  expect(matches).toEqual(
    members
      .flatMap(expectedOf)
      // R4's compartment has no Device.
      .filter((key) => key !== 'Device/mine')
      .sort(),
  )
  expect(body.total).toBe(matches.length)
})
