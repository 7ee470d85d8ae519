// What the app was given: its token response in the raw, and what can be done with it.

import { el } from './dom.js'
import { keptBack } from './scopes.js'
import { fhirBase, isOver, outcomeOf, sentenceOf } from './server.js'
import { timeOf } from './values.js'

const secrets = ['access_token', 'refresh_token', 'id_token']
const SHOWN = 16

/**
 * Fills the panel and makes its buttons work.
 * @param over called with the error when the token is good for nothing any more
 */
export function showGiven(panel, client, over) {
  const place = (id) => panel.querySelector(`#${id}`)
  const say = (...content) => place('outcome').replaceChildren(...content)

  const fill = () => {
    const answer = client.state.tokenResponse
    const kept = keptBack(client.state.scope, answer.scope)
    place('scopes').replaceChildren(...chips(answer.scope.split(' '), 'scope'))
    place('kept-back').hidden = kept.length === 0
    place('scopes-kept').replaceChildren(...chips(kept, 'scope kept'))
    place('token-response').replaceChildren(...json(answer))
    place('identity').hidden = !answer.id_token
    if (answer.id_token) place('id-token').replaceChildren(...json(client.getIdToken()))
    place('refresh').hidden = !answer.refresh_token
  }

  /** Does what a button says; where that fails, tells why. */
  const onClick = (id, act) =>
    place(id).addEventListener('click', async () => {
      try {
        say(await act())
      } catch (error) {
        if (isOver(error, client)) over(error)
        else say(el('p', {}, sentenceOf(error)))
      }
    })

  onClick('refresh', async () => {
    const before = client.state.tokenResponse.refresh_token
    await client.refresh()
    fill()
    const replaced = client.state.tokenResponse.refresh_token !== before
    return el(
      'p',
      {},
      `A new access token, good until ${timeOf(client.state.expiresAt * 1000)}.`,
      replaced ? ' The refresh token was replaced as well: the old one is spent.' : '',
    )
  })

  // A type that no launch of Glance asks for.
  onClick('overreach', async () => {
    await client.refreshIfNeeded()
    const path = `Procedure?patient=${client.patient.id}`
    const headers = { authorization: client.getAuthorizationHeader() }
    const answer = await fetch(`${fhirBase}/${path}`, { headers })
    if (answer.status === 401) throw answer
    return exchange(path, answer, outcomeOf(await answer.json()))
  })

  fill()
}

function chips(scopes, kind) {
  return scopes.map((scope) => el('li', {}, el('code', { class: kind }, scope)))
}

function exchange(path, { status, statusText }, sentence) {
  return el(
    'figure',
    { class: 'code' },
    el(
      'figcaption',
      {},
      el('span', {}, 'Answer'),
      el('span', { class: 'badge danger' }, `${status} ${statusText}`),
    ),
    el('pre', {}, el('b', {}, 'GET'), ` /fhir/${path}\n\n${sentence}`),
  )
}

/** An object as JSON, its keys marked, its tokens cut short: nobody should copy one from a screen. */
function json(object) {
  const lines = Object.entries(object).flatMap(([key, value], index) => [
    index === 0 ? '  ' : ',\n  ',
    el('b', {}, JSON.stringify(key)),
    ': ',
    secrets.includes(key)
      ? el('i', {}, `"${value.slice(0, SHOWN)}…" (${value.length} characters)`)
      : JSON.stringify(value, null, 2).replaceAll('\n', '\n  '),
  ])
  return ['{\n', ...lines, '\n}']
}
