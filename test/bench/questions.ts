import type { House } from '../../src/house.ts'
import { bearers, richPatients } from './bearers.ts'
import type { Ask } from './load.ts'

const laboratory = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'

export type Question = {
  what: string
  ask: (index: number) => Ask
  /** What every answer must have. */
  status?: number
  /** Milliseconds of CPU at a million resources. */
  target?: number
}

/** What apps ask of a FHIR server, each of many patients in turn, so that no answer is always the same. */
export async function questions(house: House, url: string): Promise<Question[]> {
  const patients = await richPatients(house)
  const bearer = await bearers(house, url)
  const perPatient = await Promise.all(patients.map((patient) => bearer('patient/*.rs', patient)))
  const granular = await Promise.all(
    patients.map((patient) => bearer(`patient/Observation.rs?category=${laboratory}`, patient)),
  )
  const all = await bearer('system/*.cruds')
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T
  const ask = (path: string, token: string): Ask => ({
    path: `/fhir/${path}`,
    headers: { authorization: `Bearer ${token}` },
  })
  const any = (path: (patient: string, index: number) => string) => (index: number) =>
    ask(path(at(patients, index), index), all)
  const own = (path: (patient: string) => string) => (index: number) =>
    ask(path(at(patients, index)), at(perPatient, index))
  const name = (index: number) => at(['lindqvist', 'okafor', 'berg'], index)
  return [
    { what: 'read', ask: any((patient) => `Patient/${patient}`) },
    { what: 'vread', ask: any((patient) => `Patient/${patient}/_history/1`) },
    { what: 'Patient by identifier', ask: any((_, index) => `Patient?identifier=MRN|${1000 + index}`) },
    {
      what: 'Patient by the beginning of a name',
      ask: any((_, index) => `Patient?name=${name(index)}&_count=20`),
    },
    {
      what: '50 Observations of a patient by category and date, newest first, patient scope',
      ask: own(
        (patient) => `Observation?patient=${patient}&category=laboratory&date=ge2015&_sort=-date&_count=50`,
      ),
      target: 2,
    },
    {
      what: 'the same under a granular scope',
      ask: (index) =>
        ask(
          `Observation?patient=${at(patients, index)}&date=ge2015&_sort=-date&_count=50`,
          at(granular, index),
        ),
      target: 2,
    },
    {
      what: 'Observation by chain: patient.family, code',
      ask: any((_, index) => `Observation?patient.family=${name(index)}&code=8302-2&_count=20`),
      target: 3,
    },
    {
      what: 'Patient by `_has`: an Observation of a code above a value',
      ask: any(
        (_, index) =>
          `Patient?_has:Observation:patient:code-value-quantity=4548-4$gt1${1 + (index % 3)}&_count=10`,
      ),
      target: 3,
    },
    {
      what: 'Patient by `_has`: an Observation of a day',
      ask: any((_, index) => `Patient?_has:Observation:patient:date=2024-03-${10 + (index % 20)}&_count=10`),
      target: 3,
    },
    {
      what: 'Encounter of a patient with `_include` of practitioners, patient scope',
      ask: own((patient) => `Encounter?patient=${patient}&_include=Encounter:participant`),
    },
    {
      what: 'Patient with `_revinclude` of conditions',
      ask: any((patient) => `Patient?_id=${patient}&_revinclude=Condition:patient`),
    },
    {
      what: 'the 20 latest Observations of a code',
      ask: any(() => 'Observation?code=8302-2&_sort=-date&_count=20'),
    },
    {
      what: 'Observations of a day',
      ask: any((_, index) => `Observation?date=2024-03-${10 + (index % 20)}&_count=20`),
    },
    {
      what: 'page 10 of the Observations of a code',
      ask: any(() => 'Observation?code=8302-2&_count=20&page=10'),
    },
    {
      what: 'how many Patients are female (a total)',
      ask: any(() => 'Patient?gender=female&_summary=count'),
    },
    { what: 'history of a type', ask: any(() => 'Observation/_history?_count=20') },
    {
      what: 'Patient `$everything`, patient scope, up to 300 resources',
      ask: own((patient) => `Patient/${patient}/$everything?_count=300`),
      target: 3,
    },
    {
      what: 'create an Observation',
      ask: (index) => {
        const observation = {
          resourceType: 'Observation',
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: 'bench' }] },
          subject: { reference: `Patient/${at(patients, index)}` },
          valueQuantity: { value: index, unit: 'kg' },
        }
        const { headers, ...rest } = ask('Observation', all)
        return {
          ...rest,
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/fhir+json' },
          body: JSON.stringify(observation),
        }
      },
      status: 201,
    },
  ]
}
