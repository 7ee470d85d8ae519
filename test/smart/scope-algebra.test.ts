import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatScope,
  formatScopes,
  isResourceScope,
  parseScopes,
  type ResourceScope,
} from '../../src/smart/scope.ts'
import { covers, factor, intersect, narrow } from '../../src/smart/scope-algebra.ts'
import {
  anyScopes,
  opens,
  resourceScopes,
  scopes,
  type Thing,
  things,
  vocabulary,
} from '../support/scopes.ts'

const one = (text: string): ResourceScope => {
  const [scope] = scopes(text)
  if (scope === undefined || !isResourceScope(scope)) throw new Error(`${text} is no resource scope`)
  return scope
}
const levels = ['patient', 'user', 'system']
const letters = [...'cruds']
const world = fc.array(things, { minLength: 1, maxLength: 12 })

/** Every right, one by one: what a list of scopes opens in a little world. */
const rights = (list: readonly Parameters<typeof opens>[0][], there: readonly Thing[]): boolean[] =>
  levels.flatMap((level) =>
    letters.flatMap((letter) =>
      there.map((thing) => list.some((scope) => opens(scope, level, letter, thing))),
    ),
  )

describe('covers', () => {
  test.each([
    ['patient/*.cruds', 'patient/Observation.rs', true],
    ['patient/Observation.rs', 'patient/Observation.r', true],
    ['patient/Observation.rs', 'patient/Observation.rs', true],
    ['patient/Observation.read', 'patient/Observation.rs', true],
    ['REFR-04 patient/Observation.rs', 'patient/Observation.rs?p=1', true],
    ['patient/Observation.rs?p=1,2', 'patient/Observation.rs?p=1', true],
    ['patient/Observation.rs?p=1', 'patient/Observation.rs?p=1&q=2', true],
    ['patient/*.rs?p=1', 'patient/Observation.rs?p=1', true],
    ['patient/Observation.rs', 'patient/*.rs', false],
    ['patient/Observation.r', 'patient/Observation.rs', false],
    ['patient/Observation.rs', 'user/Observation.rs', false],
    ['patient/Observation.rs', 'patient/Patient.rs', false],
    ['patient/Observation.rs?p=1', 'patient/Observation.rs', false],
    ['patient/Observation.rs?p=1', 'patient/Observation.rs?p=1,2', false],
    ['patient/Observation.rs?p=1', 'patient/Observation.rs?p=2', false],
    ['patient/Observation.rs?p=1', 'patient/Observation.rs?q=1', false],
    ['patient/Observation.rs?p=1&q=2', 'patient/Observation.rs?p=1', false],
    [
      'a modifier may turn the sense: patient/Observation.rs?p:not=1,2',
      'patient/Observation.rs?p:not=1',
      false,
    ],
    ['patient/Observation.rs?p:not=1', 'patient/Observation.rs?p:not=1', true],
  ])('%s covers %s: %s', (wide, narrower, expected) => {
    expect(covers(one(wide.split(' ').at(-1) ?? ''), one(narrower))).toBe(expected)
  })

  test('everything covers itself, and what is covered by the covered is covered', () => {
    fc.assert(
      fc.property(resourceScopes, resourceScopes, resourceScopes, (a, b, c) => {
        expect(covers(a, a)).toBe(true)
        if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('REFR-04 it never says yes where something is opened that the wide one does not open', () => {
    fc.assert(
      fc.property(resourceScopes, resourceScopes, world, (a, b, there) => {
        if (!covers(a, b)) return
        const wide = rights([a], there)
        rights([b], there).forEach((open, at) => {
          expect(open && !wide[at]).toBe(false)
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('intersect', () => {
  test.each([
    ['patient/*.rs', 'patient/Observation.cruds', 'patient/Observation.rs'],
    ['patient/Observation.cruds', 'patient/*.rs', 'patient/Observation.rs'],
    ['patient/Observation.rs?p=1', 'patient/Observation.rs?q=2', 'patient/Observation.rs?p=1&q=2'],
    ['patient/Observation.rs?p=1,2', 'patient/Observation.rs?p=2', 'patient/Observation.rs?p=2'],
    ['patient/Observation.rs?p=1,2', 'patient/Observation.rs?p=2,3', 'patient/Observation.rs?p=1,2&p=2,3'],
    ['a v1 word stays', 'patient/*.read', 'patient/*.cruds', 'patient/*.read'],
    ['a v1 word goes with other letters', 'patient/*.read', 'patient/*.r', 'patient/*.r'],
    ['a v1 word goes with criteria', 'patient/*.read', 'patient/*.rs?p=1', 'patient/*.rs?p=1'],
    ['patient/Observation.r', 'patient/Observation.s', undefined],
    ['patient/Observation.rs', 'user/Observation.rs', undefined],
    ['patient/Observation.rs', 'patient/Patient.rs', undefined],
  ])('%s and %s: %s', (...row) => {
    const [a = '', b = '', both] = row.length === 4 ? row.slice(1) : row
    const common = intersect(one(a), one(b))
    expect(common && formatScope(common)).toBe(both)
  })

  test('it opens exactly what both open', () => {
    fc.assert(
      fc.property(resourceScopes, resourceScopes, world, (a, b, there) => {
        const common = intersect(a, b)
        const [left, right] = [rights([a], there), rights([b], there)]
        expect(rights(common === undefined ? [] : [common], there)).toEqual(
          left.map((open, at) => open && right[at]),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('both cover it, and the order of the two does not matter', () => {
    fc.assert(
      fc.property(resourceScopes, resourceScopes, (a, b) => {
        const [common, turned] = [intersect(a, b), intersect(b, a)]
        expect(common === undefined).toBe(turned === undefined)
        if (common === undefined || turned === undefined) return
        expect([
          covers(a, common),
          covers(b, common),
          covers(common, turned),
          covers(turned, common),
        ]).toEqual([true, true, true, true])
      }),
      { numRuns: 300 },
    )
  })
})

describe('factor', () => {
  test.each([
    ['patient/Patient.r patient/Patient.s', 'patient/Patient.rs'],
    ['patient/Patient.read patient/Patient.write', 'patient/Patient.*'],
    ['patient/Patient.rs patient/Patient.r', 'patient/Patient.rs'],
    ['patient/*.rs patient/Patient.r', 'patient/*.rs'],
    ['patient/Observation.rs?p=1 patient/Observation.rs', 'patient/Observation.rs'],
    ['patient/Observation.r?p=1 patient/Observation.s?p=1', 'patient/Observation.rs?p=1'],
    [
      'patient/Observation.r?p=1 patient/Observation.s?p=2',
      'patient/Observation.r?p=1 patient/Observation.s?p=2',
    ],
    ['patient/Patient.r user/Patient.s', 'patient/Patient.r user/Patient.s'],
    ['patient/Observation.rs?p=1&q=1 patient/Observation.rs?q=1&p=1', 'patient/Observation.rs?p=1&q=1'],
  ])('SCOPE-04 %s becomes %s', (given, expected) => {
    expect(formatScopes(factor(scopes(given).filter(isResourceScope)))).toBe(expected)
  })

  test('ENF-02 it opens what it opened before, no more and no less', () => {
    fc.assert(
      fc.property(fc.array(resourceScopes, { maxLength: 6 }), world, (list, there) => {
        expect(rights(factor(list), there)).toEqual(rights(list, there))
        expect(factor(factor(list))).toEqual(factor(list))
      }),
      { numRuns: 300 },
    )
  })
})

describe('narrow', () => {
  const narrowed = (asked: string, ceiling: string) => {
    const { granted, refused } = narrow(scopes(asked), scopes(ceiling))
    return [
      formatScopes(granted),
      refused.map(({ scope, reason }) => `${reason} ${formatScope(scope)}`).join('; '),
    ]
  }

  test.each([
    ['patient/Patient.rs', 'patient/*.cruds', 'patient/Patient.rs', ''],
    ['patient/Patient.read', 'patient/Patient.r patient/Patient.s', 'patient/Patient.read', ''],
    ['patient/Patient.cruds', 'patient/Patient.rs', 'patient/Patient.rs', 'narrowed patient/Patient.cruds'],
    [
      'patient/*.rs',
      'patient/Patient.r patient/Observation.s',
      'patient/Patient.r patient/Observation.s',
      'narrowed patient/*.rs',
    ],
    ['patient/Device.rs launch', 'launch', 'launch', ''],
    ['patient/Patient.rs', 'user/*.cruds', '', 'not-registered patient/Patient.rs'],
    ['launch launch/patient openid', 'launch openid', 'launch openid', 'not-registered launch/patient'],
    [
      'SCOPE-14 launch/imagingstudy?role=https://x.org/r',
      'launch/imagingstudy',
      'launch/imagingstudy?role=https://x.org/r',
      '',
    ],
    ['openid', 'patient/*.rs launch', '', 'not-registered openid'],
    ['launch', 'patient/*.rs openid', '', 'not-registered launch'],
    ['__introspect', '__introspect', '__introspect', ''],
    ['__introspect', 'https://example.org/scopes/photo patient/*.cruds', '', 'not-registered __introspect'],
    [
      `http://openid.net/specs/openid-connect-core-1_0#openid`,
      'openid',
      'http://openid.net/specs/openid-connect-core-1_0#openid',
      '',
    ],
    [
      'http://smarthealthit.org/fhir/scopes/patient/Patient.cruds',
      'patient/Patient.r',
      'http://smarthealthit.org/fhir/scopes/patient/Patient.r',
      'narrowed http://smarthealthit.org/fhir/scopes/patient/Patient.cruds',
    ],
    ['', 'patient/*.cruds', '', ''],
    ['patient/*.rs', '', '', 'not-registered patient/*.rs'],
    // What is both a and b is open by a already.
    [
      'patient/Observation.rs?category=a patient/Observation.rs?category=b',
      'patient/Observation.rs?category=a',
      'patient/Observation.rs?category=a',
      'narrowed patient/Observation.rs?category=b',
    ],
    // Of two that are cut to the same, one is left.
    [
      'patient/Observation.cr?category=a patient/Observation.ru?category=a',
      'patient/Observation.r?category=a',
      'patient/Observation.r?category=a',
      'narrowed patient/Observation.cr?category=a; narrowed patient/Observation.ru?category=a',
    ],
    // As asked, it stays, though another opens it too.
    [
      'patient/Observation.rs patient/Observation.rs?category=a',
      'patient/Observation.rs',
      'patient/Observation.rs patient/Observation.rs?category=a',
      '',
    ],
    ['patient/Patient.rsx', 'patient/*.cruds', '', ''],
  ])('BACK-04 of %s within %s', (asked, ceiling, granted, refused) => {
    expect(narrowed(asked.replace(/^SCOPE-\d\d /, ''), ceiling)).toEqual([granted, refused])
  })

  test('BACK-04 what it grants opens exactly what was asked and lies within the ceiling, in every world', () => {
    const lists = fc.array(resourceScopes, { maxLength: 5 })
    fc.assert(
      fc.property(lists, lists, world, (asked, ceiling, there) => {
        const { granted } = narrow(asked, ceiling)
        const [wanted, allowed] = [rights(asked, there), rights(ceiling, there)]
        expect(rights(granted, there)).toEqual(wanted.map((open, at) => open && allowed[at]))
      }),
      { numRuns: 500 },
    )
  })

  test('SCOPE-13 what it grants can be written and read again', () => {
    const lists = fc.array(anyScopes, { maxLength: 5 })
    fc.assert(
      fc.property(lists, lists, world, (asked, ceiling, there) => {
        const { granted } = narrow(asked, ceiling)
        const again = parseScopes(formatScopes(granted), vocabulary)
        expect(again.problems).toEqual([])
        expect(formatScopes(again.scopes)).toBe(formatScopes(granted))
        expect(rights(again.scopes, there)).toEqual(rights(granted, there))
      }),
      { numRuns: 300 },
    )
  })

  test('BACK-04 narrowing again changes nothing; what lies within the ceiling is granted to the letter', () => {
    const lists = fc.array(anyScopes, { maxLength: 5 })
    fc.assert(
      fc.property(lists, lists, (asked, ceiling) => {
        const { granted, refused } = narrow(asked, ceiling)
        expect(formatScopes(narrow(granted, ceiling).granted)).toBe(formatScopes(granted))
        expect(narrow(granted, ceiling).refused).toEqual([])
        const itself = narrow(asked, asked)
        expect(itself.refused).toEqual([])
        expect(formatScopes(itself.granted)).toBe([...new Set(asked.map(formatScope))].join(' '))
        if (refused.length === 0) expect(formatScopes(granted)).toBe(formatScopes(itself.granted))
      }),
      { numRuns: 300 },
    )
  })

  test('SEC-07 a list that would take minutes to compare is refused in part, and never widened', () => {
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, at) => `patient/Observation.rs?${name}=${at}`).join(' ')
    const { granted, refused } = narrow(scopes(many('p', 30)), scopes(many('q', 100)))
    expect(granted).toHaveLength(400)
    expect(refused.filter(({ reason }) => reason === 'too-intricate')).toHaveLength(26)
  })
})
