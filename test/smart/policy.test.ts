import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Interaction } from '../../src/smart/letters.ts'
import { letterOf } from '../../src/smart/letters.ts'
import { type Authority, type Decision, permit, permitAll, type Range } from '../../src/smart/permit.ts'
import { type Policy, policyOf, type RoleRules, withApp, withBasic } from '../../src/smart/policy.ts'
import { intersection } from '../../src/smart/range.ts'
import { filledIn, variableProblem, withoutValue } from '../../src/smart/variables.ts'
import { allowedBy } from '../support/roles.ts'
import { anyScopes, satisfies, scopes, things, vocabulary } from '../support/scopes.ts'

type Rules = RoleRules['rules']
const rule = (types: string[], letters: string, more: Partial<Rules[number]> = {}) => ({
  types,
  letters,
  where: [],
  hide: [],
  ...more,
})
const role = (name: string, rules: Rules, more: Partial<RoleRules> = {}): Policy =>
  policyOf({ role: name, rules, apps: ['*'], ...more }, vocabulary)
const holder = (text: string, policy: Policy, more: Partial<Authority> = {}): Authority => ({
  scopes: scopes(text),
  patient: undefined,
  user: {
    fhirUser: 'Practitioner/7',
    patients: 'all',
    attributes: { place: ['L/1', 'L/2'], none: [] },
    policy,
  },
  policy: undefined,
  ...more,
})

const shown = ({ scope, rule: by, where, hidden, writable }: Range): string =>
  [
    scope,
    by,
    where.map(({ name, value }) => `${name}=${value}`).join('&'),
    hidden.join(),
    writable?.join() ?? '*',
  ].join(' | ')
const said = (decision: Decision): string =>
  decision.allowed ? decision.ranges.map(shown).join(' + ') : decision.reason

