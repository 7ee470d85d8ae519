import type { Json } from '../http/fhir-server.ts'

/** A search on a type, and the plain filter that says what it must find. */
export type Search = [query: string, type: string, matches: (resource: Json) => boolean]

/**
 * Searches as apps of US Core make them.
 * @param all resources of the public data
 * @returns them with the person that most of them are about
 */
export function realSearches(all: readonly Json[]): { searches: Search[]; who: string } {
  const ofType = (type: string): Json[] => all.filter(({ resourceType }) => resourceType === type)

  const LOINC = 'http://loinc.org'
  const SCT = 'http://snomed.info/sct'
  const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
  const UCUM = 'http://unitsofmeasure.org'
  const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical'

  /** The person with the longest record. */
  const subjects = ofType('Observation').map(({ subject }) => subject.reference.split('/')[1])
  const who: string = [...new Set(subjects)].sort(
    (a, b) => subjects.filter((one) => one === b).length - subjects.filter((one) => one === a).length,
  )[0]
  const mine = (resource: Json): boolean =>
    [resource.subject, resource.patient].some((reference) => reference?.reference === `Patient/${who}`)
  const hasCode = (concept: Json | Json[] | undefined, code: string, system?: string): boolean =>
    [concept ?? []]
      .flat()
      .flatMap(({ coding = [] }: Json) => coding)
      .some((coding: Json) => coding.code === code && (system === undefined || coding.system === system))
  const time = (text: string): number => Date.parse(text)
  const person = (id: string): Json => ofType('Patient').find((patient) => patient.id === id)
  const aboutWhom = (resource: Json): Json =>
    person((resource.subject ?? resource.patient)?.reference.split('/')[1])
  const visitOf = ({ encounter }: Json): Json =>
    ofType('Encounter').find(({ id }) => encounter?.reference === `Encounter/${id}`)
  const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const nameOf = ({ name }: Json): string[] =>
    name.flatMap(({ family, given = [], prefix = [], suffix = [], text = [] }: Json) =>
      [family, given, prefix, suffix, text].flat().map(folded),
    )
  const firstPerson: Json = ofType('Patient')[0] ?? { name: [{ family: '' }], identifier: [{}] }
  const measured = (resource: Json, code: string) =>
    hasCode(resource.code, code, LOINC) && resource.valueQuantity !== undefined
  const component = (resource: Json, code: string, value: (number: number) => boolean) =>
    (resource.component ?? []).some(
      (part: Json) => hasCode(part.code, code) && value(part.valueQuantity.value),
    )

  const patients: Search[] = [
    [`_id=${who}`, 'Patient', ({ id }) => id === who],
    [
      `identifier=${firstPerson.identifier[0].system}|${firstPerson.identifier[0].value}`,
      'Patient',
      ({ id }) => id === firstPerson.id,
    ],
    [
      `name=${firstPerson.name[0].family.slice(0, 3)}`,
      'Patient',
      (patient) =>
        nameOf(patient).some((part) => part.startsWith(folded(firstPerson.name[0].family.slice(0, 3)))),
    ],
    ['name=m', 'Patient', (patient) => nameOf(patient).some((part) => part.startsWith('m'))],
    ['name:contains=an', 'Patient', (patient) => nameOf(patient).some((part) => part.includes('an'))],
    ['gender=male', 'Patient', ({ gender }) => gender === 'male'],
    ['gender:not=male', 'Patient', ({ gender }) => gender !== 'male'],
    ['birthdate=ge1960-01-01', 'Patient', ({ birthDate }) => birthDate >= '1960-01-01'],
    ['birthdate=lt1960', 'Patient', ({ birthDate }) => birthDate < '1960'],
    [
      'birthdate=ge1940&birthdate=lt1970&gender=female',
      'Patient',
      ({ birthDate, gender }) => birthDate >= '1940' && birthDate < '1970' && gender === 'female',
    ],
    ['deceased=true', 'Patient', ({ deceasedDateTime }) => deceasedDateTime !== undefined],
    ['death-date:missing=true', 'Patient', ({ deceasedDateTime }) => deceasedDateTime === undefined],
    [
      'address-state=MA',
      'Patient',
      ({ address }) => address.some(({ state = '' }: Json) => folded(state).startsWith('ma')),
    ],
    [
      'address-city:exact=Boston',
      'Patient',
      ({ address }) => address.some(({ city }: Json) => city === 'Boston'),
    ],
    [
      '_has:Condition:patient:code=38341003',
      'Patient',
      ({ id }) =>
        ofType('Condition').some(
          (one) => hasCode(one.code, '38341003') && one.subject.reference === `Patient/${id}`,
        ),
    ],
    [
      '_has:Observation:patient:code-value-quantity=8302-2$gt180',
      'Patient',
      ({ id }) =>
        ofType('Observation').some(
          (one) =>
            measured(one, '8302-2') &&
            one.valueQuantity.value > 180 &&
            one.subject.reference === `Patient/${id}`,
        ),
    ],
    [
      '_has:Encounter:patient:class=EMER',
      'Patient',
      ({ id }) =>
        ofType('Encounter').some(
          (one) => one.class.code === 'EMER' && one.subject.reference === `Patient/${id}`,
        ),
    ],
  ]

  const observations: Search[] = [
    [`patient=${who}`, 'Observation', mine],
    [
      `patient=Patient/${who}&category=laboratory`,
      'Observation',
      (one) => mine(one) && hasCode(one.category, 'laboratory'),
    ],
    [
      `patient=${who}&category=${CATEGORY}|vital-signs`,
      'Observation',
      (one) => mine(one) && hasCode(one.category, 'vital-signs', CATEGORY),
    ],
    [
      `patient=${who}&category=${CATEGORY}|vital-signs,${CATEGORY}|survey`,
      'Observation',
      (one) => mine(one) && (hasCode(one.category, 'vital-signs') || hasCode(one.category, 'survey')),
    ],
    [`patient=${who}&code=${LOINC}|8302-2`, 'Observation', (one) => mine(one) && hasCode(one.code, '8302-2')],
    [
      `patient=${who}&code=${LOINC}|8302-2,${LOINC}|29463-7`,
      'Observation',
      (one) => mine(one) && (hasCode(one.code, '8302-2') || hasCode(one.code, '29463-7')),
    ],
    [
      `patient=${who}&category=laboratory&date=ge2015-01-01`,
      'Observation',
      (one) =>
        mine(one) && hasCode(one.category, 'laboratory') && time(one.effectiveDateTime) >= time('2015-01-01'),
    ],
    [
      `patient=${who}&date=ge2010-01-01&date=lt2014-06`,
      'Observation',
      (one) =>
        mine(one) &&
        time(one.effectiveDateTime) >= time('2010-01-01') &&
        time(one.effectiveDateTime) < time('2014-06-01'),
    ],
    [
      `patient=${who}&category=vital-signs&date=2006`,
      'Observation',
      (one) =>
        mine(one) &&
        hasCode(one.category, 'vital-signs') &&
        new Date(one.effectiveDateTime).getUTCFullYear() === 2006,
    ],
    [
      'status=final&code=8302-2',
      'Observation',
      (one) => one.status === 'final' && hasCode(one.code, '8302-2'),
    ],
    ['status:not=final', 'Observation', (one) => one.status !== 'final'],
    [
      `code-value-quantity=${LOINC}|8302-2$gt175`,
      'Observation',
      (one) => measured(one, '8302-2') && one.valueQuantity.value > 175,
    ],
    [
      `component-code-value-quantity=${LOINC}|8480-6$ge140`,
      'Observation',
      (one) => component(one, '8480-6', (value) => value >= 140),
    ],
    [
      `component-code-value-quantity=8480-6$ge130&component-code-value-quantity=8462-4$lt80`,
      'Observation',
      (one) =>
        component(one, '8480-6', (value) => value >= 130) && component(one, '8462-4', (value) => value < 80),
    ],
    [
      `combo-code=8480-6`,
      'Observation',
      (one) =>
        hasCode(one.code, '8480-6') ||
        (one.component ?? []).some((part: Json) => hasCode(part.code, '8480-6')),
    ],
    [
      `value-quantity=gt100|${UCUM}|cm`,
      'Observation',
      ({ valueQuantity: value }) => value?.value > 100 && value.code === 'cm',
    ],
    [
      'value-quantity=lt10||%25',
      'Observation',
      ({ valueQuantity: value }) => value?.value < 10 && [value.code, value.unit].includes('%'),
    ],
    [
      'value-concept:missing=false',
      'Observation',
      ({ valueCodeableConcept }) => valueCodeableConcept !== undefined,
    ],
    [
      'value-string:missing=false',
      'Observation',
      ({ valueString, valueCodeableConcept }) => (valueString ?? valueCodeableConcept?.text) !== undefined,
    ],
    [
      'code:text=body',
      'Observation',
      ({ code }) =>
        [code.text, ...code.coding.map(({ display }: Json) => display)].some((text) =>
          folded(text ?? '').startsWith('body'),
        ),
    ],
    [
      'patient.gender=female&code=29463-7',
      'Observation',
      (one) => hasCode(one.code, '29463-7') && aboutWhom(one).gender === 'female',
    ],
    [
      'subject:Patient.birthdate=lt1950&category=survey',
      'Observation',
      (one) => hasCode(one.category, 'survey') && aboutWhom(one).birthDate < '1950',
    ],
    ['encounter.class=EMER', 'Observation', (one) => visitOf(one)?.class.code === 'EMER'],
    [
      'encounter.patient.gender=male&code=8302-2',
      'Observation',
      (one) =>
        hasCode(one.code, '8302-2') &&
        visitOf(one) !== undefined &&
        aboutWhom(visitOf(one)).gender === 'male',
    ],
  ]

  const others: Search[] = [
    [`patient=${who}`, 'Condition', mine],
    [
      `patient=${who}&clinical-status=${CLINICAL}|active`,
      'Condition',
      (one) => mine(one) && hasCode(one.clinicalStatus, 'active'),
    ],
    [
      `patient=${who}&clinical-status:not=active`,
      'Condition',
      (one) => mine(one) && !hasCode(one.clinicalStatus, 'active'),
    ],
    ['onset-date=ge2010', 'Condition', ({ onsetDateTime }) => time(onsetDateTime) >= time('2010-01-01')],
    [
      'abatement-date:missing=true&clinical-status=active',
      'Condition',
      ({ abatementDateTime, clinicalStatus }) =>
        abatementDateTime === undefined && hasCode(clinicalStatus, 'active'),
    ],
    [`code=${SCT}|38341003`, 'Condition', ({ code }) => hasCode(code, '38341003', SCT)],
    [`patient=${who}`, 'Encounter', mine],
    [
      `patient=${who}&date=ge2010`,
      'Encounter',
      (one) =>
        mine(one) && time(one.period.end) >= time('2011-01-01')
          ? true
          : mine(one) && time(one.period.start) >= time('2010-01-01'),
    ],
    [
      'class=AMB&status=finished',
      'Encounter',
      (one) => one.class.code === 'AMB' && one.status === 'finished',
    ],
    [`type=${SCT}|185349003`, 'Encounter', ({ type }) => hasCode(type, '185349003')],
    [
      'participant.name=h',
      'Encounter',
      ({ participant = [] }) =>
        participant.some(({ individual }: Json) =>
          ofType('Practitioner').some(
            (one) =>
              individual?.reference === `Practitioner/${one.id}` &&
              nameOf(one).some((part) => part.startsWith('h')),
          ),
        ),
    ],
    [
      'service-provider.name:contains=HOSP',
      'Encounter',
      ({ serviceProvider }) =>
        ofType('Organization').some(
          ({ id, name }) =>
            serviceProvider?.reference === `Organization/${id}` && folded(name).includes('hosp'),
        ),
    ],
    [`patient=${who}&status=active`, 'MedicationRequest', (one) => mine(one) && one.status === 'active'],
    [
      `patient=${who}&intent=order,plan`,
      'MedicationRequest',
      (one) => mine(one) && ['order', 'plan'].includes(one.intent),
    ],
    [
      'authoredon=ge2010&status=stopped',
      'MedicationRequest',
      (one) => one.status === 'stopped' && time(one.authoredOn) >= time('2010-01-01'),
    ],
    [`patient=${who}&category=LAB`, 'DiagnosticReport', (one) => mine(one) && hasCode(one.category, 'LAB')],
    [
      'result.code=2339-0',
      'DiagnosticReport',
      ({ result = [] }) =>
        result.some(({ reference }: Json) =>
          ofType('Observation').some(
            (one) => reference === `Observation/${one.id}` && hasCode(one.code, '2339-0'),
          ),
        ),
    ],
    [`patient=${who}`, 'Immunization', mine],
    [
      'vaccine-code=http://hl7.org/fhir/sid/cvx|140&date=ge2018',
      'Immunization',
      (one) => hasCode(one.vaccineCode, '140') && time(one.occurrenceDateTime) >= time('2018-01-01'),
    ],
    [
      `patient=${who}&date=lt2015`,
      'Procedure',
      (one) => mine(one) && time(one.performedPeriod?.start ?? one.performedDateTime) < time('2015-01-01'),
    ],
    ['code:text=colono', 'Procedure', ({ code }) => folded(code.text ?? '').startsWith('colono')],
    ['category=food', 'AllergyIntolerance', ({ category }) => category.includes('food')],
    [
      'criticality=low&clinical-status=active',
      'AllergyIntolerance',
      (one) => one.criticality === 'low' && hasCode(one.clinicalStatus, 'active'),
    ],
    [
      'status=completed&intent=order',
      'CarePlan',
      (one) => one.status === 'completed' && one.intent === 'order',
    ],
    [
      'condition.code=15777000,10509002',
      'CarePlan',
      ({ addresses = [] }) =>
        addresses.some(({ reference }: Json) =>
          ofType('Condition').some(
            (one) =>
              reference === `Condition/${one.id}` &&
              ['15777000', '10509002'].some((code) => hasCode(one.code, code)),
          ),
        ),
    ],
    ['lifecycle-status=accepted', 'Goal', ({ lifecycleStatus }) => lifecycleStatus === 'accepted'],
    ['name=h', 'Organization', ({ name }) => folded(name).startsWith('h')],
    [
      'identifier=http://hl7.org/fhir/sid/us-npi|390',
      'Practitioner',
      ({ identifier }) => identifier.some(({ value }: Json) => value === '390'),
    ],
    [
      'modality=DX',
      'ImagingStudy',
      ({ series }) => series.some(({ modality }: Json) => modality.code === 'DX'),
    ],
    [
      '_tag=https://smarthealthit.org/tags|synthea-5-2019&created=ge2015',
      'Claim',
      (one) =>
        hasCode([{ coding: one.meta.tag }], 'synthea-5-2019') && time(one.created) >= time('2015-01-01'),
    ],
    [
      'claim:missing=false&created=lt1980',
      'ExplanationOfBenefit',
      (one) => one.claim !== undefined && time(one.created) < time('1980-01-01'),
    ],
  ]

  return { who, searches: [...patients, ...observations, ...others] }
}
