import { describe, expect, test } from 'vitest'
import { rows } from './rows.ts'

describe('SRCH-07 a token is', () => {
  test('a code, an id, a boolean, a string: without a system', () => {
    expect(rows('gender', 'Patient', { gender: 'female' })).toEqual(['token {code:female}'])
    expect(rows('_id', 'Patient', { id: 'p1' })).toEqual(['token {code:p1}'])
    expect(rows('active', 'Patient', { active: false })).toEqual(['token {code:false}'])
    expect(rows('version', 'ValueSet', { version: '1|a' })).toEqual(['token {code:1|a}'])
  })

  test('a Coding, with its display for :text', () => {
    const meta = { tag: [{ system: 's', code: 'c', display: 'Über  all' }, { display: 'no code' }] }
    expect(rows('_tag', 'Patient', { meta })).toEqual([
      'token {system:s,code:c}',
      'string {text:Über  all,norm:uber all}',
      'string {text:no code,norm:no code}',
    ])
  })

  test('each coding of a CodeableConcept, with its text', () => {
    const code = {
      coding: [
        { system: 's', code: '1' },
        { code: '2', display: 'Two' },
      ],
      text: 'Either',
    }
    expect(rows('code', 'Observation', { code })).toEqual([
      'token {system:s,code:1}',
      'token {code:2}',
      'string {text:Two,norm:two}',
      'string {text:Either,norm:either}',
    ])
  })

  test('an Identifier, with its type for :of-type and :text', () => {
    const type = { coding: [{ system: 'v2', code: 'MR', display: 'Record' }], text: 'Number' }
    const identifier = [{ system: 's', value: '12', type }, { value: '13' }]
    expect(rows('identifier', 'Patient', { identifier })).toEqual([
      'token {system:s,code:12}',
      'string {text:Number,norm:number}',
      'string {text:Record,norm:record}',
      'token {code:13}',
    ])
    expect(rows('identifier:of-type', 'Patient', { identifier })).toEqual(['token {system:v2,code:MR|12}'])
  })

  test('a ContactPoint, and only those of the right kind', () => {
    const telecom = [
      { system: 'phone', value: '555' },
      { system: 'email', value: 'a@b.c' },
      { value: 'by owl' },
    ]
    expect(rows('telecom', 'Patient', { telecom })).toEqual([
      'token {code:555}',
      'token {code:a@b.c}',
      'token {code:by owl}',
    ])
    expect(rows('email', 'Patient', { telecom })).toEqual(['token {code:a@b.c}'])
  })

  test('for Patient?deceased, whether anything says that the patient has died', () => {
    expect(rows('deceased', 'Patient', {})).toEqual(['token {code:false}'])
    expect(rows('deceased', 'Patient', { deceasedBoolean: false })).toEqual(['token {code:false}'])
    expect(rows('deceased', 'Patient', { deceasedBoolean: true })).toEqual(['token {code:true}'])
    expect(rows('deceased', 'Patient', { deceasedDateTime: '2020' })).toEqual(['token {code:true}'])
    expect(rows('death-date', 'Patient', { deceasedDateTime: '2020' })).toHaveLength(1)
  })
})

describe('SRCH-08 a string is', () => {
  test('any part of a name or of an address', () => {
    const name = [
      { family: 'Núñez', given: ['Ana', 'María'], prefix: ['Dr.'], suffix: ['PhD'], text: 'Ana N.' },
    ]
    expect(rows('name', 'Patient', { name }).map((row) => row.split('norm:')[1])).toEqual([
      'ana n.}',
      'nunez}',
      'ana}',
      'maria}',
      'dr.}',
      'phd}',
    ])
    expect(rows('family', 'Patient', { name })).toEqual(['string {text:Núñez,norm:nunez}'])
    const address = [{ line: ['1 Road', 'Flat 2'], city: 'Bath', postalCode: 'BA1', use: 'home' }]
    expect(rows('address', 'Patient', { address }).map((row) => row.split('norm:')[1])).toEqual([
      '1 road}',
      'flat 2}',
      'bath}',
      'ba1}',
    ])
  })

  test('a plain string, or the text of a concept where the parameter says so', () => {
    expect(rows('value-string', 'Observation', { valueString: 'Thick' })).toEqual([
      'string {text:Thick,norm:thick}',
    ])
    expect(rows('value-string', 'Observation', { valueCodeableConcept: { text: 'Thin' } })).toEqual([
      'string {text:Thin,norm:thin}',
    ])
  })
})

describe('a uri is', () => {
  test('a url, or a canonical with and without its version', () => {
    expect(rows('url', 'ValueSet', { url: 'http://v.example|1' })).toEqual(['uri {value:http://v.example|1}'])
    expect(rows('_profile', 'Patient', { meta: { profile: ['http://p.example|1'] } })).toEqual([
      'uri {value:http://p.example|1}',
      'uri {value:http://p.example}',
    ])
  })
})
