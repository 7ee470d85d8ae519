import { describe, expect, test } from 'vitest'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import { usCoreTypes } from '../../src/smart/us-core.ts'
import { type ConsentWords, en } from '../../src/smart/words/en.ts'
import { es } from '../../src/smart/words/es.ts'
import type { About, Kind, Said } from '../../src/smart/words/kind.ts'

const abouts: readonly About[] = [
  { who: 'self' },
  { who: 'patient' },
  { who: 'everyone' },
  { who: 'named', name: 'Ana' },
]
const said = (text: Said): string[] =>
  typeof text === 'string' ? [text] : abouts.map((about) => text(about))
const kindTexts = ({ title, hint, noun }: Kind) => [...said(title), ...said(hint), noun.one, noun.other]

/** Every text of a language, however deep. */
function texts(words: ConsentWords): string[] {
  const { kinds, categories, otherKind, whoYouAre, everything, ...rest } = words
  const own = rest as Readonly<Record<string, unknown>>
  const deep = (value: unknown): string[] => {
    if (typeof value === 'string') return [value]
    if (typeof value === 'function') return [String(value('Pulse Diary'))]
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(deep) : []
  }
  return [
    ...Object.values(kinds).flatMap(kindTexts),
    ...Object.values(categories).flatMap(kindTexts),
    ...kindTexts(otherKind('Appointment response')),
    whoYouAre.title,
    ...said(whoYouAre.hint),
    ...deep(everything),
    ...deep(own),
  ]
}

describe.each([
  ['English', en],
  ['Spanish', es],
])('AUTHZ-16 the words in %s', (_name, words) => {
  test.each(usCoreTypes)('%s has a short and a long text of its own', (type) => {
    const kinds: Readonly<Record<string, Kind>> = words.kinds
    for (const text of kindTexts(kinds[type] ?? words.otherKind(''))) expect(text).not.toBe('')
    expect(Object.hasOwn(kinds, type)).toBe(true)
  })

  test('no two kinds have one title', () => {
    const titles = Object.values(words.kinds).map(({ title }) => said(title)[0])
    expect(new Set(titles).size).toBe(titles.length)
  })

  test('none speaks as the specifications do', () => {
    const jargon =
      /\b(?:FHIR|SMART|OAuth|OpenID|API|JSON|URL|scopes?|resources?|tokens?|clients?|compartments?|granular|wildcards?|recursos?|ámbitos?|encounters?|observations?|please|invalid|successfully)\b|!/i
    expect(texts(words).filter((text) => jargon.test(text))).toEqual([])
  })

  test('hints are sentences, and titles are not', () => {
    for (const { title, hint } of [...Object.values<Kind>(words.kinds), ...Object.values(words.categories)]) {
      for (const text of said(hint)) expect(text).toMatch(/^\p{Lu}.*\.$/u)
      for (const text of said(title)) expect(text).toMatch(/^\p{Lu}.*[^.]$/u)
    }
  })

  test('its plural rules know no more than "one" and "other" for the numbers of a record', () => {
    const rules = new Intl.PluralRules(words.lang)
    expect(
      [...new Set([0, 1, 2, 5, 11, 100, 99_999].map((count) => rules.select(count)))].toSorted(),
    ).toEqual(['one', 'other'])
  })
})

test('every kind is a type of FHIR R4', () => {
  const { isResourceType } = loadDefinitions()
  expect(Object.keys(en.kinds).filter((type) => !isResourceType(type))).toEqual([])
})

test('AUTHZ-16 Spanish says nothing in English, but for a word that both have', () => {
  const english = new Set(texts(en))
  expect(texts(es).filter((text) => english.has(text))).toEqual(['plan'])
})
