import { agentInWords } from '../../account/agent.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Badge, Cell, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import type { Section } from '../sheet.ts'
import { valuesOf } from './user-form.ts'

/** A user as the operations show one. */
export type Shown = Awaited<ReturnType<AdminOperations['users']['show']['run']>>

export type Allowed = Awaited<ReturnType<AdminOperations['users']['apps']['run']>>['items'][number]

export function stateSection(user: Shown, path: string, isOurs: boolean, words: Words): Section {
  const said = words.admin.people.user
  const turn = user.status === 'active' ? 'disable' : 'enable'
  return {
    heading: said.state,
    links: [
      { text: said[turn], href: `${path}/${turn}` },
      ...(isOurs ? [{ text: said.remove, href: `${path}/remove` }] : []),
    ],
  }
}

export function tableOf(items: readonly Shown[], now: number, words: Words): Table {
  const { columns, caption } = words.admin.people.users
  return {
    caption,
    columns: (['name', 'roles', 'patients', 'signedIn', 'status'] as const).map((id) => ({
      label: columns[id],
    })),
    rows: items.map((user): Cell[] => [
      { text: user.display_name, href: adminPaths.user(user.username), hint: user.username },
      { text: user.roles.join(', ') },
      { text: patientsOf(user, words), hint: user.fhir_user },
      lastSignIn(user, now, words),
      { badges: badgesOf(user, words) },
    ]),
  }
}

/** Enabled or not, and whether somebody must wait before the next try. */
export function badgesOf({ status, locked_until: locked }: Shown, { admin }: Words): Badge[] {
  const { statuses, locked: text } = admin.people.users
  return [
    { text: statuses[status], tone: status === 'active' ? 'ok' : '' },
    ...(locked === undefined ? [] : [{ text, tone: 'warn' as const, mark: 'lock' }]),
  ]
}

export function lastSignIn({ last_sign_in: at }: Shown, now: number, words: Words): Cell {
  return at === undefined
    ? { text: words.admin.people.users.never, muted: true }
    : { text: datesIn(words).since(Date.parse(at), now) }
}

function patientsOf({ patients }: Shown, { admin }: Words): string {
  const { everyone, nobody, some } = admin.people.users
  if (patients === 'all') return everyone
  return patients.length === 0 ? nobody : some(patients.length)
}

export function factsOf(user: Shown, words: Words) {
  const said = words.admin.people.user
  const values = valuesOf(user)
  return [
    { label: said.username, value: { code: user.username } },
    { label: said.roles, value: { text: values.roles } },
    { label: said.fhirUser, value: { code: values.fhir_user || '–' } },
    { label: said.patients, value: { text: patientsOf(user, words) } },
    { label: said.attributes, value: { text: values.attributes || '–' } },
  ]
}

export function sessionTable(
  items: readonly { id: string; since: string; address: string; agent: string }[],
  path: string,
  { words, mayChange }: Admin,
): Table {
  const { sessionColumns: columns, end } = words.admin.people.user
  const dates = datesIn(words)
  return {
    caption: words.admin.people.user.sessions,
    columns: [
      { label: columns.since },
      { label: columns.address },
      { label: columns.agent },
      ...(mayChange ? [{ label: columns.end, act: true }] : []),
    ],
    rows: items.map(({ id, since, address, agent }): Cell[] => [
      { time: dates.moment(Date.parse(since)) },
      { code: address },
      { text: agentInWords(agent, words) },
      ...(mayChange
        ? [{ button: { text: end, href: `${path}/end?id=${encodeURIComponent(id)}`, hidden: since } }]
        : []),
    ]),
  }
}

/** What somebody allows which apps, with a way to end each. */
export function appTable(items: readonly Allowed[], path: string, { words, mayChange }: Admin): Table {
  const { appColumns: columns, apps, withdraw, forPatient } = words.admin.people.user
  const dates = datesIn(words)
  return {
    caption: apps,
    columns: [
      { label: columns.app },
      { label: columns.scope },
      { label: columns.since },
      { label: columns.until },
      ...(mayChange ? [{ label: columns.end, act: true }] : []),
    ],
    rows: items.map(({ id, client_id: client, client_name: name, patient, scope, since, until }): Cell[] => [
      {
        text: name ?? client,
        ...(name === undefined ? {} : { href: adminPaths.app(client, 'use') }),
        ...(patient === undefined ? {} : { hint: forPatient(patient) }),
      },
      { code: scope },
      { text: dates.day(Date.parse(since)) },
      { text: dates.day(Date.parse(until)) },
      ...(mayChange
        ? [
            {
              button: {
                text: withdraw,
                href: `${path}/end-app?id=${encodeURIComponent(id)}`,
                hidden: name ?? client,
              },
            },
          ]
        : []),
    ]),
  }
}

/** How somebody gets in: the last time, what keeps them out, and a link for a password. */
export function signInSection(user: Shown, now: number, path: string, { words, mayChange }: Admin): Section {
  const said = words.admin.people.user
  const locked = user.locked_until
  return {
    heading: said.signIn,
    facts: [
      { label: said.lastSignIn, value: lastSignIn(user, now, words) },
      { label: said.hasPassword, value: { tick: user.has_password } },
      ...(locked === undefined
        ? []
        : [{ label: said.lockedUntil, value: { time: datesIn(words).moment(Date.parse(locked)) } }]),
    ],
    links: mayChange
      ? [
          ...(user.status === 'active'
            ? [{ text: user.has_password ? said.reset : said.invite, href: `${path}/link` }]
            : []),
          { text: said.unlock, href: `${path}/unlock` },
        ]
      : [],
  }
}
