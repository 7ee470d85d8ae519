import { describe, expect, test } from 'vitest'
import { rows } from './rows.ts'

describe('SRCH-09 a reference is', () => {
  const subject = (reference: unknown, more = {}) =>
    rows('subject', 'Observation', { subject: { reference, ...more } })

  test('local when relative or on our own base, whatever the version', () => {
    const local = ['reference {type:Patient,id:1}']
    expect(subject('Patient/1')).toEqual(local)
    expect(subject('Patient/1/_history/2')).toEqual(local)
    expect(subject('https://ehr.example/fhir/Patient/1')).toEqual(local)
    expect(subject('https://ehr.example/fhir/Patient/1/_history/2')).toEqual(local)
  })

  test('a URI when it leads elsewhere', () => {
    expect(subject('https://other.example/fhir/Patient/1/_history/2')).toEqual([
      'uri {value:https://other.example/fhir/Patient/1}',
    ])
    expect(subject('https://ehr.example/fhirs/Patient/1')).toEqual([
      'uri {value:https://ehr.example/fhirs/Patient/1}',
    ])
    expect(subject('https://ehr.example/fhir-Patient/1')).toEqual([
      'uri {value:https://ehr.example/fhir-Patient/1}',
    ])
    expect(subject('urn:uuid:6f0d')).toEqual(['uri {value:urn:uuid:6f0d}'])
  })

  test('nothing when it is contained, conditional, or of no known type', () => {
    for (const reference of [
      '#p',
      'Patient?identifier=1',
      'Cat/1',
      'Patient/',
      'Patient/a b',
      '/Patient/1',
      7,
    ]) {
      expect(subject(reference)).toEqual([])
    }
  })

  test('the token of its identifier, when it is a logical one', () => {
    expect(subject(undefined, { identifier: { system: 's', value: '1' } })).toEqual([
      'token {system:s,code:1}',
    ])
  })

  test('only of the type that the parameter asks for', () => {
    const manager = (careManager: object) => rows('care-manager', 'EpisodeOfCare', { careManager })
    expect(manager({ reference: 'Practitioner/1' })).toEqual(['reference {type:Practitioner,id:1}'])
    expect(manager({ reference: 'PractitionerRole/1' })).toEqual([])
    expect(manager({ reference: 'https://o.example/Practitioner/1' })).toHaveLength(1)
    expect(manager({ reference: 'https://o.example/PractitionerRole/1' })).toEqual([])
    expect(manager({ reference: 'urn:uuid:1', type: 'PractitionerRole' })).toEqual([])
    expect(manager({ type: 'PractitionerRole', identifier: { value: '1' } })).toEqual([])
    expect(manager({ type: 'Practitioner', identifier: { value: '1' } })).toEqual(['token {code:1}'])
  })

  test('a canonical URL with and without its version, and local too if it is an address of ours', () => {
    const questionnaire = (questionnaire: string) =>
      rows('questionnaire', 'QuestionnaireResponse', { questionnaire })
    expect(questionnaire('http://q.example/phq|2')).toEqual([
      'uri {value:http://q.example/phq|2}',
      'uri {value:http://q.example/phq}',
    ])
    expect(questionnaire('Questionnaire/phq')).toEqual([
      'reference {type:Questionnaire,id:phq}',
      'uri {value:Questionnaire/phq}',
    ])
    expect(questionnaire('#contained')).toEqual([])
  })

  test('in a document, the resource that the bundle begins with', () => {
    const bundle = (resourceType: string) =>
      rows('composition', 'Bundle', { entry: [{ resource: { resourceType, id: 'c' } }, {}] })
    expect(bundle('Composition')).toEqual(['reference {type:Composition,id:c}'])
    expect(bundle('Patient')).toEqual([])
  })
})
