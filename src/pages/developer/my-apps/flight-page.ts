import type { Client } from '../../../clients/client.ts'
import { redactedFlight } from '../../../launches/flight-document.ts'
import {
  allowSection,
  mistakeNotice,
  outcomeBadge,
  scopesSection,
  type Told,
} from '../../admin/flights/sections.ts'
import { traceSection } from '../../admin/flights/trace.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { developerSheet } from '../developer-page.ts'
import { ownAppPath } from '../paths.ts'
import type { DeveloperVisitor } from './door.ts'

/** How one launch of an app went: the likely mistake, then the steps. It names no person and no record. */
export function ownFlightPage({ words, head }: DeveloperVisitor, { id, metadata }: Client, told: Told): Page {
  const said = words.myApps.flights
  const known = redactedFlight(told)
  const { flight } = known
  const sections = [
    allowSection(known, words, [{ text: words.myApps.sandbox.back, href: ownAppPath(id) }]),
    scopesSection(known, words),
    traceSection(known, words),
  ]
  return developerSheet(words, {
    user: head,
    title: said.title(flight.id),
    lead: `${metadata.client_name}, ${datesIn(words).moment(flight.started).people}`,
    badge: outcomeBadge(flight.outcome, words),
    notice: mistakeNotice(known, words),
    sections: sections.filter((section) => section !== undefined),
  })
}
