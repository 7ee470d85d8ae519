import { describe, expect, test } from 'vitest'
import { agentInWords } from '../../src/pages/account/agent.ts'
import { faceOf, returnsTo, webLink } from '../../src/pages/app-face.ts'
import { datesIn } from '../../src/pages/dates.ts'
import { fill } from '../../src/pages/sentence.ts'
import { en } from '../../src/pages/words/en.ts'
import { es } from '../../src/pages/words/es.ts'

const now = Date.UTC(2026, 10, 21, 23, 30)

describe('dates', () => {
  const english = datesIn(en)
  const spanish = datesIn(es)

  test.each([
    ['2014-03-14', '12 years', '12 años'],
    // The day before and the day of a birthday.
    ['2010-11-22', '15 years', '15 años'],
    ['2010-11-21', '16 years', '16 años'],
    ['2024-11-21', '2 years', '2 años'],
    ['2024-11-22', '23 months', '23 meses'],
    ['2025-11-30', '11 months', '11 meses'],
    ['2026-09-21', '2 months', '2 meses'],
    ['2026-09-22', '60 days', '60 días'],
    ['2026-11-20', '1 day', '1 día'],
    ['2026-11-21', '0 days', '0 días'],
    ['2027-01-01', '0 days', '0 días'],
    ['2014-03', undefined, undefined],
    ['2014', undefined, undefined],
  ])('somebody born on %s is %s old', (birthDate, years, años) => {
    expect([english.age(birthDate, now), spanish.age(birthDate, now)]).toEqual([years, años])
  })

  test.each([
    ['2014-03-14', '14 Mar 2014', '14 mar 2014'],
    ['2014-03', 'Mar 2014', 'mar 2014'],
    ['2014', '2014', '2014'],
    ['2014-03-14T23:30:00-05:00', '15 Mar 2014', '15 mar 2014'],
  ])('%s is said as exactly as it is known', (date, said, dicho) => {
    expect([english.fhirDate(date), spanish.fhirDate(date)]).toEqual([said, dicho])
  })

  test('a date without a time is the same everywhere; a time is that of the zone', () => {
    const auckland = datesIn(en, 'Pacific/Auckland')
    expect(auckland.fhirDate('2014-03-14')).toBe('14 Mar 2014')
    expect(datesIn(en, 'America/Lima').fhirDate('2014-03-14')).toBe('14 Mar 2014')
    expect([english.day(now), auckland.day(now)]).toEqual(['21 November 2026', '22 November 2026'])
    expect(english.sameDay(now, now + 3_600_000)).toBe(false)
    expect(auckland.sameDay(now, now + 3_600_000)).toBe(true)
    expect(english.moment(now)).toEqual({
      people: '21 November 2026, 23:30 UTC',
      machine: '2026-11-21T23:30:00.000Z',
    })
  })

  test.each([
    [1, '1 second'],
    [59_000, '59 seconds'],
    [60_000, '1 minute'],
    [61_000, '2 minutes'],
    [900_000, '15 minutes'],
    [3_600_000, '1 hour'],
  ])('%i ms are left: %s', (milliseconds, said) => {
    expect(english.left(milliseconds)).toBe(said)
  })

  test.each([
    ['2026-11-21', 'today', 'hoy'],
    ['2026-11-20', 'yesterday', 'ayer'],
    ['2026-11-19', '2 days ago', 'anteayer'],
    ['2026-08-01', '3 months ago', 'hace 3 meses'],
    ['2023-08-01', '3 years ago', 'hace 3 años'],
    ['2027-01-01', 'today', 'hoy'],
  ])('%s was %s', (day, said, dicho) => {
    const at = Date.parse(`${day}T23:59:00Z`)
    expect([english.ago(at, now), spanish.ago(at, now)]).toEqual([said, dicho])
  })
})

test('what fills a hole is text and fills no further hole', () => {
  expect(fill('{a!} reads {b}.', { a: '{b}', b: '{a!}' })).toEqual([
    { text: '{b}', strong: true },
    { text: ' reads ', strong: false },
    { text: '{a!}', strong: false },
    { text: '.', strong: false },
  ])
  expect(() => fill('{a} and {c}', { a: 'x' })).toThrow('{c}')
})

test('an app shows its logo only when somebody has looked at it', () => {
  const app = { name: ' ärzte', logo: '/logos/x.svg' }
  expect(faceOf({ ...app, verified: true })).toMatchObject({ logo: '/logos/x.svg' })
  expect(faceOf({ ...app, verified: false })).toEqual({ name: ' ärzte', letter: 'Ä' })
  expect(faceOf({ name: '🩺 Doc', verified: false }).letter).toBe('🩺')
})

test('where an app returns to, and what is an address of the web', () => {
  expect(returnsTo('https://app.example:8443/cb')).toBe('app.example:8443')
  expect(returnsTo('com.example.app:/cb')).toBe('com.example.app')
  expect(webLink('https://app.example/privacy')).toBe('https://app.example/privacy')
  for (const address of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', undefined])
    expect(webLink(address)).toBeUndefined()
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
    'Chrome on Windows',
  ],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142 Safari/537.36 Edg/142.0', 'Edge on Windows'],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15', 'Safari on macOS'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/142 Safari/604.1', 'Chrome on iPhone'],
  ['curl/8.5.0', 'A browser we do not know'],
  ['<script>', 'A browser we do not know'],
  ['', 'A browser we do not know'],
])('%s is %s', (userAgent, said) => {
  expect(agentInWords(userAgent, en)).toBe(said)
})
