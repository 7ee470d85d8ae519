import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import { isOfWhomItIsAbout } from '../named-act.ts'
import type { Code, Fact, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Section, sheetPage } from '../sheet.ts'
import { type Entry, eventName, outcomeBadge } from './audit-page.ts'
import type { Names } from './names.ts'

export type EntryModel = {
  entry: Entry
  names: Names
  /** The same as FHIR resources: one a patient. */
  events: readonly object[]
  /** Whether its hash follows from the one before; nothing where that cannot be said. */
  follows: boolean | undefined
  /** Of a refused request: the question why. */
  tryIt: string | undefined
}

/** One entry of the audit: all its facts, what was changed, and the AuditEvents that it is for FHIR clients. */
export function entryPage(
  { frame, words }: Admin,
  { entry, names, events, follows, tryIt }: EntryModel,
): Page {
  const said = words.admin.audit
  const { seq, at, event, detail, hash } = entry
  const title = said.entry.title(new Intl.NumberFormat(words.locale).format(seq))
  const changed = changesIn(detail.changed)
  const sections: Section[] = [
    { heading: said.entry.facts, facts: factsOf(entry, names, words) },
    ...(changed.length === 0 ? [] : [{ heading: said.entry.changes, table: changeTable(changed, words) }]),
    {
      heading: said.entry.chain,
      badge:
        follows === undefined
          ? { text: said.entry.unchained, tone: '' }
          : follows
            ? { text: said.entry.follows, tone: 'ok', mark: 'chain' }
            : { text: said.entry.altered, tone: 'danger', mark: 'alert' },
      facts: [{ label: said.entry.hash, value: hash === undefined ? { text: '–' } : { code: hash } }],
    },
    {
      heading: said.entry.fhir,
      text: said.entry.fhirLead,
      codes: events.slice(0, MOST).map((resource) => jsonCode('AuditEvent', resource)),
    },
  ]
  return sheetPage(frame, words, {
    part: 'audit',
    title,
    heading: eventName(event, words),
    lead: `${title} · ${datesIn(words).moment(Date.parse(at)).people}`,
    badge: outcomeBadge(entry, words),
    crumbs: [{ name: said.title, href: adminPaths.audit }],
    acts: tryIt === undefined ? [] : [{ text: words.admin.roles.page.try, href: tryIt }],
    sections,
  })
}

/** AuditEvents of an entry about several patients that are shown. */
const MOST = 3

function factsOf(entry: Entry, names: Names, words: Words): Fact[] {
  const { at, event, reason, client_id, user_id, patient, token_id, request_id, detail } = entry
  const { labels } = words.admin.audit.entry
  const look = (filter: string, value: string) =>
    `${adminPaths.audit}?${new URLSearchParams({ [filter]: value })}`
  const facts: (Fact | undefined)[] = [
    { label: labels.time, value: { time: { people: at, machine: at } } },
    { label: labels.event, value: { code: event } },
    reason === undefined ? undefined : { label: labels.reason, value: { code: reason } },
    user_id === undefined
      ? undefined
      : {
          label: isOfWhomItIsAbout({ event, userId: user_id, detail }) ? labels.subject : labels.user,
          value: { text: names.user(user_id), href: look('user', user_id), code: user_id },
        },
    client_id === undefined
      ? undefined
      : {
          label: labels.client,
          value: { text: names.app(client_id), href: look('client', client_id), code: client_id },
        },
    patient === undefined
      ? undefined
      : { label: labels.patient, value: { text: patient, href: look('patient', patient) } },
    token_id === undefined ? undefined : { label: labels.token, value: { code: token_id } },
    request_id === undefined
      ? undefined
      : { label: labels.request, value: { text: request_id, href: look('request', request_id) } },
    ...Object.entries(detail)
      .filter(([name, value]) => name !== 'changed' && value !== undefined)
      .map(([name, value]) => ({
        label: words.admin.audit.entry.details[name] ?? name,
        value: cellOf(value),
      })),
  ]
  return facts.filter((fact) => fact !== undefined)
}

function cellOf(value: unknown) {
  return typeof value === 'string' ? { text: value } : { code: JSON.stringify(value) }
}

type Change = { member: string; before: unknown; after: unknown }

function changesIn(changed: unknown): Change[] {
  if (typeof changed !== 'object' || changed === null) return []
  return Object.entries(changed as Record<string, { before?: unknown; after?: unknown }>).map(
    ([member, { before, after }]) => ({ member, before, after }),
  )
}

function changeTable(changed: readonly Change[], { admin }: Words): Table {
  const { columns, changes } = admin.audit.entry
  const shown = (value: unknown) => (value === undefined ? { text: '–', muted: true } : cellOf(value))
  return {
    caption: changes,
    columns: [{ label: columns.member }, { label: columns.before }, { label: columns.after }],
    rows: changed.map(({ member, before, after }) => [
      { text: admin.members[member] ?? member },
      shown(before),
      shown(after),
    ]),
  }
}

function jsonCode(caption: string, value: object): Code {
  return { caption, what: caption, pieces: [{ text: JSON.stringify(value, null, 2) }] }
}
