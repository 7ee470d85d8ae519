import { agentInWords } from '../../account/agent.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Cell, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import type { Section } from '../sheet.ts'
import { valuesOf } from './user-form.ts'

/** A user as the operations show one. */
export type Shown = Awaited<ReturnType<AdminOperations['users']['show']['run']>>

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

export function tableOf(items: readonly Shown[], words: Words): Table {
  const { columns, caption, statuses } = words.admin.people.users
  return {
    caption,
    columns: (['name', 'roles', 'record', 'patients', 'status'] as const).map((id) => ({
      label: columns[id],
    })),
    rows: items.map((user): Cell[] => [
      { text: user.display_name, href: adminPaths.user(user.username), hint: user.username },
      { text: user.roles.join(', ') },
      user.fhir_user === undefined ? { text: '–', muted: true } : { code: user.fhir_user },
      { text: patientsOf(user, words) },
      { badges: [{ text: statuses[user.status], tone: user.status === 'active' ? 'ok' : '' }] },
    ]),
  }
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
