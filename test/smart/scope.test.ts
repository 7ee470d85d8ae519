import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { letterOf, lettersInOrder } from '../../src/smart/letters.ts'
import {
  formatScope,
  formatScopes,
  parseScope,
  parseScopes,
  type ScopeReason,
} from '../../src/smart/scope.ts'
import { anyScopes, scopes, vocabulary } from '../support/scopes.ts'

const resource = { kind: 'resource', where: [], v1: false, prefix: '' }
const uri = 'http://smarthealthit.org/fhir/scopes/'
const openid = 'http://openid.net/specs/openid-connect-core-1_0#'

describe('SCOPE-01 what reads as a scope', () => {
  test.each<[string, object]>([
    ['patient/Observation.rs', { ...resource, level: 'patient', type: 'Observation', letters: 'rs' }],
    ['user/*.cruds', { ...resource, level: 'user', type: '*', letters: 'cruds' }],
    ['system/Patient.c', { ...resource, level: 'system', type: 'Patient', letters: 'c' }],
    [
      'SCOPE-03 patient/Patient.read',
      { ...resource, level: 'patient', type: 'Patient', letters: 'rs', v1: true },
    ],
    [
      'SCOPE-03 patient/Patient.write',
      { ...resource, level: 'patient', type: 'Patient', letters: 'cud', v1: true },
    ],
    ['SCOPE-03 patient/*.*', { ...resource, level: 'patient', type: '*', letters: 'cruds', v1: true }],
    [
      'SCOPE-08 patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
      {
        ...resource,
        level: 'patient',
        type: 'Observation',
        letters: 'rs',
        where: [
          {
            name: 'category',
            value: 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
          },
        ],
      },
    ],
    [
      'SCOPE-05 patient/Observation.rs?a=1,2&b=x=y',
      {
        ...resource,
        level: 'patient',
        type: 'Observation',
        letters: 'rs',
        where: [
          { name: 'a', value: '1,2' },
          { name: 'b', value: 'x=y' },
        ],
      },
    ],
    [
      `SCOPE-16 ${uri}patient/Patient.r`,
      { ...resource, level: 'patient', type: 'Patient', letters: 'r', prefix: uri },
    ],
    ['SCOPE-14 launch', { kind: 'context', type: '', role: undefined, prefix: '' }],
    ['SCOPE-14 launch/patient', { kind: 'context', type: 'patient', role: undefined, prefix: '' }],
    [
      'SCOPE-14 launch/imagingstudy?role=https://x.org/r',
      { kind: 'context', type: 'imagingstudy', role: 'https://x.org/r', prefix: '' },
    ],
    [`SCOPE-16 ${uri}launch/patient`, { kind: 'context', type: 'patient', role: undefined, prefix: uri }],
    ['openid', { kind: 'identity', name: 'openid', prefix: '' }],
    ['fhirUser', { kind: 'identity', name: 'fhirUser', prefix: '' }],
    ['profile', { kind: 'identity', name: 'profile', prefix: '' }],
    ['offline_access', { kind: 'identity', name: 'offline_access', prefix: '' }],
    ['online_access', { kind: 'identity', name: 'online_access', prefix: '' }],
    [`SCOPE-16 ${openid}openid`, { kind: 'identity', name: 'openid', prefix: openid }],
    [`SCOPE-16 ${uri}fhirUser`, { kind: 'identity', name: 'fhirUser', prefix: uri }],
    ['SCOPE-15 __introspect', { kind: 'extension', name: '__introspect' }],
    [
      'SCOPE-15 https://example.org/scopes/photo',
      { kind: 'extension', name: 'https://example.org/scopes/photo' },
    ],
  ])('%s', (named, expected) => {
    const text = named.replace(/^SCOPE-\d\d /, '')
    const read = parseScope(text, vocabulary)
    expect(read).toEqual(expected)
    expect('kind' in read && formatScope(read)).toBe(text)
  })
})

