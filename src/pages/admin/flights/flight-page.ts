import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import { adminPaths } from '../paths.ts'
import { tryHref } from '../people/try-page.ts'
import { type Section, sheetPage } from '../sheet.ts'
import {
  allowSection,
  mistakeNotice,
  outcomeBadge,
  scopesSection,
  type Told,
  tokenSections,
} from './sections.ts'
import { traceSection } from './trace.ts'

export type FlightModel = Told & {
  /** The app, if there is one of that id. */
  app: { id: string; name: string } | undefined
  /** The username. */
  user: string | undefined
  /** Until when the links to it are good (milliseconds). */
  shared: readonly number[]
  watching: boolean
}

/** One flight record: the likely mistake, and how it came to that. */
export function flightPage(model: FlightModel, { frame, mayChange, words, csrf }: Admin): Page {
  const { flight, app, user, watching } = model
  const { flights, simulator } = words.admin
  const { one } = flights
  const path = adminPaths.flight(flight.id)
  const when = datesIn(words).moment(flight.started).people
  const mend =
    app === undefined
      ? []
      : [
          { text: one.allow.settings, href: adminPaths.app(app.id) },
          { text: one.allow.access, href: adminPaths.app(app.id, 'access') },
        ]
  const again = { text: simulator.runAgain, href: `${adminPaths.simulator}?flight=${flight.id}` }
  const links = [
    { text: simulator.saveTrace, href: `${path}/trace` },
    ...(flight.simulated === undefined || !mayChange ? [] : [again]),
  ]
  const sections = [
    allowSection(model, words, mend),
    scopesSection(model, words),
    { ...traceSection(model, words), links },
    ...tokenSections(model, words),
    factsSection(model, words),
    mayChange ? shareSection(path, csrf, words) : undefined,
    mayChange && model.shared.length > 0 ? sharedSection(model, path, csrf, words) : undefined,
  ]
  return sheetPage(frame, words, {
    part: 'flights',
    title: one.title(flight.id),
    lead: `${one.lead(when, app?.name ?? flight.clientId ?? flights.unknownApp, user ?? flights.nobody)} ${watching ? one.watching : ''}`,
    badge: outcomeBadge(flight.outcome, words),
    crumbs: [{ name: flights.title, href: adminPaths.flights }],
    acts: app === undefined ? [] : [{ text: words.admin.roles.page.try, href: askedHref(model, app.id) }],
    notice: {
      ...mistakeNotice(model, words),
      link: watching ? { text: one.stop, href: path } : { text: one.watch, href: `${path}?watch=1` },
    },
    sections: sections.filter((section) => section !== undefined),
    kept: watching ? { watch: '1' } : {},
  })
}

/** The question what this user would get with what the app asked for. */
function askedHref({ steps, user }: FlightModel, client: string): string {
  const asked = steps.find(({ detail }) => detail.parameters?.scope !== undefined)?.detail.parameters?.scope
  return tryHref({
    client,
    ...(user === undefined ? {} : { user }),
    scope: asked ?? (user === undefined ? 'system/*.rs' : 'user/*.rs'),
    path: '/Patient',
  })
}

function factsSection({ flight, app, user }: FlightModel, words: Words): Section {
  const { flights, simulator } = words.admin
  const { facts } = flights.one
  const { clientId, simulated, reason } = flight
  return {
    heading: facts.heading,
    facts: [
      {
        label: facts.app,
        value:
          app === undefined
            ? { text: clientId ?? flights.unknownApp }
            : { text: app.name, href: adminPaths.app(app.id), code: app.id },
      },
      { label: facts.user, value: { text: user ?? flights.nobody } },
      { label: facts.began, value: { time: datesIn(words).moment(flight.started) } },
      ...(reason === undefined ? [] : [{ label: facts.reason, value: { code: reason } }]),
      ...(simulated === undefined
        ? []
        : [
            {
              label: facts.simulated,
              value: { text: simulated === 'plain' ? facts.plain : simulator.faults[simulated] },
            },
          ]),
    ],
  }
}

function shareSection(path: string, csrf: string, { admin }: Words): Section {
  const { heading, text, button } = admin.flights.one.share
  return { heading, text, form: { action: `${path}/share`, csrf, fields: [], button } }
}

/** The links that there are, and the end of them. */
function sharedSection({ shared }: FlightModel, path: string, csrf: string, words: Words): Section {
  const { links } = words.admin.flights.one.share
  const moments = shared.map((until) => datesIn(words).moment(until).people)
  return {
    heading: links.heading,
    text: links.text(new Intl.ListFormat(words.locale, { type: 'conjunction' }).format(moments)),
    form: { action: `${path}/unshare`, csrf, fields: [], button: links.button, danger: true },
  }
}
