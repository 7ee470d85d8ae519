import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { smartVocabulary } from '../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import { type ConsentLine, consentLines } from '../../src/smart/consent-lines.ts'
import { grantedBefore, grantedByTicks, needsConsent, type Ticks } from '../../src/smart/consent-ticks.ts'
import {
  formatScope,
  formatScopes,
  isResourceScope,
  parseScopes,
  type ResourceScope,
  type Scope,
} from '../../src/smart/scope.ts'
import { covers } from '../../src/smart/scope-algebra.ts'
import { usCoreTypes } from '../../src/smart/us-core.ts'
import { en } from '../../src/smart/words/en.ts'

const vocabulary = smartVocabulary(loadDefinitions(), ['__introspect'])
const read = (text: string): readonly Scope[] => parseScopes(text, vocabulary).scopes
const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
const observations = (letters: string, ...codes: string[]) =>
  codes.map((code) => `patient/Observation.${letters}?category=${category}|${code}`).join(' ')

const grant = (asked: string, ticked: string, { offline = false, partsShown = '' } = {}) => {
  const list = (text: string) => text.split(' ').filter((word) => word !== '')
  const { granted, refused } = grantedByTicks(read(asked), {
    scopes: list(ticked),
    partsShown: list(partsShown),
    offline,
  })
  return [formatScopes(granted), formatScopes(refused)]
}

describe('AUTHZ-13 what is ticked is granted, what is not is refused', () => {
  test.each([
    ['patient/Goal.rs patient/Device.rs', 'patient/Device.rs', 'patient/Device.rs', 'patient/Goal.rs'],
    ['patient/Goal.rs user/Goal.rs', 'user/Goal.rs', 'user/Goal.rs', 'patient/Goal.rs'],
    ['patient/Goal.rs', '', '', 'patient/Goal.rs'],
    ['patient/Goal.rs', 'patient/Device.rs patient/*.cruds patient/Goal.cruds', '', 'patient/Goal.rs'],
    ['patient/Goal.cruds', 'patient/Goal.rs', 'patient/Goal.rs', 'patient/Goal.cud'],
    ['patient/Goal.cruds', 'patient/Goal.d patient/Goal.rs', 'patient/Goal.rds', 'patient/Goal.cu'],
    ['patient/Goal.cruds', 'patient/Goal.d patient/Goal.rs patient/Goal.cu', 'patient/Goal.cruds', ''],
    ['SCOPE-03 patient/Goal.*', 'patient/Goal.d patient/Goal.rs patient/Goal.cu', 'patient/Goal.*', ''],
    ['SCOPE-03 patient/Goal.write', 'patient/Goal.cu patient/Goal.d', 'patient/Goal.write', ''],
    ['SCOPE-03 patient/Goal.write', 'patient/Goal.cu', 'patient/Goal.cu', 'patient/Goal.d'],
    ['SCOPE-03 patient/Goal.*', 'patient/Goal.rs', 'patient/Goal.rs', 'patient/Goal.cud'],
    ['SCOPE-03 patient/Goal.read', 'patient/Goal.read', 'patient/Goal.read', ''],
    ['posted to the letter: patient/Goal.cruds', 'patient/Goal.cruds', 'patient/Goal.cruds', ''],
    [
      'posted to the letter: patient/Goal.r patient/Goal.s',
      'patient/Goal.s',
      'patient/Goal.s',
      'patient/Goal.r',
    ],
    ['as one line: patient/Goal.r patient/Goal.s', 'patient/Goal.rs', 'patient/Goal.r patient/Goal.s', ''],
    ['always included: patient/Patient.rs', '', 'patient/Patient.rs', ''],
    [
      'always included: patient/Patient.rs?gender=female patient/Patient.rs',
      '',
      'patient/Patient.rs?gender=female patient/Patient.rs',
      '',
    ],
    ['not always: patient/Patient.rs?gender=female', '', '', 'patient/Patient.rs?gender=female'],
    ['always included: patient/Patient.cruds', '', 'patient/Patient.rs', 'patient/Patient.cud'],
    ['not always: user/Patient.rs', '', '', 'user/Patient.rs'],
    [
      'http://smarthealthit.org/fhir/scopes/patient/Goal.crs',
      'http://smarthealthit.org/fhir/scopes/patient/Goal.c',
      'http://smarthealthit.org/fhir/scopes/patient/Goal.c',
      'http://smarthealthit.org/fhir/scopes/patient/Goal.rs',
    ],
  ])('%s, ticked %s', (asked, ticked, granted, refused) => {
    expect(grant(asked.replace(/^(?:[^:/]*: |SCOPE-03 )/, ''), ticked)).toEqual([granted, refused])
  })

  test('who the user is and the context are always included, in the order asked', () => {
    const asked = 'launch/patient openid patient/Goal.rs fhirUser online_access launch'
    expect(grant(asked, '')).toEqual([
      'launch/patient openid fhirUser online_access launch',
      'patient/Goal.rs',
    ])
    expect(grant(asked, 'patient/Goal.rs')).toEqual([asked, ''])
  })

  test('offline_access is granted by its own box only', () => {
    expect(grant('openid offline_access', 'offline_access')).toEqual(['openid', 'offline_access'])
    expect(grant('openid offline_access', '', { offline: true })).toEqual(['openid offline_access', ''])
    expect(grant('openid', '', { offline: true })).toEqual(['openid', ''])
  })

  test('SCOPE-17 nobody gives away what only services have', () => {
    const asked = '__introspect system/*.rs patient/Goal.rs'
    expect(grant(asked, asked)).toEqual(['patient/Goal.rs', '__introspect system/*.rs'])
  })
})

