import { expect, test } from 'vitest'
import { accentColours, accentProblem, contrast } from '../../src/smart/accent.ts'
import { styleAt, styleOf } from '../../src/smart/style.ts'

const accents = ['#0b5c6b', '#7a1f5c', '#8a4b00', '#00008b', '#000000', '#c2185b', '#006400', '#5b21b6']

test('contrast is that of WCAG', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(contrast('#123456', '#123456')).toBe(1)
})

test.each(accents)('%s can be read wherever it stands, on light pages and on dark ones', (accent) => {
  expect(accentProblem(accent)).toBeUndefined()
  const {
    accent: [light, dark],
    deep,
    soft,
    'on-accent': on,
    focus,
  } = accentColours(accent)
  for (const ground of ['#ffffff', '#fbfbf9', '#f3f4f0', soft[0], on[0]])
    for (const text of [light, ...(ground === on[0] ? [] : [deep[0]])])
      expect([ground, contrast(text, ground)]).toEqual([ground, expect.toSatisfy((n: number) => n >= 4.5)])
  for (const ground of ['#14191f', '#1b222a', '#10151a', soft[1], on[1]])
    expect([ground, contrast(dark, ground)]).toEqual([ground, expect.toSatisfy((n: number) => n >= 4.5)])
  expect(contrast(focus[0], '#fbfbf9')).toBeGreaterThan(3)
  expect(contrast(focus[1], '#14191f')).toBeGreaterThan(3)
})

test.each(['#ffffff', '#6cc3d2', '#ffcc00', '#8a8a8a'])(
  '%s cannot, and the nearest that can is told',
  (accent) => {
    const problem = accentProblem(accent)
    expect(problem?.reached).toBeLessThan(4.5)
    expect(accentProblem(problem?.instead ?? accent)).toBeUndefined()
  },
)

test('CTX-07 the address of a style names its content, and follows from the colour alone', () => {
  const [ours, other] = [styleOf(undefined), styleOf('#7a1f5c')]
  expect(ours.sheet).toBeUndefined()
  expect(other.document.path).not.toBe(ours.document.path)
  for (const one of [ours.document, other.document, other.sheet])
    expect(styleAt(one?.path ?? '')).toEqual(one)
  const path = other.document.path
  for (const wrong of [
    path.replace('7a1f5c', '7a1f5d'),
    path.replace('.json', '.css'),
    '/style/ffffff-abcdefghijkl.css',
    '/style/x',
  ])
    expect([wrong, styleAt(wrong)]).toEqual([wrong, undefined])
})