describe('SCOPE-01 what does not', () => {
  test.each<[string, ScopeReason]>([
    ['patient/Observation.sr', 'malformed'],
    ['patient/Observation.rr', 'malformed'],
    ['patient/Observation.dus', 'malformed'],
    ['patient/Observation.', 'malformed'],
    ['patient/Observation', 'malformed'],
    ['patient/Observation.rs.cud', 'malformed'],
    ['patient/Observation.RS', 'malformed'],
    ['patient/Observation.x', 'malformed'],
    ['patient/Observation.reads', 'malformed'],
    ['patient/Observation.readX', 'malformed'],
    ['patient/Observation.constructor', 'malformed'],
    ['patient/Observation.r*', 'malformed'],
    ['patient/Observation.read?p=1', 'malformed'],
    ['patient/Observation.*?p=1', 'malformed'],
    ['patient/Observation.rs?', 'malformed'],
    ['patient/Observation.rs?p', 'malformed'],
    ['patient/Observation.rs?p=', 'malformed'],
    ['patient/Observation.rs?=1', 'malformed'],
    ['patient/Observation.rs?p=1&', 'malformed'],
    ['patient/Observation.rs?p=1&&q=2', 'malformed'],
    ['patient/Observation.rs?p=1%7C2', 'malformed'],
    ['patient/Observation.rs?p=a"b', 'malformed'],
    ['patient/Observation.rs?p=a\\,b', 'malformed'],
    ['patient/Observation.rs?p=é', 'malformed'],
    ['patient/Observation.rs\n', 'malformed'],
    ['patient/Observation.rs\tuser/*.rs', 'malformed'],
    ['patient/Observation .rs', 'malformed'],
    [`patient/Observation.rs?p=${'x'.repeat(2000)}`, 'malformed'],
    ['', 'malformed'],
    ['patient/**.rs', 'malformed'],
    ['patient/Obs*.rs', 'malformed'],
    ['patient/.rs', 'malformed'],
    ['patient/../Observation.rs', 'malformed'],
    ['patient/Observation2.rs', 'malformed'],
    ['patient/Nonsense.rs', 'unknown-type'],
    ['patient/observation.rs', 'unknown-type'],
    ['SCOPE-12 patient/Observation.rs?hopeless=1', 'not-evaluable'],
    ['SCOPE-12 patient/Observation.rs?p=1&hopeless=1', 'not-evaluable'],
    ['Patient/Observation.rs', 'unknown'],
    ['patients/Observation.rs', 'unknown'],
    ['/patient/Observation.rs', 'unknown'],
    ['xpatient/Observation.rs', 'unknown'],
    ['launch/*.read', 'unknown'],
    ['launch/Patient', 'unknown'],
    ['launch/nonsense', 'unknown'],
    ['launch/', 'unknown'],
    ['launch?role=x', 'unknown'],
    ['launch/patient?role=', 'unknown'],
    ['launch/patient?role=a&role=b', 'unknown'],
    ['launch/patient?other=a', 'unknown'],
    ['OpenID', 'unknown'],
    ['openidx', 'unknown'],
    ['fhiruser', 'unknown'],
    [`${openid}patient/Patient.r`, 'malformed'],
    [`${openid}launch`, 'unknown'],
    [`${uri}`, 'unknown'],
    [`${uri}${uri}openid`, 'unknown'],
    [`${uri}patient/Patient.sr`, 'malformed'],
    ['SCOPE-15 __other', 'unknown'],
    ['SCOPE-15 https://example.org/scopes/other', 'unknown'],
    [`SCOPE-15 ${uri}__introspect`, 'unknown'],
  ])('%j', (named, reason) => {
    const text = named.replace(/^SCOPE-\d\d /, '')
    const read = parseScope(text, vocabulary)
    expect(read).toMatchObject({
      reason,
      sentence: expect.stringMatching(/^The scope ".*" was left out: .*\.$/s),
    })
    expect('sentence' in read && read.sentence.length).toBeLessThan(2300)
  })
})

describe('lists', () => {
  test('SCOPE-04 the order stays, blanks do not matter, what is said twice is read once', () => {
    const { scopes: read, problems } = parseScopes('  launch patient/Patient.r   x launch  ', vocabulary)
    expect(formatScopes(read)).toBe('launch patient/Patient.r')
    expect(problems).toMatchObject([{ text: 'x', reason: 'unknown' }])
    expect(parseScopes('', vocabulary)).toEqual({ scopes: [], problems: [] })
  })

  test('AUTHZ-12 v1 and v2 spellings of one thing stay two scopes', () => {
    expect(formatScopes(scopes('patient/Patient.read patient/Patient.rs'))).toBe(
      'patient/Patient.read patient/Patient.rs',
    )
  })

  test('SEC-07 beyond a thousand scopes the rest is left out, and says so', () => {
    const text = Array.from({ length: 1003 }, (_, at) => `patient/Patient.r?p=${at}`).join(' ')
    const { scopes: read, problems } = parseScopes(text, vocabulary)
    expect([read.length, problems.length]).toEqual([1000, 3])
    expect(problems[0]).toMatchObject({ reason: 'too-many' })
  })
})

describe('SCOPE-02 letters', () => {
  test('SCOPE-02 each interaction has its letter', () => {
    expect(letterOf).toEqual({
      create: 'c',
      read: 'r',
      vread: 'r',
      'history-instance': 'r',
      update: 'u',
      patch: 'u',
      delete: 'd',
      'search-type': 's',
      'search-system': 's',
      'history-type': 's',
      'history-system': 's',
    })
  })

  test('SCOPE-01 of all words over cruds the 31 ordered ones are good', () => {
    const words = ['']
    for (let length = 0; length < 5; length++) {
      words.push(
        ...words.flatMap((word) =>
          word.length === length ? [...'cruds'].map((letter) => word + letter) : [],
        ),
      )
    }
    expect(words).toHaveLength(1 + 5 + 25 + 125 + 625 + 3125)
    expect(words.filter(lettersInOrder)).toHaveLength(31)
  })
})

describe('SCOPE-13 the text form round-trips', () => {
  test('SCOPE-13 every structure can be written and read again', () => {
    fc.assert(
      fc.property(anyScopes, (scope) => {
        expect(parseScope(formatScope(scope), vocabulary)).toEqual(scope)
      }),
      { numRuns: 300 },
    )
  })

  test('SCOPE-13, SCOPE-04 whatever is read, it is written as it came; whatever comes, nothing throws', () => {
    const word = fc.oneof(
      anyScopes.map(formatScope),
      fc.string({ maxLength: 30 }),
      fc.string({ unit: fc.constantFrom(...'patienuserlch/*.rdOb?=&|,:#%"\\ _'), maxLength: 30 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const text = words.join(' ')
        const { scopes: read, problems } = parseScopes(text, vocabulary)
        const distinct = new Set(text.split(' ').filter((each) => each !== ''))
        expect(read.length + problems.length).toBe(distinct.size)
        for (const scope of read) expect(distinct).toContain(formatScope(scope))
        expect(parseScopes(formatScopes(read), vocabulary)).toEqual({ scopes: read, problems: [] })
      }),
      { numRuns: 500 },
    )
  })
})
