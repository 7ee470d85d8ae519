// A line chart, drawn in percent and stretched to the width there is.

import { drawn, el } from './dom.js'

const HEIGHT = 100
const LEFT = 2
const RIGHT = 98
/** Steps of the scale at most. */
const STEPS = 5

/**
 * Readings over time, one line for each of their values.
 * @param readings oldest first, at least one: `{ at, day, values, words, unit }`
 * @param label what the drawing says, for those who do not see it
 */
export function chart(readings, label) {
  const first = readings[0]
  const last = readings[readings.length - 1]
  const marks = marksFor(readings.flatMap(({ values }) => values))
  const [high, low] = [marks[0], marks[marks.length - 1]]
  const x = ({ at }) =>
    last.at === first.at ? 50 : LEFT + ((at - first.at) / (last.at - first.at)) * (RIGHT - LEFT)
  const y = (value) => ((high - value) / (high - low)) * HEIGHT
  const line = (index) => {
    const points = readings.map((reading) => [x(reading), y(reading.values[index])].map(round))
    const kind = index === 0 ? {} : { class: 'second' }
    return [
      drawn('path', { ...kind, d: `M${points.map((point) => point.join(' ')).join('L')}` }),
      readings.map(({ day, words, unit }, at) =>
        // A line of no length with a round end is a dot that stretching does not change.
        drawn(
          'path',
          { class: `reading ${kind.class ?? ''}`, d: `M${points[at].join(' ')}h0` },
          drawn('title', {}, `${day}: ${words} ${unit}`),
        ),
      ),
    ]
  }
  const rules = marks.map((mark) => drawn('path', { class: 'rule', d: `M0 ${round(y(mark))}H100` }))
  return el(
    'div',
    { class: 'chart' },
    el(
      'div',
      { class: 'scale', 'aria-hidden': 'true' },
      marks.map((mark) => el('span', {}, String(mark))),
    ),
    drawn(
      'svg',
      { viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      rules,
      readings[0].values.map((_, index) => line(index)),
    ),
    el(
      'div',
      { class: 'span', 'aria-hidden': 'true' },
      el('span', {}, first.day),
      last.at === first.at ? undefined : el('span', {}, last.day),
    ),
  )
}

/** The marks of the finest round scale, in few steps, that holds all values; the highest first. */
function marksFor(values) {
  const middle = (Math.min(...values) + Math.max(...values)) / 2
  // Room for a fifth at least, or one beat more would look like a cliff.
  const room = Math.max(Math.max(...values) - Math.min(...values), middle / 5)
  const [least, most] = [middle - room / 2, middle + room / 2]
  for (let tens = 1; ; tens *= 10) {
    for (const step of [tens, 2 * tens, 5 * tens]) {
      const bottom = Math.floor(least / step)
      const top = Math.max(Math.ceil(most / step), bottom + 1)
      const steps = top - bottom
      if (steps <= STEPS) return Array.from({ length: steps + 1 }, (_, index) => (top - index) * step)
    }
  }
}

function round(value) {
  return Math.round(value * 100) / 100
}
