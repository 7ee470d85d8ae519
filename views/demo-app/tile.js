// One vital sign: the newest value, the chart, and all readings.

import { chart } from './chart.js'
import { el } from './dom.js'
import { table } from './parts.js'

/** `vital` is one of vitals.js; its `readings` are there oldest first, and there is one at least. */
export function tile({ vital: { name, parts }, readings }) {
  const latest = readings[readings.length - 1]
  const said = readings.map(({ day, words }) => `${words} on ${day}`).join(', ')
  return el(
    'article',
    { class: 'panel tile' },
    el('h3', {}, name),
    el('p', { class: 'value numbers' }, latest.words, ' ', el('small', {}, latest.unit)),
    el('p', { class: 'hint' }, latest.day),
    chart(readings, `${name} in ${latest.unit}: ${said}.`),
    parts && legend(parts),
    el(
      'details',
      { class: 'more' },
      el('summary', {}, readings.length === 1 ? 'The reading' : `All ${readings.length} readings`),
      table(
        name,
        ['Date', latest.unit],
        [...readings].reverse().map(({ day, words }) => [day, words]),
      ),
    ),
  )
}

function legend([upper, lower]) {
  return el(
    'ul',
    { class: 'legend' },
    el('li', {}, el('span', { class: 'dot' }), upper.name),
    el('li', {}, el('span', { class: 'dot second' }), lower.name),
  )
}