describe('AUTHZ-14 narrowed to categories', () => {
  const asked = 'patient/Observation.rs'
  const all = observations('rs', 'vital-signs', 'laboratory', 'procedure', 'survey', 'social-history').concat(
    ' patient/Observation.rs?category=http://hl7.org/fhir/us/core/CodeSystem/us-core-category|sdoh',
  )
  const labs = observations('rs', 'laboratory')

  test.each([
    ['all parts leave the scope as asked', `${asked} ${all}`, asked, asked],
    ['some parts replace it', `${asked} ${labs}`, asked, labs],
    ['no part leaves nothing', asked, asked, ''],
    ['parts of a line that is not ticked count for nothing', all, asked, ''],
    ['without the parts on the page it is the whole', asked, '', asked],
    ['parts alone, when none were on the page, were not asked for', labs, '', ''],
  ])('%s', (_title, ticked, partsShown, granted) => {
    expect(grant(asked, ticked, { partsShown })).toEqual([granted, granted === asked ? '' : asked])
  })

  test('the other letters stay, and SMART 1.0 words go', () => {
    const shown = { partsShown: asked }
    expect(grant('patient/Observation.*', `${asked} ${labs} patient/Observation.d`, shown)).toEqual([
      `patient/Observation.d ${labs}`,
      'patient/Observation.crus',
    ])
    expect(
      grant('patient/Observation.read', `patient/Observation.read ${labs}`, {
        partsShown: 'patient/Observation.read',
      }),
    ).toEqual([labs, 'patient/Observation.read'])
  })

  test('a category with a line of its own is granted or refused by that', () => {
    const both = `${asked} ${labs}`
    const others = all.replace(`${labs} `, '')
    expect(grant(both, labs, { partsShown: asked })).toEqual([labs, asked])
    expect(grant(both, `${both} ${others}`, { partsShown: asked })).toEqual([both, ''])
    expect(grant(both, `${asked} ${others}`, { partsShown: asked })).toEqual([others, both])
  })
})

