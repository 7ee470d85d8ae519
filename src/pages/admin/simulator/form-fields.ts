import { faults } from '../../../smart/fault.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import { reasonField } from '../confirm-page.ts'
import type { Field, Options } from '../parts.ts'
import { APPS, type Choices } from './choices.ts'
import type { LaunchForm } from './launch-form.ts'

type Model = Choices & { form: LaunchForm; reason: string }

/** The form of the simulator, in its order (views/pages/admin/simulator.ejs). */
export function formFields(model: Model, words: Words) {
  const { form } = model
  const { simulator } = words.admin
  return {
    from: fromOptions(form, words),
    app: appField(model, words),
    user: userField(model, words),
    q: { name: 'q', label: simulator.q, hint: simulator.qHint, value: form.q } satisfies Field,
    patient: patientField(model, words),
    encounter: encounterField(model, words),
    banner: form.banner !== 'no',
    fault: select(
      'fault',
      simulator.fault,
      [['', simulator.nothing], ...faults.map((fault): [string, string] => [fault, simulator.faults[fault]])],
      form.fault,
    ),
    more: moreFields(model, words),
    reason: reasonField(words, model.reason),
  }
}

function fromOptions({ from }: LaunchForm, { admin }: Words): Options {
  const { legend, ...said } = admin.simulator.from
  return {
    name: 'from',
    legend,
    options: (['chart', 'app'] as const).map((value) => ({ value, ...said[value], checked: value === from })),
  }
}

function appField({ apps, app, form }: Model, { admin }: Words): Field {
  const { app: label, appHint: hint } = admin.simulator
  const value = app?.id ?? form.app
  if (apps.length > APPS) return { name: 'app', label, hint, value, required: true }
  return select(
    'app',
    label,
    apps.map(({ id, metadata }) => [id, metadata.client_name]),
    value,
  )
}

function userField({ usernames, user, form }: Model, { admin }: Words): Field {
  const label = admin.simulator.user
  const value = user?.username ?? form.user
  if (usernames === undefined) return { name: 'user', label, value, required: true }
  return select(
    'user',
    label,
    usernames.map(({ username, name }) => [username, `${name} (${username})`]),
    value,
  )
}

function patientField({ patients, form }: Model, words: Words): Field {
  const { simulator } = words.admin
  const { cards, more } = patients
  if (cards.length === 0) {
    const hint = form.q === '' ? simulator.idHint : `${simulator.nobodyFound} ${simulator.idHint}`
    return { name: 'patient', label: simulator.id, hint, value: form.patient }
  }
  const dates = datesIn(words)
  const found = cards.map(({ id, name, born, record }): [string, string] => [
    id,
    [name, ...(born === undefined ? [] : [dates.fhirDate(born)]), record ?? id].join(', '),
  ])
  // What was chosen before stays, though the search was changed.
  const kept: [string, string][] =
    form.patient === '' || cards.some(({ id }) => id === form.patient) ? [] : [[form.patient, form.patient]]
  const hint = more ? simulator.manyFound : undefined
  return select(
    'patient',
    simulator.found,
    [['', simulator.noPatient], ...kept, ...found],
    form.patient,
    hint,
  )
}

function encounterField({ encounters, form }: Model, words: Words): Field {
  const { encounter, none, encounterHint } = words.admin.simulator
  const dates = datesIn(words)
  const visits = encounters.map(({ id, start, kind, place }): [string, string] => [
    id,
    [kind, place, start && dates.fhirDate(start)].filter(Boolean).join(', ') || id,
  ])
  const hint = form.patient === '' ? encounterHint : undefined
  return select('encounter', encounter, [['', none], ...visits], form.encounter, hint)
}

/** What is seldom asked, of a launch from the chart. */
function moreFields({ app, form }: Model, words: Words): Field[] {
  const { chart } = words.admin.simulator
  const uris = app?.metadata.launch_uris ?? []
  return [
    ...(uris.length < 2
      ? []
      : [
          select(
            'launch_uri',
            chart.launchUri,
            uris.map((uri) => [uri, uri]),
            form.launch_uri,
          ),
        ]),
    { name: 'intent', label: chart.intent, hint: chart.intentHint, value: form.intent },
    { name: 'style', label: chart.style, hint: chart.styleHint, type: 'url', value: form.style },
    {
      name: 'context',
      label: chart.context,
      hint: chart.contextHint,
      type: 'area',
      rows: 2,
      value: form.context,
    },
  ]
}

function select(
  name: keyof LaunchForm,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  hint?: string,
): Field {
  const all = options.map(([value, text]) => ({ value, label: text, selected: value === chosen }))
  return { name, label, hint, type: 'select', options: all }
}
