// Lab results as a table.

import { el } from './dom.js'
import { badge, table } from './parts.js'
import { dayOf, flagOf, rangeOf, resultOf, wordsOf } from './values.js'

/**
 * The newest result of each test.
 * @param list Observations, newest first
 */
export function results(list) {
  const newest = new Map()
  for (const one of list) {
    const test = wordsOf(one.code)
    if (!newest.has(test)) newest.set(test, one)
  }
  const cells = [...newest].map(([test, one]) => {
    const flag = flagOf(one)
    return [
      // LOINC's names go on with how it was measured: "Hemoglobin [Mass/volume] in Blood".
      el('span', { title: test }, test.split(' [')[0]),
      resultOf(one),
      flag ? badge(flag) : '',
      rangeOf(one),
      dayOf(one.effectiveDateTime),
    ]
  })
  return table(
    'The newest result of each test',
    ['Test', 'Result', 'Flag', 'Usual range', 'Date'],
    cells,
    'table stacks',
  )
}
