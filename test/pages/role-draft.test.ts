import fc from 'fast-check'
import { expect, test } from 'vitest'
import { demoRoles } from '../../src/cli/demo-roles.ts'
import { ruleProblems } from '../../src/fhir/access/rule-problems.ts'
import { smartVocabulary } from '../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import {
  changedBy,
  draftOf,
  fieldsOf,
  fileOf,
  postedDraft,
} from '../../src/pages/admin/people/roles/draft.ts'
import { ruleSentence } from '../../src/pages/admin/people/roles/sentence.ts'
import { conditionsFor, elementsFor } from '../../src/pages/admin/people/roles/suggestions.ts'
import { en } from '../../src/pages/words/en.ts'
import { es } from '../../src/pages/words/es.ts'
import { usCoreTypes } from '../../src/smart/us-core.ts'
import { type RoleFile, roleFile } from '../../src/users/role-file.ts'

const posted = (fields: readonly (readonly [string, string])[]) =>
  postedDraft(new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])))
const throughTheForm = (file: RoleFile) => roleFile.parse(fileOf(posted(fieldsOf(draftOf(file)))))

test.each(demoRoles.map((role) => [role.role, role] as const))(
  'what the form says of %s is what the file says',
  (_name, role) => {
    const file = roleFile.parse(role)
    expect(throughTheForm(file)).toEqual(file)
  },
)

test('whatever a role file can say, the form says it: any role comes back as it went in', () => {
  const word = fc.stringMatching(/^[A-Za-z]{1,12}$/)
  const path = fc.stringMatching(/^[a-z][A-Za-z]{0,6}(\.[a-z][A-Za-z]{0,6}){0,2}$/)
  const hidden = fc.oneof(
    path,
    fc.tuple(path, fc.array(word, { minLength: 1, maxLength: 3 })).map(([of, types]) => `${of}(${types})`),
  )
  const text = fc.stringMatching(/^[a-z%|=&:,. "<]{1,40}$/).filter((one) => /^[^\s?].*\S$|^[^\s?]$/.test(one))
  const list = <T>(one: fc.Arbitrary<T>, minLength = 0) => fc.uniqueArray(one, { minLength, maxLength: 5 })
  const letters = fc
    .subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 })
    .map((chosen) => 'cruds'.replace(/./g, (letter) => (chosen.includes(letter) ? letter : '')))
  const file = fc.record(
    {
      role: fc.constant('any-role'),
      title: text,
      description: text,
      rules: fc.array(
        fc.record(
          { types: list(word, 1), letters, where: list(text), hide: list(hidden), writable: list(path, 1) },
          { requiredKeys: ['types', 'letters'] },
        ),
        { maxLength: 4 },
      ),
      apps: fc.oneof(fc.constant(['*']), list(fc.stringMatching(/^[\w.~-]{1,20}$/), 1)),
      scopes: fc.stringMatching(/^[a-z/*. \n]{0,40}$/),
      basic: fc.constantFrom('read', 'write'),
    },
    { requiredKeys: ['role', 'title', 'rules'] },
  )
  fc.assert(
    fc.property(file, (one) => {
      const parsed = roleFile.safeParse(one)
      if (parsed.success) expect(throughTheForm(parsed.data)).toEqual(parsed.data)
    }),
    { numRuns: 200, seed: 14 },
  )
})

test('buttons add, copy, move and remove rules; what was typed beside a list is taken in', () => {
  const [desk] = demoRoles
  const draft = draftOf(roleFile.parse(desk))
  const types = (button: string) => changedBy(draft, button).rules.map((rule) => rule.types.join())
  expect(types('add')).toEqual([...types(''), ''])
  expect(types('remove-0')).toEqual(types('').slice(1))
  expect(types('copy-1')).toEqual([types('')[0], types('')[1], types('')[1], types('')[2]])
  expect(types('up-1')).toEqual([types('')[1], types('')[0], types('')[2]])
  for (const nothing of ['up-0', 'remove-9', 'stay-1', 'remove-x', 'review'])
    expect(types(nothing)).toEqual(types(''))
  const more = posted([
    ...fieldsOf(draft),
    ['more-types-0', 'Slot, Patient Slot'],
    ['more-hide-0', 'comment participant.actor(Patient,Device)'],
    ['where-0', ' ?status=booked '],
    ['where-0', ''],
  ])
  expect(more.rules[0]).toMatchObject({
    types: ['Appointment', 'Slot', 'Patient'],
    hide: ['comment', 'participant.actor(Patient,Device)'],
    where: ['location=%user.location', 'status=booked'],
  })
})

test('a rule is said in words, in both languages, whatever it holds', () => {
  const [first, second] = demoRoles[0].rules.map((rule) => ({ where: [], hide: [], writable: [], ...rule }))
  if (first === undefined || second === undefined) throw new Error('no rules')
  expect(ruleSentence(first, en)).toBe(
    'May read, change and find appointments, only where location is the user’s location, changing nothing but status and participant.status.',
  )
  expect(ruleSentence(second, es)).toContain('solo donde Appointment lo nombra como actor')
  const empty = { types: [], letters: '', where: [], hide: [], writable: [] }
  expect(ruleSentence(empty, en)).toBe(`${en.admin.roles.sentence.nothing}.`)
  const odd = { ...empty, types: ['*'], letters: 'r', where: ['_tag:not=a,b', 'x', '_security=s|%patient'] }
  expect(ruleSentence(odd, en)).toBe(
    'May read records of every kind, only where _tag is not a or b, x and _security is s|the patient in context.',
  )
})

test('whatever the form suggests can be stored: conditions and elements of all usual kinds of records', () => {
  const definitions = loadDefinitions()
  const vocabulary = smartVocabulary(definitions, [])
  for (const types of [['*'], ['Patient', 'Observation'], ...usCoreTypes.map((type) => [type])]) {
    const where = conditionsFor(types, definitions).map(({ value }) =>
      value.endsWith('=') ? `${value}x` : value,
    )
    const hide = elementsFor(types, definitions)
    const { rules } = roleFile.parse({
      role: 'x',
      title: 'x',
      rules: [{ types, letters: 'r', where, hide, writable: hide.length === 0 ? undefined : hide }],
    })
    expect([types, ruleProblems({ rules }, definitions, vocabulary)]).toEqual([types, []])
  }
})

test('SEC-07 words are read apart at their commas, but for those in brackets, however many there are', () => {
  const typed = (hide: string) =>
    posted([
      ['rule-0', 'yes'],
      ['more-hide-0', hide],
    ]).rules[0]?.hide
  expect(typed('status,participant.actor(Patient,Device) note')).toEqual([
    'status',
    'participant.actor(Patient,Device)',
    'note',
  ])
  expect(typed('a(,b),, (c')).toEqual(['a(,b)', '(c'])
  const spent = process.cpuUsage()
  expect(typed(`${','.repeat(60_000)}${'('.repeat(60_000)}`)).toHaveLength(1)
  // It took half a minute.
  expect(process.cpuUsage(spent).user / 1e6).toBeLessThan(2)
})
