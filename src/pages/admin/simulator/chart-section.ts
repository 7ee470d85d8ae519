import type { Client } from '../../../clients/registry.ts'
import { faults } from '../../../smart/fault.ts'
import type { User } from '../../../users/user.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import { reasonField } from '../confirm-page.ts'
import type { Admin } from '../door.ts'
import type { Field } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import type { Section } from '../sheet.ts'
import type { Choices, Chosen } from './choices.ts'

/** What is typed into the form of a launch. */
export const launchFields = [
  'launch_uri',
  'encounter',
  'intent',
  'banner',
  'style',
  'context',
  'fault',
  'reason',
] as const
export type LaunchForm = Readonly<Partial<Record<(typeof launchFields)[number], string>>>

type Model = Omit<Choices, 'app' | 'user'> & { app: Client; user: User; form?: LaunchForm | undefined }

/** The address of the simulator with what is chosen. */
export function simulatorAt(chosen: Chosen): string {
  return `${adminPaths.simulator}?${new URLSearchParams(chosen)}`
}

/** What else a chart says when it opens an app. */
export function chartSection(model: Model, { words, csrf }: Admin): Section {
  const { chart } = words.admin.simulator
  const { app, user, chosen } = model
  const uris = app.metadata.launch_uris ?? []
  if (uris.length === 0)
    return {
      heading: chart.heading,
      text: chart.noUri,
      links: [{ text: chart.settings, href: adminPaths.app(app.id) }],
    }
  return {
    heading: chart.heading,
    text: chart.text(app.metadata.client_name, user.displayName),
    form: { action: simulatorAt(chosen), csrf, fields: fieldsOf(model, uris, words), button: chart.button },
  }
}

function fieldsOf({ chosen, encounters, form = {} }: Model, uris: readonly string[], words: Words): Field[] {
  const { chart, faults: said } = words.admin.simulator
  const dates = datesIn(words)
  const select = (
    name: keyof LaunchForm,
    label: string,
    options: [string, string][],
    hint?: string,
  ): Field => ({
    name,
    label,
    hint,
    type: 'select',
    options: options.map(([value, text]) => ({ value, label: text, selected: value === (form[name] ?? '') })),
  })
  return [
    ...(uris.length < 2
      ? []
      : [
          select(
            'launch_uri',
            chart.launchUri,
            uris.map((uri) => [uri, uri]),
          ),
        ]),
    ...(chosen.patient === ''
      ? []
      : [
          select('encounter', chart.encounter, [
            ['', chart.none],
            ...encounters.map(({ id, start, kind, place }): [string, string] => [
              id,
              [kind, place, start && dates.fhirDate(start)].filter(Boolean).join(', ') || id,
            ]),
          ]),
        ]),
    { name: 'intent', label: chart.intent, hint: chart.intentHint, value: form.intent },
    select('banner', chart.banner, Object.entries(chart.banners)),
    { name: 'style', label: chart.style, hint: chart.styleHint, type: 'url', value: form.style },
    {
      name: 'context',
      label: chart.context,
      hint: chart.contextHint,
      type: 'area',
      rows: 2,
      value: form.context ?? '',
    },
    select(
      'fault',
      chart.fault,
      [['', chart.nothing], ...faults.map((fault): [string, string] => [fault, said[fault]])],
      chart.faultHint,
    ),
    reasonField(words, form.reason),
  ]
}
