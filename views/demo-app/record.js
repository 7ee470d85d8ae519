// The patient's view: reads what was shared, and says kindly what was not.

import { copyOf, el } from './dom.js'
import { remark } from './parts.js'
import { opens } from './scopes.js'
import { sections } from './sections.js'
import { search, sentenceOf } from './server.js'
import { ageOf, dayOf, nameOf, recordNumberOf, timeOf, wordsOf } from './values.js'

/**
 * Reads the record of the patient in context.
 * @returns the page's content, filled
 * @throws HttpError 401 of fhirclient, when the token is good for nothing any more
 */
export async function readRecord(client) {
  const view = copyOf('record')
  const granted = client.state.tokenResponse.scope
  const [patient, user, visit] = await Promise.all([
    opens(granted, 'r', 'Patient') ? orRefusal(client.patient.read()) : undefined,
    client.user.resourceType === 'Practitioner' && opens(granted, 'r', 'Practitioner')
      ? orRefusal(client.user.read())
      : undefined,
    client.encounter.id && opens(granted, 'r', 'Encounter') ? orRefusal(client.encounter.read()) : undefined,
    ...sections.map(async (section) => {
      const place = view.querySelector(`#${section.id} [data-content]`)
      place.append(...(await contentOf(section, client, granted)).filter(Boolean))
    }),
  ])
  view.querySelector('#patient-name').append(patient?.name ? nameOf(patient) : 'Name not shared')
  view.querySelector('#patient-facts').append(...factsOf(patient, client.patient.id))
  view.querySelector('#session').append(sessionOf({ client, user, visit }))
  return view
}

async function contentOf({ what, type, category, parameters, show }, client, granted) {
  if (!opens(granted, 's', type, category)) {
    return [
      remark('lock', `${what} were not shared with this app. It cannot even tell whether there are any.`),
    ]
  }
  const found = await orRefusal(search(client, type, { patient: client.patient.id, ...parameters }))
  if (found.refusal) return [remark('lock', found.refusal)]
  const content = show(found)
  return content.length === 0 ? [remark('info', 'There are none in this record.')] : content
}

/** Where one thing is refused the others are still shown; without a good token nothing is. */
async function orRefusal(reading) {
  try {
    return await reading
  } catch (error) {
    if (error.status === 401) throw error
    return { refusal: sentenceOf(error) }
  }
}

function factsOf(patient, id) {
  const facts = patient?.name
    ? [
        [
          'Born',
          patient.birthDate ? `${dayOf(patient.birthDate)} (${ageOf(patient.birthDate)})` : 'Not known',
        ],
        ['Sex', patient.gender ? patient.gender[0].toUpperCase() + patient.gender.slice(1) : 'Not known'],
        ['Record', `MRN ${recordNumberOf(patient) ?? 'not known'}`],
      ]
    : [['Record', `${id}. Name and birth date were not shared with this app.`]]
  return facts.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value)))
}

function sessionOf({ client, user, visit }) {
  return [
    user?.name && `Signed in as ${nameOf(user)}.`,
    visit?.period && `Visit of ${dayOf(visit.period.start)}: ${wordsOf(visit.type?.[0])}.`,
    `Read at ${timeOf(Date.now())}; the token is good until ${timeOf(client.state.expiresAt * 1000)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}