describe('SCOPE-06 what is left unticked is not opened by a wider tick', () => {
  const usCore = (without: string[], letters = 'rs') =>
    usCoreTypes
      .filter((type) => !without.includes(type))
      .map((type) => `patient/${type}.${letters}`)
      .join(' ')

  test('"everything else" is then the types of US Core without it', () => {
    expect(grant('patient/*.rs patient/Condition.r', 'patient/*.rs')).toEqual([
      usCore(['Condition']),
      'patient/*.rs patient/Condition.r',
    ])
    expect(grant('patient/*.read patient/Condition.rs', 'patient/*.read')).toEqual([
      usCore(['Condition'], 'read'),
      'patient/*.read patient/Condition.rs',
    ])
    const labs = observations('rs', 'laboratory')
    expect(
      grant('patient/Observation.rs patient/*.rs', `patient/*.rs patient/Observation.rs ${labs}`, {
        partsShown: 'patient/Observation.rs',
      }),
    ).toEqual([`${labs} ${usCore(['Observation'])}`, 'patient/Observation.rs patient/*.rs'])
  })

  test('with everything ticked it is as asked; of another group or level nothing is taken', () => {
    for (const asked of [
      'patient/*.rs patient/Condition.rs',
      'patient/*.rs patient/Condition.c',
      'patient/*.rs user/Condition.rs',
    ]) {
      expect(grant(asked, asked)).toEqual([asked, ''])
    }
    expect(grant('patient/*.rs patient/Condition.c', 'patient/*.rs')).toEqual([
      'patient/*.rs',
      'patient/Condition.c',
    ])
    expect(grant('patient/*.rs user/Condition.rs', 'patient/*.rs')).toEqual([
      'patient/*.rs',
      'user/Condition.rs',
    ])
  })

  test('a filter inside a scope that has no parts for it takes all of that', () => {
    expect(grant('patient/Goal.rs patient/Goal.rs?lifecycle-status=active', 'patient/Goal.rs')).toEqual([
      '',
      'patient/Goal.rs patient/Goal.rs?lifecycle-status=active',
    ])
    expect(grant('patient/*.rs patient/*.rs?_tag=x', 'patient/*.rs')).toEqual([
      '',
      'patient/*.rs patient/*.rs?_tag=x',
    ])
  })
})

describe('needsConsent', () => {
  const needed = (asked: string, granted: string, refused = '') =>
    formatScopes(needsConsent(read(asked), { granted: read(granted), refused: read(refused) }))

  test.each([
    ['patient/Goal.rs', '', '', 'patient/Goal.rs'],
    ['patient/Goal.rs', 'patient/Goal.rs', '', ''],
    ['patient/Goal.read', 'patient/Goal.r patient/*.s', '', ''],
    ['patient/Goal.cruds', 'patient/Goal.rs', '', 'patient/Goal.cud'],
    ['patient/Goal.cruds', 'patient/Goal.rs', 'patient/Goal.cud', ''],
    ['patient/Goal.*', 'patient/Device.rs', '', 'patient/Goal.*'],
    ['patient/Goal.rs', '', 'patient/*.rs', ''],
    ['user/Goal.rs', 'patient/Goal.rs', '', 'user/Goal.rs'],
    ['patient/Observation.rs', 'patient/Observation.rs?category=laboratory', '', 'patient/Observation.rs'],
    ['patient/Observation.rs?category=laboratory', 'patient/Observation.rs', '', ''],
    ['openid offline_access', 'openid', '', 'offline_access'],
    ['openid offline_access', 'openid', 'offline_access', ''],
    ['launch launch/patient online_access system/*.rs __introspect', '', '', ''],
  ])('of %s with %s granted and %s refused: %s', (asked, granted, refused, expected) => {
    expect(needed(asked, granted, refused)).toBe(expected)
  })
})

describe('grantedBefore', () => {
  const before = (asked: string, granted: string) =>
    formatScopes(grantedBefore(read(asked), { granted: read(granted), refused: [] }))

  test.each([
    ['patient/Goal.rs patient/Device.rs', 'patient/Device.rs', 'patient/Device.rs'],
    ['patient/*.rs', 'patient/Device.rs', 'patient/Device.rs'],
    [
      'launch openid patient/Goal.rs',
      'launch/patient openid patient/Goal.rs',
      'launch openid patient/Goal.rs',
    ],
    ['online_access offline_access openid', '', 'online_access'],
    ['__introspect system/*.rs', '', ''],
  ])('of %s with %s granted: %s', (asked, granted, expected) => {
    expect(before(asked, granted)).toBe(expected)
  })
})

