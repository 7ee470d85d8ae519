import { mistakeOf } from '../../../launches/flight-mistakes.ts'
import type { Simulation } from '../../../smart/fault.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import type { Cell } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'
import { outcomeBadge } from './sections.ts'

export const outcomes = ['open', 'done', 'refused'] as const

export type FlightsModel = {
  flights: readonly {
    id: string
    client_id?: string | undefined
    client_name?: string | undefined
    user?: string | undefined
    outcome: (typeof outcomes)[number]
    reason?: string | undefined
    simulated?: Simulation | undefined
    /** An instant. */
    started: string
  }[]
  wanted: { reference: string; app: string; user: string; outcome: string }
  next?: string | undefined
  first: boolean
}

/** The flight records, a page at a time. */
export function flightsPage({ flights, wanted, next, first }: FlightsModel, { frame, words }: Admin): Page {
  const said = words.admin.flights
  const asked = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''))
  const to = (more: Record<string, string>) =>
    `${adminPaths.flights}?${new URLSearchParams({ ...asked, ...more })}`
  const shown = new Intl.NumberFormat(words.locale).format(flights.length)
  const isEmpty = flights.length === 0
  const all = Object.keys(asked).length === 0
  const none = all ? said.none : said.empty
  const link = all
    ? { text: words.admin.simulator.title, href: adminPaths.simulator }
    : { text: words.admin.showAll, href: adminPaths.flights }
  return sheetPage(frame, words, {
    part: 'flights',
    title: said.title,
    lead: said.lead,
    kept: asked,
    search: {
      action: adminPaths.flights,
      fields: [
        { name: 'reference', label: said.reference, value: wanted.reference },
        { name: 'app', label: said.app, value: wanted.app },
        { name: 'user', label: said.user, value: wanted.user },
        {
          name: 'outcome',
          label: said.outcome,
          type: 'select',
          options: [
            { value: '', label: said.all, selected: wanted.outcome === '' },
            ...outcomes.map((value) => ({
              value,
              label: said.outcomes[value],
              selected: value === wanted.outcome,
            })),
          ],
        },
      ],
      button: words.admin.search,
    },
    sections: isEmpty
      ? []
      : [
          {
            heading: said.caption,
            table: {
              caption: said.caption,
              columns: (['id', 'app', 'user', 'started', 'outcome'] as const).map((id) => ({
                label: said.columns[id],
              })),
              rows: flights.map((flight) => rowOf(flight, words)),
            },
          },
        ],
    empty: isEmpty ? { ...none, icon: 'search', link } : undefined,
    paging: isEmpty
      ? undefined
      : { said: said.shown(shown), first: first ? undefined : to({}), next: next && to({ after: next }) },
  })
}

function rowOf(flight: FlightsModel['flights'][number], words: Words): Cell[] {
  const { id, client_id, client_name, user, outcome, reason, simulated, started } = flight
  const said = words.admin.flights
  const simulatedBadge = { text: said.simulated, tone: 'info' } as const
  return [
    { text: id, href: adminPaths.flight(id) },
    client_name === undefined ? { text: client_id ?? said.unknownApp, muted: true } : { text: client_name },
    user === undefined ? { text: said.nobody, muted: true } : { text: user },
    { time: datesIn(words).moment(Date.parse(started)) },
    {
      badges: [outcomeBadge(outcome, words), ...(simulated === undefined ? [] : [simulatedBadge])],
      ...(reason === undefined ? {} : { hint: mistakeOf(reason, {}, words.mistakes)?.mistake ?? reason }),
    },
  ]
}
