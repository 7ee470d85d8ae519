/** The system of the hospital's record numbers; configuration calls it `MRN`. */
export const MRN_SYSTEM = 'https://alder-valley.example/fhir/sid/mrn'

/** A person of the hospital who signs in to the demo, and the resource that stands for them. */
export type DemoPerson = { name: string; fhirUser: string }

/**
 * Who the demo users are. `patient` is Marta: her own record, and her daughter Ana's as her mother. At the
 * anchor 2026-11-21 ages, dates and figures are those of the drawings in the design.
 */
export const DEMO = {
  hospital: 'Organization/alder-valley',
  mrnSystem: MRN_SYSTEM,
  users: {
    admin: { name: 'Iris Okafor', fhirUser: 'Practitioner/iris-okafor' },
    clinician: { name: 'Dr Samir Haddad', fhirUser: 'Practitioner/samir-haddad' },
    patient: { name: 'Marta Lindqvist', fhirUser: 'Patient/marta-lindqvist' },
    frontdesk: { name: 'Jonas Berg', fhirUser: 'Practitioner/jonas-berg' },
    analyst: { name: 'Ines Moreau', fhirUser: 'Practitioner/ines-moreau' },
  } satisfies Record<string, DemoPerson>,
  /** Marta as a relative in Ana's record, and the records she may open: id, and how she is related. */
  proxy: {
    relatedPerson: 'RelatedPerson/ana-lindqvist-mother',
    records: [
      { patient: 'Patient/marta-lindqvist', relation: 'self' },
      { patient: 'Patient/ana-lindqvist', relation: 'mother' },
    ],
  },
  /** Ana's clinic visit of the day before yesterday: the encounter to launch an app with. */
  encounter: 'Encounter/ana-lindqvist-clinic',
  groups: ['Group/diabetes-registry', 'Group/paediatric-clinic', 'Group/heart-follow-up'],
} as const