describe('scope ∩ policy', () => {
  const desk = role('desk', [
    rule(['Observation'], 'rs', { where: ['code=%user.place'], hide: ['value'] }),
    rule(['Observation'], 'cu', { where: ['category=a'], writable: ['status'] }),
    rule(['Patient'], 'r', { where: ['_id=Patient/1'] }),
  ])
  const capped = role('capped', [rule(['*'], 'cruds')], { scopes: 'user/Observation.rs?category=a' })

  test.each<[string, Policy, string, Interaction, string, string]>([
    [
      'each rule that is about it narrows the scope, and says so',
      desk,
      'user/*.cruds',
      'read',
      'Observation',
      'user/*.cruds | rule 1 of role desk | code=L/1,L/2 | value | *',
    ],
    [
      'letters of one rule do not combine with the rows of another',
      desk,
      'user/*.cruds',
      'update',
      'Observation',
      'user/*.cruds | rule 2 of role desk | category=a |  | status',
    ],
    ['no rule has the letter', desk, 'user/*.cruds', 'delete', 'Observation', 'not-for-role'],
    ['no rule is about the type', desk, 'user/*.cruds', 'read', 'Goal', 'not-for-role'],
    ['the scope has not the letter', desk, 'user/Observation.s', 'read', 'Observation', 'letter-not-granted'],
    ['nothing is granted', desk, '', 'read', 'Observation', 'type-not-granted'],
    [
      'criteria of scope and rule hold both',
      desk,
      'user/Observation.rs?category=b',
      'search-type',
      'Observation',
      'user/Observation.rs?category=b | rule 1 of role desk | category=b&code=L/1,L/2 | value | *',
    ],
    [
      'a role says what an app may have at most',
      capped,
      'user/*.cruds',
      'read',
      'Observation',
      'user/*.cruds | rule 1 of role capped | category=a |  | *',
    ],
    ['and no more', capped, 'user/*.cruds', 'create', 'Observation', 'not-for-role'],
    ['of no other type', capped, 'user/*.cruds', 'read', 'Patient', 'not-for-role'],
    ['of no other level', capped, 'patient/*.cruds', 'read', 'Observation', 'no-patient-in-context'],
    [
      'but of a service as of an app',
      capped,
      'system/*.cruds',
      'read',
      'Observation',
      'system/*.cruds | rule 1 of role capped | category=a |  | *',
    ],
    ['no role at all', [], 'user/*.cruds', 'read', 'Observation', 'not-for-role'],
    ['an administrator', allowedBy('admin'), 'user/*.cruds', 'read', 'Observation', 'not-for-role'],
    [
      'a clinician',
      allowedBy('clinician'),
      'user/*.rs',
      'read',
      'Goal',
      'user/*.rs | role clinician |  |  | *',
    ],
    [
      'what shows more makes what shows less moot',
      [...desk, ...allowedBy('clinician')],
      'user/Observation.r',
      'read',
      'Observation',
      'user/Observation.r | role clinician |  |  | *',
    ],
    [
      'what hides more makes nothing moot',
      [...desk, ...role('wide', [rule(['Observation'], 'r', { hide: ['value', 'note'] })])],
      'user/Observation.r',
      'read',
      'Observation',
      'user/Observation.r | rule 1 of role desk | code=L/1,L/2 | value | * + user/Observation.r | rule 1 of role wide |  | value,note | *',
    ],
  ])('%s', (_what, policy, text, interaction, type, expected) => {
    expect(said(permit(holder(text, policy), interaction, type))).toBe(expected)
  })

  test('the user’s own resource is opened by fhirUser, not by a role', () => {
    expect(said(permit(holder('fhirUser', []), 'read', 'Practitioner'))).toBe('fhirUser |  |  |  | *')
  })

  test('the roles of the credential itself narrow further', () => {
    const both = holder('user/*.rs', allowedBy('clinician'), { policy: desk })
    expect(said(permit(both, 'read', 'Goal'))).toBe('not-for-role')
    expect(said(permit(both, 'read', 'Observation'))).toBe(
      'user/*.rs | role clinician and rule 1 of role desk | code=L/1,L/2 | value | *',
    )
    const service = { scopes: scopes('system/*.rs'), patient: undefined, user: undefined, policy: desk }
    // It has no attributes.
    expect(said(permit(service, 'read', 'Observation'))).toBe('not-for-role')
    expect(said(permit({ ...service, policy: undefined }, 'read', 'Goal'))).toBe('system/*.rs |  |  |  | *')
  })

  test('apps and HTTP Basic count only the rules that are for them', () => {
    const one = role('one', [rule(['*'], 'cruds')], { apps: ['app'], basic: 'read' })
    expect(withApp(one, 'app')).toEqual(one)
    expect(withApp(one, 'other')).toEqual([])
    expect(withBasic(one).map(({ letters }) => letters)).toEqual(['rs'])
    expect(withBasic(role('none', [rule(['*'], 'cruds')]))).toEqual([])
    expect(withBasic(role('writes', [rule(['*'], 'cd')], { basic: 'read' }))).toEqual([])
  })
})

test('variables: filled in as one value each; without a value nothing is left', () => {
  const facts = {
    fhirUser: 'Practitioner/7',
    attributes: { a: 'x,y$z\\', many: ['1', '2'], empty: '' },
    patient: 'p1',
  }
  const fill = (text: string, type = 'Observation') => {
    const [name = '', value = ''] = text.split('=')
    return filledIn([{ name, value }], type, facts)?.[0]?.value
  }
  expect(fill('performer=%fhirUser')).toBe('Practitioner/7')
  expect(fill('patient=%patient')).toBe('Patient/p1')
  expect(fill('code=%user.a')).toBe('x\\,y\\$z\\\\')
  expect(fill('code=http://s|%user.many,3')).toBe('http://s|1,http://s|2,3')
  for (const none of [
    'code=%user.empty',
    'code=%user.unknown',
    'code=%user.toString',
    'code=1,%user.unknown',
  ])
    expect(fill(none)).toBeUndefined()
  expect(fill('_id=%patient', 'Patient')).toBe('p1')
  expect(fill('_id=%patient', 'Practitioner')).toBeUndefined()
  expect(fill('_id=%fhirUser', 'Practitioner')).toBe('7')
  expect(withoutValue([{ name: 'code', value: '1,%user.unknown' }], facts)).toEqual(['%user.unknown'])
  for (const wrong of ['%nobody', '50%', '%user.', 'a%user.b', '%user.a-%user.b'])
    expect(variableProblem({ name: 'code', value: wrong })).toMatch(/is no variable/)
})

