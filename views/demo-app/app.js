// Glance: comes back from a launch, reads the record, and shows it.

import { copyOf } from './dom.js'
import { showGiven } from './given.js'
import { showProblem } from './problem.js'
import { readRecord } from './record.js'
import { began, forget, hasLaunch, isOver, sentenceOf } from './server.js'
import { timeOf } from './values.js'

const main = document.getElementById('main')
const { searchParams: answer, pathname } = new URL(location.href)

// A public app has no secret to add when it refreshes: its name is all (RFC 6749 §6, §3.2.1).
FHIR.oauth2.settings.refreshTokenWithClientId = true

await open()

async function open() {
  const answered = answer.has('code') || answer.has('error')
  if (answered && !began(answer.get('state'))) return notBegunHere()
  if (answer.has('error')) return notAllowed()
  if (!answered && !hasLaunch()) return start()
  let client
  try {
    client = await FHIR.oauth2.ready()
  } catch (error) {
    return showProblem({
      heading: 'Glance got no token',
      sentences: [sentenceOf(error)],
      details: error.message,
    })
  } finally {
    // What came back has been used; a reload shall not use it again.
    history.replaceState(null, '', pathname)
  }
  // Somebody who came back by hand from the sign-in has begun a launch and not finished it.
  if (!client.state.tokenResponse?.access_token) return start()
  if (!client.patient.id) return noPatient(client)
  await show(client)
}

async function show(client) {
  const over = (error) => ended(error, client)
  let record
  try {
    await client.refreshIfNeeded()
    record = await readRecord(client)
  } catch (error) {
    if (isOver(error, client)) return over(error)
    return showProblem({
      heading: 'Glance could not read',
      sentences: [sentenceOf(error)],
      details: error.message,
    })
  }
  showGiven(record.querySelector('#given'), client, over)
  main.replaceChildren(record)
  document.title = `${document.getElementById('patient-name').textContent} - Glance`
  document.getElementById('read-again').addEventListener('click', async () => {
    await show(client)
    const button = document.getElementById('read-again')
    if (button === null) return
    button.focus()
    document.getElementById('status').textContent = `Read again at ${timeOf(Date.now())}`
  })
}

function start() {
  document.title = 'Glance'
  main.replaceChildren(copyOf('start'))
}

/** The token is good for nothing any more. What was read with it goes from the page too. */
function ended(error, client) {
  const outOfTime = error.status !== 401 || client.state.expiresAt * 1000 < Date.now()
  forget(client)
  showProblem(
    outOfTime
      ? {
          heading: 'Your access has ended',
          sentences: [
            'Its time was up, or it was withdrawn. Glance can read nothing more, and shows nothing more.',
          ],
        }
      : {
          heading: 'Your access was withdrawn',
          sentences: [
            'The hospital’s server no longer takes the token of this app. Glance can read nothing more, and shows nothing more.',
          ],
        },
  )
}

/** RFC 6749 §4.1.2.1: the server sent the person back with an error instead of a code. */
function notAllowed() {
  const code = answer.get('error')
  const denied = code === 'access_denied'
  history.replaceState(null, '', pathname)
  showProblem({
    heading: denied ? 'Nothing was shared' : 'The launch did not work',
    sentences: [answer.get('error_description') ?? 'The server did not say why.'],
    details: `error: ${code}`,
  })
}

/** Anybody can make such an address, so what it says is not shown. */
function notBegunHere() {
  history.replaceState(null, '', pathname)
  showProblem({
    heading: 'This launch did not begin here',
    sentences: [
      'The answer in the address belongs to no launch that this window began, so Glance did not use it.',
    ],
  })
}

function noPatient(client) {
  forget(client)
  showProblem({
    heading: 'No patient was chosen',
    sentences: ['Glance shows one patient’s record, and the server did not say whose.'],
  })
}
