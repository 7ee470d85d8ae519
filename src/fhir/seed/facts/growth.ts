/**
 * Median height (cm), weight (kg) and head circumference (cm) by age in years, after the WHO and CDC growth
 * charts, rounded: good enough for a curve that a paediatrician finds ordinary.
 */
export const AGES = [
  0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20,
] as const

type Curves = { height: readonly number[]; weight: readonly number[]; head: readonly number[] }

export const GROWTH: Record<'female' | 'male', Curves> = {
  female: {
    height: [
      49.1, 59.8, 65.7, 70.1, 74, 80.7, 85.7, 94.2, 101, 107.9, 115.1, 121.8, 127.8, 133.1, 138.3, 144.8,
      151.5, 157.1, 160.4, 161.9, 162.5, 162.9, 163.1, 163.3,
    ],
    weight: [
      3.2, 5.8, 7.3, 8.2, 8.9, 10.2, 11.5, 13.9, 15.9, 17.9, 20.2, 22.8, 25.6, 29, 33.1, 37.2, 41.8, 45.9,
      49.4, 52.1, 53.9, 55.2, 56.7, 58.2,
    ],
    head: [33.9, 39.5, 42.2, 43.8, 44.9, 46.2, 47.2, 48.5],
  },
  male: {
    height: [
      49.9, 61.4, 67.6, 72, 75.7, 82.3, 87.1, 95, 102.3, 109, 115.5, 121.9, 128, 133.3, 138.4, 143.5, 149.1,
      156.2, 163.8, 170.1, 173.4, 175.2, 176.1, 176.8,
    ],
    weight: [
      3.3, 6.4, 7.9, 8.9, 9.6, 10.9, 12.2, 14.3, 16.3, 18.4, 20.7, 22.9, 25.6, 28.6, 32.1, 36.1, 40.7, 45.8,
      51.2, 56.5, 61.1, 64.7, 67.3, 70.6,
    ],
    head: [34.5, 40.5, 43.3, 45, 46.1, 47.4, 48.3, 49.5],
  },
}

/** The value of a curve at an age, between its points by a straight line. */
export function along(points: readonly number[], values: readonly number[], at: number): number {
  const after = points.findIndex((point) => point >= at)
  if (after === 0) return values[0] as number
  if (after === -1 || after >= values.length) return values.at(-1) as number
  const [x0, x1] = [points[after - 1] as number, points[after] as number]
  const [y0, y1] = [values[after - 1] as number, values[after] as number]
  return y0 + ((y1 - y0) * (at - x0)) / (x1 - x0)
}

const SCORES = [-2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5]
const PERCENTILES = [1, 2, 7, 16, 31, 50, 69, 84, 93, 98, 99]

/** The percentile of a standard score. */
export function percentile(score: number): number {
  return Math.round(along(SCORES, PERCENTILES, score))
}
