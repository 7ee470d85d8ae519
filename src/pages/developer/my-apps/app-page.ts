import { kindOf } from '../../../clients/client.ts'
import type { Attempt } from '../../../clients/jwks-cache.ts'
import { keysOfClient } from '../../../clients/key-report.ts'
import type { ListedClient } from '../../../clients/overview.ts'
import type { Reminder } from '../../../clients/reminders.ts'
import { redactedFlight } from '../../../launches/flight-document.ts'
import { likelyMistakes } from '../../../launches/flight-mistakes.ts'
import { parseScopes, type Vocabulary } from '../../../smart/scope.ts'
import { matrixOf } from '../../admin/apps/access-page.ts'
import { credentialFacts } from '../../admin/apps/credentials-page.ts'
import { reportTable } from '../../admin/apps/key-fields.ts'
import { statusBadge } from '../../admin/apps/list-page.ts'
import { outcomeBadge, type Told } from '../../admin/flights/sections.ts'
import type { Fact, Notice } from '../../admin/parts.ts'
import type { Section } from '../../admin/sheet.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { developerSheet } from '../developer-page.ts'
import { failedAssertionPath, ownAppPath, ownFlightPath } from '../paths.ts'
import type { DeveloperVisitor } from './door.ts'
import { ownReminderSections } from './reminders.ts'

/** Somebody of the demo who may open an app, with whose record. */
export type SandboxPerson = { value: string; user: string; name: string; patient: string }

export type OwnAppModel = {
  client: Omit<ListedClient, 'kind'>
  attempt: Attempt | undefined
  vocabulary: Vocabulary
  /** What admins ask its owner to renew. */
  reminders: readonly Reminder[]
  /** Newest first, each with its steps. */
  flights: readonly Told[]
  /** Whether an assertion of it failed lately. */
  hasFailed: boolean
  /** In the demo: with whom it can be tried. */
  sandbox: readonly SandboxPerson[] | undefined
  now: number
  notice: Notice | undefined
}

/** One app of a developer: how it stands, and all they can do about it. */
export function ownAppPage(visitor: DeveloperVisitor, model: OwnAppModel): Page {
  const { words, head } = visitor
  const { client, vocabulary, notice } = model
  const said = words.myApps
  const { id, metadata, status } = client
  const table = matrixOf(parseScopes(metadata.scope, vocabulary).scopes, words)
  return developerSheet(words, {
    user: head,
    title: metadata.client_name,
    badge: statusBadge(status, words),
    notice,
    sections: [
      ...ownReminderSections(visitor, model.reminders),
      {
        heading: said.state.heading,
        text: stateText(model, words),
        facts: factsOf(model, words),
        links: [
          { text: said.act.edit, href: ownAppPath(id, 'edit') },
          { text: said.act.remove, href: ownAppPath(id, 'remove') },
        ],
      },
      ...sandboxSection(visitor, model),
      ...(table === undefined ? [] : [{ heading: said.may, table }]),
      ...credentialSections(visitor, model),
      flightSection(visitor, model),
    ],
  })
}

function stateText({ client: { status, metadata } }: OwnAppModel, { myApps }: DeveloperVisitor['words']) {
  const isService = kindOf(metadata) === 'service'
  return myApps.state[status === 'active' && isService ? 'activeService' : status]
}

function factsOf({ client, now }: OwnAppModel, words: DeveloperVisitor['words']): Fact[] {
  const { facts } = words.myApps
  const { id, metadata, created, used } = client
  const dates = datesIn(words)
  const addresses = (label: string, list: readonly string[] | undefined): Fact[] =>
    list === undefined || list.length === 0 ? [] : [{ label, value: { code: list.join(' ') } }]
  return [
    { label: facts.id, value: { code: id } },
    { label: facts.kind, value: { text: words.admin.apps.kinds[kindOf(metadata)] } },
    { label: facts.since, value: { time: dates.moment(created) } },
    {
      label: facts.used,
      value:
        used === undefined ? { text: words.admin.apps.never, muted: true } : { text: dates.since(used, now) },
    },
    ...addresses(facts.returns, metadata.redirect_uris),
    ...addresses(facts.launches, metadata.launch_uris),
  ]
}

function sandboxSection({ words, csrf }: DeveloperVisitor, { client, sandbox }: OwnAppModel): Section[] {
  const said = words.myApps.sandbox
  if (sandbox === undefined || client.status !== 'active' || kindOf(client.metadata) === 'service') return []
  if (client.metadata.launch_uris === undefined || sandbox.length === 0)
    return [{ heading: said.heading, text: said.noAddress }]
  return [
    {
      heading: said.heading,
      text: said.lead,
      form: {
        action: ownAppPath(client.id, 'launch'),
        csrf,
        fields: [
          {
            name: 'who',
            label: said.field,
            type: 'select',
            options: sandbox.map(({ value, name, patient }, index) => ({
              value,
              label: said.option(name, patient),
              selected: index === 0,
            })),
          },
        ],
        button: said.button,
      },
    },
  ]
}

function credentialSections({ words }: DeveloperVisitor, model: OwnAppModel): Section[] {
  const { client, attempt, hasFailed, now } = model
  const said = words.myApps
  const method = client.metadata.token_endpoint_auth_method
  const keys = keysOfClient(client.metadata, attempt)
  const links = [
    ...(method === 'client_secret_basic'
      ? [{ text: said.act.secret, href: ownAppPath(client.id, 'secret') }]
      : []),
    ...(method === 'none' ? [] : [{ text: said.act.keys, href: ownAppPath(client.id, 'keys') }]),
    ...(hasFailed ? [{ text: said.failed, href: failedAssertionPath(client.id) }] : []),
  ]
  return [
    { heading: said.credentials, facts: credentialFacts({ client, attempt, now }, words), links },
    ...(keys.length === 0 ? [] : [{ heading: said.keys, table: reportTable({ keys }, now, words) }]),
  ]
}

function flightSection({ words }: DeveloperVisitor, { client, flights }: OwnAppModel): Section {
  const said = words.myApps.flights
  const { heading, none, caption, columns } = said
  if (flights.length === 0) return { heading, text: none }
  return {
    heading,
    text: said.lead,
    table: {
      caption,
      columns: (['id', 'when', 'outcome', 'mistake'] as const).map((id) => ({ label: columns[id] })),
      rows: flights
        .map(redactedFlight)
        .map(({ flight, steps }) => [
          { text: flight.id, href: ownFlightPath(client.id, flight.id) },
          { time: datesIn(words).moment(flight.started) },
          { badges: [outcomeBadge(flight.outcome, words)] },
          { text: likelyMistakes(flight, steps, words.mistakes)[0]?.mistake ?? said.noMistake },
        ]),
    },
  }
}
