import { redactedFlight } from '../../../launches/flight-document.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import { adminPaths } from '../paths.ts'
import { sheetData, sheetPage } from '../sheet.ts'
import { allowSection, mistakeNotice, outcomeBadge, scopesSection, type Told } from './sections.ts'
import { traceSection } from './trace.ts'

/** The link, for the admin who made it. */
export function linkPage(id: string, { url, expires }: { url: string; expires: string }, admin: Admin): Page {
  const { frame, words } = admin
  const { shared } = words.admin.flights
  return sheetPage(frame, words, {
    part: 'flights',
    title: shared.made,
    lead: shared.lead(datesIn(words).moment(Date.parse(expires)).people),
    crumbs: [
      { name: words.admin.flights.title, href: adminPaths.flights },
      { name: words.admin.flights.one.title(id), href: adminPaths.flight(id) },
    ],
    sections: [
      {
        heading: shared.heading,
        codes: [{ caption: shared.heading, what: shared.copy, pieces: [{ text: url }] }],
        links: [{ text: shared.back, href: adminPaths.flight(id) }],
      },
    ],
    // Its address is that of a form: it cannot be asked for again.
    kept: false,
  })
}

/**
 * What the maker of an app sees of a record: nothing that names a person, and no id but the app's and the record's.
 * @param app its name, or its id where there is none
 * @param expires until when the link is good
 * @param save where the same is as a file
 */
export function sharedPage(told: Told, app: string, expires: number, save: string, words: Words): Page {
  const { shared } = words.admin.flights
  const { moment } = datesIn(words)
  const known = redactedFlight(told)
  const { flight } = known
  const sections = [
    allowSection(known, words),
    scopesSection(known, words),
    { ...traceSection(known, words), links: [{ text: words.admin.simulator.saveTrace, href: save }] },
  ]
  const title = shared.title(flight.id)
  return {
    layout: 'page',
    view: 'admin/sheet',
    words,
    title,
    kept: {},
    data: sheetData({
      title,
      lead: `${shared.leadOf(moment(flight.started).people, app)} ${shared.notice(moment(expires).people)}`,
      badge: outcomeBadge(flight.outcome, words),
      notice: mistakeNotice(known, words),
      sections: sections.filter((section) => section !== undefined),
    }),
  }
}
