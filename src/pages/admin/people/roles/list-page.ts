import type { Words } from '../../../words/en.ts'
import type { Admin } from '../../door.ts'
import type { AdminOperations } from '../../operations/table.ts'
import type { Cell, Table } from '../../parts.ts'
import { adminPaths } from '../../paths.ts'
import { sheetPage } from '../../sheet.ts'
import { fileIn, originOf, statusBadge } from './parts.ts'

type Listed = Awaited<ReturnType<AdminOperations['roles']['list']['run']>>

/** All roles: those that were defined here, and the server's own. */
export function rolesPage({ frame, words, mayChange }: Admin, listed: Listed, done: string | undefined) {
  const said = words.admin.roles.list
  return sheetPage(frame, words, {
    part: 'roles',
    title: said.title,
    lead: said.lead,
    notice: done === undefined ? undefined : { tone: 'ok', text: done },
    act: mayChange ? { text: said.new, href: adminPaths.role('new') } : undefined,
    sections: [
      {
        heading: said.defined,
        ...(listed.items.length === 0 ? { text: said.none } : { table: definedTable(listed.items, words) }),
      },
      { heading: said.own, table: ownTable(listed.built_in, words) },
      { heading: said.try, text: said.tryLead, links: [{ text: said.try, href: adminPaths.try }] },
    ],
  })
}

function definedTable(items: Listed['items'], words: Words): Table {
  const { defined, columns, rules, readOnly } = words.admin.roles.list
  return {
    caption: defined,
    columns: (['role', 'rules', 'users', 'origin', 'status'] as const).map((id) => ({ label: columns[id] })),
    rows: items.map((role): Cell[] => [
      { text: role.title, href: adminPaths.role(role.role), hint: role.role },
      { text: rules(fileIn(role).rules.length) },
      usersCell(role, words),
      {
        text: originOf(role, words),
        ...(role.origin === 'config' ? { badges: [{ text: readOnly, tone: '' }] } : {}),
      },
      { badges: [statusBadge(role, words)] },
    ]),
  }
}

function ownTable(items: Listed['built_in'], words: Words): Table {
  const { builtIn, list } = words.admin.roles
  return {
    caption: list.own,
    columns: (['role', 'allows', 'users'] as const).map((id) => ({ label: list.ownColumns[id] })),
    rows: items.map((one): Cell[] => [
      { text: one.role, href: adminPaths.role(one.role) },
      { text: builtIn[one.role] },
      usersCell(one, words),
    ]),
  }
}

function usersCell({ role, users }: { role: string; users: number }, { locale }: Words): Cell {
  const text = new Intl.NumberFormat(locale).format(users)
  return users === 0 ? { text, muted: true } : { text, href: holdersHref(role) }
}

/** The users who have a role. */
export function holdersHref(role: string): string {
  return `${adminPaths.users}?${new URLSearchParams({ role })}`
}