const askedLists = fc
  .uniqueArray(
    fc
      .tuple(
        fc.constantFrom('patient', 'user'),
        fc.constantFrom('*', 'Patient', 'Observation', 'Condition', 'Goal'),
        fc.constantFrom('rs', 'r', 's', 'read', 'write', '*', 'cruds', 'cu', 'c', 'cud', 'd', 'rus'),
        fc.constantFrom('', '', '', 'laboratory', `${category}|laboratory`, 'laboratory,survey', '_tag'),
      )
      .map(([level, type, access, filter]) => {
        const scope = `${level}/${type}.${access}`
        if (filter === '' || access === 'read' || access === 'write' || access === '*') return scope
        const tag = filter === '_tag' || type !== 'Observation'
        return `${scope}?${tag ? '_tag=x' : `category=${filter}`}`
      }),
    { maxLength: 7 },
  )
  .chain((scopes) =>
    fc
      .shuffledSubarray(['openid', 'fhirUser', 'launch', 'launch/patient', 'offline_access', 'online_access'])
      .chain((names) =>
        fc.shuffledSubarray([...scopes, ...names], { minLength: scopes.length + names.length }),
      ),
  )
  .map((words) => read(words.join(' ')))

const linesOf = (asked: readonly Scope[]) => consentLines(asked, { words: en, self: true, app: 'x' })
const boxes = (asked: readonly Scope[]) =>
  linesOf(asked)
    .filter(({ required }) => !required)
    .flatMap((line) => [line, ...line.parts])

/** Asked scopes with the ticks of somebody who saw the page. */
const answered = askedLists.chain((asked) =>
  fc.record({
    asked: fc.constant(asked),
    ticks: fc.record({
      scopes: fc.subarray(boxes(asked).map(({ value }) => value)),
      partsShown: fc.constant(
        linesOf(asked)
          .filter(({ parts }) => parts.length > 0)
          .map(({ value }) => value),
      ),
      offline: fc.boolean(),
    }),
  }),
)

