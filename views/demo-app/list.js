// A kind of resource as a plain list.

import { el } from './dom.js'
import { badge } from './parts.js'

/** @param read makes of a resource what is shown of it: `{ name, note, badge }` */
export function listOf(read) {
  return ({ list, total }) => {
    if (list.length === 0) return []
    const items = list
      .map(read)
      .map(({ name, note, badge: state }) =>
        el(
          'li',
          {},
          el('div', {}, name, note ? el('p', { class: 'muted small-text' }, note) : undefined),
          state && badge(state),
        ),
      )
    const more = total > list.length ? `The newest ${list.length} of ${total}.` : undefined
    return [el('ul', { class: 'list' }, items), more && el('p', { class: 'hint' }, more)]
  }
}
