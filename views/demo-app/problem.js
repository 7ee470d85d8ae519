// What is shown instead, when there is nothing to show.

import { el } from './dom.js'

/**
 * Fills the page with what happened and a way on.
 * @param details what a developer wants to know
 */
export function showProblem({ heading, sentences, details }) {
  const title = el('h1', { tabindex: '-1' }, heading)
  document.title = `${heading} - Glance`
  document.getElementById('main').replaceChildren(
    el(
      'div',
      { class: 'head', id: 'problem' },
      title,
      sentences.map((sentence) => el('p', {}, sentence)),
    ),
    el(
      'div',
      { class: 'row' },
      el('a', { class: 'button primary', id: 'launch', href: 'launch.html' }, 'Launch again'),
    ),
    details
      ? el(
          'details',
          { class: 'more' },
          el('summary', {}, 'Technical details'),
          el('figure', { class: 'code' }, el('pre', {}, details)),
        )
      : '',
  )
  title.focus()
}
