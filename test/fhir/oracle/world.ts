import { randomFrom } from '../extract/sample.ts'
import { keyOf, type Resource } from './resource.ts'

/** Everything that a server holds, as plain objects. */
export type World = {
  base: string
  current: readonly Resource[]
  byKey: ReadonlyMap<string, Resource>
  /** Versions of resources that have been written more than once, oldest first, the current one last. */
  versions: ReadonlyMap<string, readonly Resource[]>
  /** `Type/id` of what was written once and then deleted, with what it was. */
  deleted: ReadonlyMap<string, Resource>
}

export function worldOf(
  base: string,
  current: readonly Resource[],
  versions: World['versions'] = new Map(),
  deleted: World['deleted'] = new Map(),
): World {
  return { base, current, byKey: new Map(current.map((one) => [keyOf(one), one])), versions, deleted }
}

const people = ['ann', 'bob', 'cid', 'dee', 'eve'] as const
const families = ['Arden', 'Bright', 'Cole', 'Ardennes', 'Évans']
const doctors = ['dr-ash', 'dr-birch', 'dr-cedar', 'dr-unseen']
const places = ['ward', 'clinic', 'lab']

const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
const conditionCategory = 'http://terminology.hl7.org/CodeSystem/condition-category'
const local = 'https://lab.example/codes'
const loinc = 'http://loinc.org'

const ref = (reference: string) => ({ reference })
const coding = (system: string | undefined, code: string) => ({
  coding: [system === undefined ? { code } : { system, code }],
})
const categories = [
  [observationCategory, 'laboratory'],
  [observationCategory, 'vital-signs'],
  [observationCategory, 'survey'],
  // The same word in another system, and without one.
  [local, 'laboratory'],
  [undefined, 'laboratory'],
  [local, 'cognitive-status'],
] as const

/**
 * A small hospital in which everything that enforcement must tell apart occurs: records that share doctors and
 * places, resources about one person done or asserted by another, several people in one Appointment, one code in
 * two systems, several categories, dangling references, linked patients, old versions, deleted resources.
 */
