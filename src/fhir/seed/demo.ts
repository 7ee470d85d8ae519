/** The system of the hospital's record numbers; configuration calls it `MRN`. */
export const MRN_SYSTEM = 'https://alder-valley.example/fhir/sid/mrn'

/** A person of the hospital who signs in to the demo, and the resource that stands for them. */
export type DemoPerson = { name: string; fhirUser: string }

/**
 * Who the demo users are. `parent` is Marta, who opens the records of her children; `patient` is Anders, who opens his
 * own. At the anchor 2026-11-21 ages, dates and figures are those of the drawings in the design.
 */
export const DEMO = {
  hospital: 'Organization/alder-valley',
  mrnSystem: MRN_SYSTEM,
  users: {
    admin: { name: 'Iris Okafor', fhirUser: 'Practitioner/iris-okafor' },
    clinician: { name: 'Dr Samir Haddad', fhirUser: 'Practitioner/samir-haddad' },
    patient: { name: 'Anders Lindqvist', fhirUser: 'Patient/anders-lindqvist' },
    parent: { name: 'Marta Lindqvist', fhirUser: 'RelatedPerson/ana-lindqvist-mother' },
    frontdesk: { name: 'Jonas Berg', fhirUser: 'Practitioner/jonas-berg' },
    analyst: { name: 'Ines Moreau', fhirUser: 'Practitioner/ines-moreau' },
  } satisfies Record<string, DemoPerson>,
  /** Marta's children. */
  children: ['Patient/ana-lindqvist', 'Patient/elias-holm'],
  /** Ana's clinic visit of the day before yesterday: the encounter to launch an app with. */
  encounter: 'Encounter/ana-lindqvist-clinic',
  groups: ['Group/diabetes-registry', 'Group/paediatric-clinic', 'Group/heart-follow-up'],
} as const