const policies = fc.array(
  fc.record({
    types: fc.constantFrom(['*'], ['Observation'], ['Patient', 'Observation']),
    letters: fc.constantFrom('r', 's', 'rs', 'cud', 'cruds'),
    where: fc.constantFrom([], ['p=1'], ['p=1,2', 'q=3']),
    hide: fc.constantFrom([], ['value'], ['value', 'note']),
  }),
  { maxLength: 4 },
)
const rangesOf = (decision: Decision) => (decision.allowed ? decision.ranges : [])
type Thing = Parameters<typeof satisfies>[0]
const reaches = (decision: Decision, thing: Thing) =>
  rangesOf(decision).filter(({ where }) => satisfies(thing, where))

test('ENF-02 in every world a thing is reached if one scope and one rule both open it; and hidden as the best of them', () => {
  const interactions = fc.constantFrom(...(Object.keys(letterOf) as Interaction[]))
  fc.assert(
    fc.property(
      fc.array(anyScopes, { maxLength: 4 }),
      policies,
      interactions,
      things,
      (given, rules, what, thing) => {
        const authority = {
          ...holder('', role('r', rules)),
          scopes: given.filter((one) => one.kind === 'resource' && one.level === 'user'),
        }
        const letter = letterOf[what]
        const found = reaches(permit(authority, what, thing.type), thing)
        const byScope = authority.scopes.some(
          (scope) =>
            scope.kind === 'resource' &&
            (scope.type === '*' || scope.type === thing.type) &&
            scope.letters.includes(letter) &&
            satisfies(thing, scope.where),
        )
        const open = role('r', rules).filter(
          ({ types, letters, where }) =>
            (types.includes('*') || types.includes(thing.type)) &&
            letters.includes(letter) &&
            satisfies(thing, where),
        )
        expect(found.length > 0).toBe(byScope && open.length > 0)
        if (found.length > 0)
          expect(Math.min(...found.map(({ hidden }) => hidden.length))).toBe(
            Math.min(...open.map(({ hide }) => hide.length)),
          )
      },
    ),
    { numRuns: 500 },
  )
})

test('several credentials: a thing is reached if each reaches it, and never more is shown', () => {
  const authorities = fc.tuple(policies, policies)
  fc.assert(
    fc.property(
      authorities,
      fc.constantFrom('read', 'search-type', 'update'),
      things,
      ([a, b], what, thing) => {
        const [one, other] = [a, b].map((rules) => holder('user/*.cruds', role('r', rules)))
        if (one === undefined || other === undefined) return
        const apart = [one, other].map((each) => reaches(permit(each, what, thing.type), thing))
        const together = reaches(permitAll([one, other], what, thing.type), thing)
        expect(together.length > 0).toBe(apart.every((found) => found.length > 0))
        for (const range of together)
          for (const found of apart)
            expect(found.some(({ hidden }) => hidden.every((path) => range.hidden.includes(path)))).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('what two ranges have in common is the narrower of everything', () => {
  const base = {
    scope: 's',
    level: 'user',
    patients: 'all',
    only: undefined,
    where: [],
    rule: undefined,
    hidden: [],
    writable: undefined,
  } as const
  expect(
    intersection({ ...base, patients: ['a', 'b'] }, { ...base, level: 'patient', patients: ['b'] }),
  ).toMatchObject({
    level: 'patient',
    patients: ['b'],
  })
  expect(intersection({ ...base, patients: ['a'] }, { ...base, patients: ['b'] })).toBeUndefined()
  expect(intersection({ ...base, only: 'P/1' }, { ...base, only: 'P/2' })).toBeUndefined()
  expect(intersection({ ...base, hidden: ['a'] }, { ...base, hidden: ['b'] })?.hidden).toEqual(['a', 'b'])
  expect(
    intersection({ ...base, writable: ['a', 'b.c'] }, { ...base, writable: ['b', 'd'] })?.writable,
  ).toEqual(['b.c'])
  expect(intersection({ ...base, writable: ['a'] }, base)?.writable).toEqual(['a'])
})