export function syntheticWorld(base: string, seed: number): World {
  const random = randomFrom(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const some = (chance: number): boolean => random() < chance
  const patient = () => ref(`Patient/${pick(people)}`)
  const doctor = () => ref(`Practitioner/${pick(doctors.slice(0, 3))}`)
  const day = () => `20${20 + Math.floor(random() * 5)}-0${1 + Math.floor(random() * 9)}-1${pick([0, 1, 2])}`
  const tag = () =>
    some(0.4) ? { meta: { tag: [{ system: 'urn:tags', code: pick(['red', 'blue']) }] } } : {}
  const current: Resource[] = []
  const add = (resourceType: string, id: string, more: Record<string, unknown>): void => {
    current.push({ resourceType, id, ...tag(), ...more })
  }

  for (const [index, name] of [...places, 'firm'].entries()) {
    add('Organization', name, {
      name: `${name} of Arden`,
      type: [coding('urn:org', pick(['dept', 'prov']))],
      ...(index > 0 && index < 3 ? { partOf: ref(`Organization/${places[index - 1]}`) } : {}),
    })
    add('Location', name, {
      name: `Room ${name}`,
      status: pick(['active', 'suspended']),
      managingOrganization: ref(`Organization/${name}`),
    })
  }
  for (const [index, name] of doctors.entries()) {
    add('Practitioner', name, {
      identifier: [{ system: 'urn:npi', value: `${100 + index}` }],
      name: [{ family: families[index], given: ['Dora'] }],
      gender: pick(['female', 'male']),
    })
    add('PractitionerRole', `role-${name}`, {
      practitioner: ref(`Practitioner/${name}`),
      organization: ref(`Organization/${pick(places)}`),
      location: [ref(`Location/${pick(places)}`)],
      code: [coding('urn:roles', pick(['doctor', 'nurse']))],
    })
  }
  for (const name of ['aspirin', 'insulin', 'unused'])
    add('Medication', name, { code: coding('urn:drugs', name), manufacturer: ref('Organization/firm') })

  for (const [index, name] of people.entries()) {
    add('Patient', name, {
      identifier: [{ system: 'urn:mrn', value: `m-${index}` }, { value: `x-${index % 2}` }],
      name: [{ family: families[index], given: [name, 'Maria'] }],
      gender: pick(['female', 'male']),
      ...(some(0.8) ? { birthDate: `19${60 + index * 7}-05-0${index + 1}` } : {}),
      managingOrganization: ref(`Organization/${pick(places)}`),
      generalPractitioner: [doctor()],
      ...(name === 'ann' ? { link: [{ other: ref('Patient/bob'), type: 'seealso' }] } : {}),
    })
    addRecord(name)
  }

  function addRecord(name: string): void {
    const subject = ref(some(0.1) ? `${base}/Patient/${name}` : `Patient/${name}`)
    const encounter = () => (some(0.6) ? { encounter: ref(`Encounter/${name}-e${pick([1, 2])}`) } : {})
    add('RelatedPerson', `${name}-kin`, {
      patient: subject,
      name: [{ family: pick(families), given: ['Kim'] }],
      gender: pick(['female', 'male']),
      birthDate: '1970-01-01',
      relationship: [coding('urn:kin', pick(['mother', 'friend']))],
    })
    for (const number of [1, 2]) {
      add('Encounter', `${name}-e${number}`, {
        subject,
        status: pick(['finished', 'planned']),
        class: { system: 'urn:class', code: pick(['AMB', 'IMP']) },
        type: [coding('urn:visit', pick(['check-up', 'emergency']))],
        period: { start: `${day()}T08:00:00Z`, ...(some(0.7) ? { end: '2025-01-01' } : {}) },
        participant: [{ individual: some(0.2) ? ref(`PractitionerRole/role-${pick(doctors)}`) : doctor() }],
        location: [{ location: ref(`Location/${pick(places)}`) }],
        serviceProvider: ref(`Organization/${pick(places)}`),
      })
      add('Condition', `${name}-c${number}`, {
        subject,
        ...encounter(),
        category: [
          coding(conditionCategory, pick(['encounter-diagnosis', 'problem-list-item'])),
          ...(some(0.3) ? [coding(conditionCategory, 'health-concern')] : []),
        ],
        code: coding(pick(['urn:sct', local]), pick(['flu', 'gout'])),
        clinicalStatus: coding('urn:cs', pick(['active', 'resolved'])),
        ...(some(0.7) ? { onsetDateTime: day() } : { onsetPeriod: { end: day() } }),
        // Asserted by somebody else's record as often as by a doctor.
        asserter: some(0.4) ? patient() : doctor(),
      })
      add('MedicationRequest', `${name}-m${number}`, {
        subject,
        ...encounter(),
        status: pick(['active', 'stopped']),
        intent: pick(['order', 'plan']),
        ...(some(0.7)
          ? { medicationReference: ref(`Medication/${pick(['aspirin', 'insulin', 'gone'])}`) }
          : { medicationCodeableConcept: coding('urn:drugs', 'aspirin') }),
        requester: some(0.3) ? ref(`PractitionerRole/role-${pick(doctors.slice(0, 3))}`) : doctor(),
        authoredOn: day(),
      })
    }
    for (let number = 1; number <= 8; number++) addObservation(name, number, subject, encounter())
    add('DiagnosticReport', `${name}-d1`, {
      subject,
      ...encounter(),
      status: pick(['final', 'preliminary']),
      category: [coding('urn:sections', pick(['LAB', 'RAD']))],
      code: coding(loinc, pick(['58410-2', '24323-8'])),
      // One of the results may be somebody else's: an error of the sender that must open nothing.
      result: [ref(`Observation/${name}-o1`), ref(`Observation/${pick(people)}-o2`)],
      performer: [ref(`Organization/lab`)],
      effectiveDateTime: `${day()}T10:30:00Z`,
    })
    add('AllergyIntolerance', `${name}-a1`, {
      patient: subject,
      category: [pick(['food', 'medication'])],
      code: coding('urn:sct', pick(['nuts', 'penicillin'])),
      recorder: some(0.4) ? patient() : doctor(),
      asserter: patient(),
    })
    add('Coverage', `${name}-v1`, {
      beneficiary: subject,
      payor: [some(0.5) ? patient() : ref('Organization/firm')],
      status: pick(['active', 'cancelled']),
    })
    add('Device', `${name}-pump`, {
      patient: subject,
      type: coding('urn:devices', pick(['pump', 'pacemaker'])),
      owner: ref(`Organization/${pick(places)}`),
    })
    add('List', `${name}-l1`, {
      subject,
      status: 'current',
      source: some(0.5) ? patient() : doctor(),
      entry: [
        { item: ref(`Condition/${name}-c1`) },
        { item: ref(some(0.4) ? `Observation/${pick(people)}-o1` : 'Observation/gone') },
      ],
    })
    add('Provenance', `${name}-p1`, {
      target: [ref(`Observation/${name}-o1`), ...(some(0.5) ? [ref(`Condition/${pick(people)}-c1`)] : [])],
      agent: [{ who: some(0.5) ? doctor() : patient() }],
      recorded: `${day()}T10:30:00Z`,
    })
    add('Task', `${name}-t1`, {
      for: subject,
      status: pick(['requested', 'completed']),
      focus: ref(`MedicationRequest/${name}-m1`),
      owner: doctor(),
    })
  }

  function addObservation(name: string, number: number, subject: object, encounter: object): void {
    const category = [pick(categories), ...(some(0.35) ? [pick(categories)] : [])]
    add('Observation', `${name}-o${number}`, {
      subject,
      ...encounter,
      status: pick(['final', 'amended']),
      ...(some(0.85) ? { category: category.map(([system, code]) => coding(system, code)) } : {}),
      code: coding(pick([loinc, local]), pick(['2339-0', '8867-4'])),
      ...(some(0.5)
        ? { effectiveDateTime: pick([day(), `${day()}T10:30:00+02:00`]) }
        : { effectivePeriod: { start: day() } }),
      ...(some(0.6)
        ? { valueQuantity: { value: pick([3, 5.4, 7.25, 120]), unit: 'mmol', code: pick(['mmol/L', 'mg']) } }
        : { valueCodeableConcept: coding('urn:sct', pick(['pos', 'neg'])) }),
      performer: [
        pick([doctor(), patient(), ref('Organization/lab'), ref(`RelatedPerson/${pick(people)}-kin`)]),
      ],
      ...(some(0.3) ? { focus: [pick([patient(), ref(`Observation/${pick(people)}-o3`)])] } : {}),
      ...(some(0.2) ? { device: ref(`Device/${pick(people)}-pump`) } : {}),
      ...(some(0.2) ? { hasMember: [ref(`Observation/${name}-o${pick([1, 2])}`)] } : {}),
    })
  }

  addSharedAffairs(add, ref, coding)
  return withPast(base, current, pick)
}

/** What concerns several people, nobody, or somebody who is not here. */
function addSharedAffairs(
  add: (type: string, id: string, more: Record<string, unknown>) => void,
  ref: (text: string) => object,
  coding: (system: string, code: string) => object,
): void {
  const actors = (...references: string[]) => ({
    participant: references.map((one) => ({ actor: ref(one) })),
  })
  add('Appointment', 'alone', {
    status: 'booked',
    start: '2024-03-01T09:00:00Z',
    ...actors('Patient/ann', 'Practitioner/dr-ash'),
  })
  add('Appointment', 'together', {
    status: 'booked',
    start: '2024-03-02T09:00:00Z',
    ...actors('Patient/ann', 'Patient/bob'),
  })
  add('Appointment', 'twice', {
    status: 'fulfilled',
    ...actors('Patient/cid', 'Patient/cid', 'Location/ward'),
  })
  add('Appointment', 'abroad', {
    status: 'booked',
    ...actors('Patient/ann', 'https://other.example/fhir/Patient/zoe'),
  })
  add('Schedule', 'of-ann', { active: true, actor: [ref('Patient/ann'), ref('Location/clinic')] })
  add('Schedule', 'of-two', { active: true, actor: [ref('Patient/ann'), ref('Patient/dee')] })
  add('Group', 'family', {
    type: 'person',
    member: [{ entity: ref('Patient/ann') }, { entity: ref('Patient/bob') }],
    managingEntity: ref('Organization/ward'),
  })
  add('Group', 'one', { type: 'person', member: [{ entity: ref('Patient/ann') }] })
  add('Person', 'linked', {
    name: [{ family: 'Arden' }],
    link: [{ target: ref('Patient/ann') }, { target: ref('Patient/bob') }],
  })
  add('Person', 'cid', { name: [{ family: 'Cole' }], link: [{ target: ref('Patient/cid') }] })
  add('Device', 'scanner', { type: coding('urn:devices', 'scanner'), owner: ref('Organization/lab') })
  add('List', 'of-nobody', { status: 'current', entry: [{ item: ref('Patient/ann') }] })
  add('Provenance', 'of-many', {
    target: [ref('Patient/ann'), ref('Patient/bob')],
    agent: [{ who: ref('Practitioner/dr-ash') }],
    recorded: '2024-01-01T00:00:00Z',
  })
  add('Provenance', 'of-place', {
    target: [ref('Organization/ward')],
    agent: [{ who: ref('Practitioner/dr-ash') }],
    recorded: '2024-01-01T00:00:00Z',
  })
  add('Provenance', 'half-abroad', {
    target: [ref('Observation/ann-o1'), ref('https://other.example/fhir/Patient/zoe')],
    agent: [{ who: ref('Patient/ann') }],
    recorded: '2024-01-01T00:00:00Z',
  })
  add('Observation', 'of-ghost', {
    subject: ref('Patient/ghost'),
    status: 'final',
    code: coding('urn:sct', 'pos'),
    performer: [ref('Practitioner/gone'), ref('Patient/ann')],
  })
  add('Observation', 'of-group', {
    subject: ref('Group/one'),
    status: 'final',
    code: coding('urn:sct', 'pos'),
  })
  add('Observation', 'of-place', {
    subject: ref('Location/ward'),
    status: 'final',
    code: coding('urn:sct', 'pos'),
    performer: [ref('Patient/ann')],
  })
  add('Observation', 'abroad', {
    subject: ref('https://other.example/fhir/Patient/ann'),
    status: 'final',
    code: coding('urn:sct', 'pos'),
  })
  add('Observation', 'of-nobody', {
    status: 'final',
    code: coding('urn:sct', 'neg'),
    performer: [ref('Practitioner/dr-unseen')],
  })
}

/** Some resources get an earlier version, which was about somebody else or of another kind; some are deleted. */
function withPast(base: string, current: readonly Resource[], pick: <T>(items: readonly T[]) => T): World {
  const versions = new Map<string, Resource[]>()
  const remembered = ['Observation', 'Condition', 'Patient', 'Practitioner', 'Encounter']
  for (const resource of current.filter((one) => remembered.includes(one.resourceType))) {
    if (pick([true, false, false])) versions.set(keyOf(resource), [earlier(resource, pick), resource])
  }
  const deleted = new Map<string, Resource>()
  for (const type of ['Observation', 'Condition', 'Organization']) {
    const model = current.find((one) => one.resourceType === type)
    if (model !== undefined) deleted.set(`${type}/deleted`, { ...model, id: 'deleted' })
  }
  return worldOf(base, current, versions, deleted)
}

function earlier(resource: Resource, pick: <T>(items: readonly T[]) => T): Resource {
  const { gender, category, subject } = resource
  return {
    ...resource,
    language: 'en',
    ...(gender === undefined ? {} : { gender: gender === 'female' ? 'male' : 'female' }),
    ...(subject === undefined || pick([true, false])
      ? {}
      : { subject: { reference: `Patient/${pick(people)}` } }),
    ...(category === undefined
      ? {}
      : { category: [{ coding: [{ system: observationCategory, code: pick(['laboratory', 'survey']) }] }] }),
  }
}