describe('whatever is asked and ticked', () => {
  const always = (property: (asked: readonly Scope[], ticks: Ticks) => void) =>
    fc.assert(
      fc.property(answered, ({ asked, ticks }) => property(asked, ticks)),
      { numRuns: 300 },
    )
  const opens = (scopes: readonly Scope[], line: ConsentLine): boolean =>
    line.scopes
      .filter(isResourceScope)
      .some((scope) =>
        [...scope.letters].some((letter) =>
          scopes.filter(isResourceScope).some((open) => covers(open, { ...scope, letters: letter })),
        ),
      )

  test('AUTHZ-13 nothing is granted that was not asked', () => {
    always((asked, ticks) => {
      for (const scope of grantedByTicks(asked, ticks).granted) {
        expect(
          asked.some((wide) => stemsFrom(scope, wide)),
          formatScope(scope),
        ).toBe(true)
      }
    })
  })

  test('AUTHZ-13 nothing is granted that was left unticked', () => {
    always((asked, ticks) => {
      const { granted } = grantedByTicks(asked, ticks)
      const ticked = ({ value }: ConsentLine) => ticks.scopes.includes(value)
      for (const line of linesOf(asked).filter(({ required }) => !required)) {
        if (!ticked(line)) expect(opens(granted, line), line.value).toBe(false)
        else
          for (const part of line.parts)
            if (!ticked(part)) expect(opens(granted, part), part.value).toBe(false)
      }
    })
  })

  test('SCOPE-03 SCOPE-04 with everything ticked it is what was asked, to the letter', () => {
    always((asked, { partsShown }) => {
      const scopes = boxes(asked).map(({ value }) => value)
      for (const shown of [partsShown, []]) {
        const { granted, refused } = grantedByTicks(asked, { scopes, partsShown: shown, offline: true })
        expect([formatScopes(granted), refused]).toEqual([formatScopes(asked), []])
      }
      const toTheLetter = { scopes: asked.map(formatScope), partsShown: [], offline: true }
      expect(formatScopes(grantedByTicks(asked, toTheLetter).granted)).toBe(formatScopes(asked))
    })
  })

  test('AUTHZ-13 with nothing ticked it is what is always included', () => {
    always((asked) => {
      const { granted } = grantedByTicks(asked, { scopes: [], partsShown: [], offline: false })
      const included = linesOf(asked)
        .filter(({ required }) => required)
        .flatMap(({ scopes }) => scopes)
      const resources = (scopes: readonly Scope[]) => scopes.filter(isResourceScope)
      expect(resources(granted).every((scope) => scope.level === 'patient' && scope.type === 'Patient')).toBe(
        true,
      )
      expect(lettersOf(resources(granted))).toBe(lettersOf(resources(included)))
      expect(granted.filter((scope) => !isResourceScope(scope))).toEqual(
        asked.filter((scope) => !isResourceScope(scope) && formatScope(scope) !== 'offline_access'),
      )
    })
  })

  test('it keeps the order asked, and nothing is granted twice', () => {
    always((asked, ticks) => {
      const { granted } = grantedByTicks(asked, ticks)
      expect(new Set(granted.map(formatScope)).size).toBe(granted.length)
      let at = 0
      for (const scope of granted) {
        while (at < asked.length && !stemsFrom(scope, asked[at])) at++
        expect(at, formatScope(scope)).toBeLessThan(asked.length)
      }
    })
  })

  test('SCOPE-13 it can be written, and read again as the same', () => {
    always((asked, ticks) => {
      const { granted, refused } = grantedByTicks(asked, ticks)
      for (const scopes of [granted, refused]) {
        const { scopes: again, problems } = parseScopes(formatScopes(scopes), vocabulary)
        expect(problems).toEqual([])
        expect(formatScopes(again)).toBe(formatScopes(scopes))
      }
    })
  })

  test('remembered, it is not asked again and grants the same', () => {
    always((asked, ticks) => {
      const decided = grantedByTicks(asked, ticks)
      expect(formatScopes(needsConsent(asked, decided))).toBe('')
      const again = grantedBefore(asked, decided)
      expect(again.filter((scope) => !isResourceScope(scope)).map(formatScope)).toEqual(
        decided.granted.filter((scope) => !isResourceScope(scope)).map(formatScope),
      )
      expect(isWithin(again, decided.granted)).toBe(true)
      expect(isWithin(decided.granted, again)).toBe(true)
    })
  })

  test('remembered, the page starts as it was left', () => {
    always((asked, ticks) => {
      const remembered = grantedByTicks(asked, ticks)
      for (const line of consentLines(asked, { words: en, self: true, app: 'x', remembered })) {
        const isGranted = isWithin(line.scopes.filter(isResourceScope), remembered.granted)
        if (isGranted) expect(line.ticked, line.value).toBe(true)
        else if (line.parts.length === 0) expect(line.ticked, line.value).toBe(false)
      }
    })
  })
})

/** True if one is, or is a part of, the other. */
function stemsFrom(scope: Scope, asked: Scope | undefined): boolean {
  if (asked === undefined) return false
  if (isResourceScope(scope)) return isResourceScope(asked) && covers(asked, scope)
  return scope === asked
}

function lettersOf(scopes: readonly ResourceScope[]): string {
  return [...new Set(scopes.flatMap(({ letters }) => [...letters]))].toSorted().join('')
}

/** True if each letter of each of them is opened by the others. */
function isWithin(scopes: readonly Scope[], others: readonly Scope[]): boolean {
  const wide = others.filter(isResourceScope)
  return scopes
    .filter(isResourceScope)
    .every((scope) =>
      [...scope.letters].every((letter) => wide.some((open) => covers(open, { ...scope, letters: letter }))),
    )
}
