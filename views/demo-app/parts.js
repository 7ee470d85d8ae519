// The components that several sections use.

import { copyOf, el } from './dom.js'

/** A line with an icon, in place of what is not there. */
export function remark(icon, sentence) {
  return el('p', { class: 'aside' }, copyOf(`icon-${icon}`), el('span', {}, sentence))
}

/** A state in a word or two. */
export function badge({ words, tone }) {
  return el('span', { class: `badge ${tone}` }, words)
}

/** A table; one of class `stacks` becomes a list on small screens, and needs its roles said (site.css). */
export function table(caption, heads, rows, kind = 'table') {
  const cell = (content, index) =>
    index === 0
      ? el('th', { scope: 'row', role: 'rowheader' }, content)
      : el('td', { role: 'cell', 'data-label': heads[index] }, el('span', {}, content))
  return el(
    'table',
    { class: kind, role: 'table' },
    el('caption', { class: 'hidden' }, caption),
    el(
      'thead',
      { role: 'rowgroup' },
      el(
        'tr',
        { role: 'row' },
        heads.map((head) => el('th', { scope: 'col', role: 'columnheader' }, head)),
      ),
    ),
    el(
      'tbody',
      { role: 'rowgroup' },
      rows.map((cells) => el('tr', { role: 'row' }, cells.map(cell))),
    ),
  )
}
