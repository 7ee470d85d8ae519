import { expect, test } from 'vitest'
import { smartVocabulary } from '../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import { lossesOf } from '../../src/users/role-changes.ts'
import { roleFile } from '../../src/users/role-file.ts'

const vocabulary = smartVocabulary(loadDefinitions(), [])
const role = (rules: object[], more: object = {}) =>
  roleFile.parse({ role: 'desk', title: 'Desk', rules, ...more })
const rule = (types: string[], letters: string, more: object = {}) => ({ types, letters, ...more })
const lost = (before: object[], after: object[]) => lossesOf(role(before), role(after), vocabulary)
const here = { where: ['location=%user.location'] }

test.each<[string, object[], object[], object[]]>([
  ['the same', [rule(['Patient'], 'rs')], [rule(['Patient'], 'rs')], []],
  ['more', [rule(['Patient'], 'r')], [rule(['Patient'], 'rs')], []],
  ['the same in two rules', [rule(['Patient'], 'rs')], [rule(['Patient'], 'r'), rule(['*'], 's')], []],
  [
    'a letter',
    [rule(['Patient'], 'rus')],
    [rule(['Patient'], 'rs')],
    [{ types: ['Patient'], letters: 'u', gone: true }],
  ],
  [
    'a type',
    [rule(['Patient', 'Slot'], 'rs')],
    [rule(['Slot'], 'rs')],
    [{ types: ['Patient'], letters: 'rs', gone: true, where: [] }],
  ],
  [
    'rows, of several types at once',
    [rule(['Slot', 'Appointment'], 'rs')],
    [rule(['Slot', 'Appointment'], 'rs', { where: ['status=free&_tag=x'] })],
    [{ types: ['Slot', 'Appointment'], letters: 'rs', gone: false, where: ['status=free', '_tag=x'] }],
  ],
  [
    'no rows, where one text says the same as two',
    [rule(['Slot'], 'r', { where: ['status=free', '_tag=x'] })],
    [rule(['Slot'], 'r', { where: ['_tag=x&status=free'] })],
    [],
  ],
  [
    'elements',
    [rule(['Appointment'], 'rs', here)],
    [rule(['Appointment'], 'rs', { ...here, hide: ['comment'] })],
    [{ types: ['Appointment'], letters: 'rs', gone: false, where: [], hide: ['comment'] }],
  ],
  [
    'what may be changed, which reading does not mind',
    [rule(['Appointment'], 'ru', { writable: ['status', 'participant'] })],
    [rule(['Appointment'], 'ru', { writable: ['status', 'participant.status'] })],
    [{ types: ['Appointment'], letters: 'u', gone: false, writable: ['status', 'participant.status'] }],
  ],
  [
    'every type but one, and one type in part',
    [rule(['*'], 'rs')],
    [rule(['Slot'], 'rs'), rule(['Appointment'], 'rs', here)],
    [
      { types: ['*'], letters: 'rs', gone: true },
      { types: ['Appointment'], letters: 'rs', gone: false, where: ['location=%user.location'] },
    ],
  ],
  [
    'what one rule limits, though another of the type has the letter',
    [rule(['Appointment'], 'rs')],
    [rule(['Appointment'], 's'), rule(['Appointment'], 'r', here)],
    [{ types: ['Appointment'], letters: 'r', gone: false }],
  ],
])('what somebody loses when a role becomes another: %s', (_what, before, after, expected) => {
  expect(lost(before, after)).toMatchObject(expected)
  expect(lost(before, after)).toHaveLength(expected.length)
})

test('apps, scopes and passwords limit a role too; the other way round it is a gain', () => {
  const rules = [rule(['Patient'], 'rs')]
  const wide = role(rules, { basic: 'write' })
  const narrow = role(rules, { apps: ['chart'], scopes: 'user/Patient.r', basic: 'read' })
  expect(lossesOf(wide, narrow, vocabulary)).toEqual([
    { of: 'apps', gone: ['*'], left: ['chart'] },
    { of: 'scopes', gone: ['*'], left: ['user/Patient.r'] },
    { of: 'basic', gone: 'write', left: 'read' },
  ])
  expect(lossesOf(narrow, wide, vocabulary)).toEqual([])
  const other = role(rules, { apps: ['chart', 'desk'], scopes: 'user/*.r' })
  expect(lossesOf(narrow, other, vocabulary)).toEqual([{ of: 'basic', gone: 'read', left: undefined }])
  expect(lossesOf(other, narrow, vocabulary)).toEqual([
    { of: 'apps', gone: ['desk'], left: ['chart'] },
    { of: 'scopes', gone: ['user/*.r'], left: ['user/Patient.r'] },
  ])
})
