import { expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'

const definitions = loadDefinitions()

// Requirements, Appendix A.
const APPENDIX_A = `
Account subject · AdverseEvent subject · AllergyIntolerance patient,recorder,asserter · Appointment actor ·
AppointmentResponse actor · AuditEvent patient · Basic patient,author · BodyStructure patient ·
CarePlan patient,performer · CareTeam patient,participant · ChargeItem subject · Claim patient,payee ·
ClaimResponse patient · ClinicalImpression subject · Communication subject,sender,recipient ·
CommunicationRequest subject,sender,recipient,requester · Composition subject,author,attester ·
Condition patient,asserter · Consent patient · Coverage policy-holder,subscriber,beneficiary,payor ·
CoverageEligibilityRequest patient · CoverageEligibilityResponse patient · DetectedIssue patient ·
DeviceRequest subject,performer · DeviceUseStatement subject · DiagnosticReport subject ·
DocumentManifest subject,author,recipient · DocumentReference subject,author · Encounter patient ·
EnrollmentRequest subject · EpisodeOfCare patient · ExplanationOfBenefit patient,payee ·
FamilyMemberHistory patient · Flag patient · Goal patient · Group member · ImagingStudy patient ·
Immunization patient · ImmunizationEvaluation patient · ImmunizationRecommendation patient ·
Invoice subject,patient,recipient · List subject,source · MeasureReport patient · Media subject ·
MedicationAdministration patient,performer,subject · MedicationDispense subject,patient,receiver ·
MedicationRequest subject · MedicationStatement subject · MolecularSequence patient · NutritionOrder patient ·
Observation subject,performer · Patient link · Person patient · Procedure patient,performer ·
Provenance patient · QuestionnaireResponse subject,author · RelatedPerson patient ·
RequestGroup subject,participant · ResearchSubject individual · RiskAssessment subject · Schedule actor ·
ServiceRequest subject,performer · Specimen subject · SupplyDelivery patient · SupplyRequest subject ·
VisionPrescription patient`

test('SRCH-16 the Patient compartment is that of Appendix A', () => {
  const expected = APPENDIX_A.split('·').map((entry) => entry.trim().split(' '))
  const actual = definitions.resourceTypes.flatMap((type) => {
    const parameters = definitions.patientCompartment(type)
    return parameters ? [[type, parameters.join(',')]] : []
  })
  expect(actual).toEqual(expected)
})

test('types that belong to nobody are in no Patient compartment', () => {
  const outside = [
    'Binary',
    'Bundle',
    'Device',
    'Location',
    'Medication',
    'Organization',
    'Practitioner',
    'Task',
  ]
  expect(outside.map(definitions.patientCompartment)).toEqual(outside.map(() => undefined))
  expect(definitions.patientCompartment('constructor')).toBeUndefined()
  expect(definitions.compartment('constructor', 'name')).toBeUndefined()
})

test('the other four compartments are there too, and hold the resource they are named after', () => {
  for (const name of ['Encounter', 'Practitioner', 'RelatedPerson']) {
    expect(definitions.compartment(name, name)).toEqual(['_id'])
  }
  expect(definitions.compartment('Device', 'Observation')).toEqual(['subject', 'device'])
  expect(definitions.compartment('Encounter', 'Observation')).toEqual(['encounter'])
})

test('every compartment is made of reference parameters that exist', () => {
  for (const name of ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device']) {
    for (const type of definitions.resourceTypes) {
      for (const code of definitions.compartment(name, type) ?? []) {
        const parameter = definitions.searchParameter(type, code)
        expect(code === '_id' || parameter?.type === 'reference', `${name}: ${type}.${code}`).toBe(true)
      }
    }
  }
})
