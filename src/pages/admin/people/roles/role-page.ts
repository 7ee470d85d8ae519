import { datesIn } from '../../../dates.ts'
import type { Words } from '../../../words/en.ts'
import type { Admin } from '../../door.ts'
import type { RoleHolders } from '../../operations/role-review.ts'
import type { Fact, Link } from '../../parts.ts'
import { adminPaths } from '../../paths.ts'
import { type Section, sheetPage } from '../../sheet.ts'
import { tryHref } from '../try-page.ts'
import { draftOf } from './draft.ts'
import { holdersHref } from './list-page.ts'
import { matrixOf } from './matrix.ts'
import {
  type BuiltInRole,
  crumbsTo,
  fileIn,
  fileOfBuiltIn,
  originOf,
  type Shown,
  statusBadge,
} from './parts.ts'
import { ruleSentence } from './sentence.ts'

type Model = { role: Shown; holders: RoleHolders; done: string | undefined }

/** One role: what it allows as a table and in words, who has it, and what can be done with it. */
export function rolePage({ frame, words, mayChange }: Admin, { role, holders, done }: Model) {
  const said = words.admin.roles.page
  const file = fileIn(role)
  const { rules } = draftOf(file)
  const isOurs = role.origin !== 'config'
  return sheetPage(frame, words, {
    part: 'roles',
    title: role.title,
    lead: file.description,
    badge: statusBadge(role, words),
    crumbs: crumbsTo(words),
    acts: linksOf({ role, holders, isOurs, mayChange }, words),
    notice:
      done !== undefined
        ? { tone: 'ok', text: done }
        : role.status === 'disabled'
          ? { tone: 'warn', text: said.disabled }
          : undefined,
    sections: [
      ...(rules.length === 0
        ? [{ heading: said.matrix, text: said.noRules }]
        : [
            { heading: said.matrix, rules: matrixOf(rules, words) },
            {
              heading: said.words,
              list: { tone: '' as const, items: rules.map((rule) => ruleSentence(rule, words)) },
            },
          ]),
      {
        heading: said.facts,
        ...(isOurs ? {} : { text: said.configured }),
        facts: factsOf(role, words),
      },
      holdersSection(role.role, holders, words),
      ...(mayChange ? [endSection(role, isOurs, words)] : []),
    ],
  })
}

/** One of the server's own. */
export function builtInPage({ frame, words, mayChange }: Admin, role: BuiltInRole, holders: RoleHolders) {
  const { page, builtIn } = words.admin.roles
  const { rules } = draftOf(fileOfBuiltIn(role))
  return sheetPage(frame, words, {
    part: 'roles',
    title: role,
    lead: builtIn[role],
    badge: { text: builtIn.badge, tone: 'info' },
    crumbs: crumbsTo(words),
    acts: [
      ...(mayChange ? [{ text: page.copy, href: copyHref(role) }] : []),
      { text: page.try, href: firstTry(holders, rules[0]?.types[0]) },
    ],
    notice: { tone: 'info', text: builtIn.text },
    sections: [
      rules.length === 0
        ? { heading: page.matrix, text: page.noRules }
        : { heading: page.matrix, rules: matrixOf(rules, words) },
      holdersSection(role, holders, words),
    ],
  })
}

export function isHeld({ users, clients, api_keys: keys, issuers }: RoleHolders): boolean {
  return users + clients.length + keys.length + issuers.length > 0
}

/** Why a role cannot be deleted: who has it. */
export function heldPage({ frame, words }: Admin, role: string, holders: RoleHolders) {
  const { held, heldText, back } = words.admin.roles.remove
  return sheetPage(frame, words, {
    part: 'roles',
    title: held(role),
    crumbs: crumbsTo(words),
    kept: false,
    notice: { tone: 'warn', text: heldText, link: { text: back, href: adminPaths.role(role) } },
    sections: [holdersSection(role, holders, words)],
  })
}

type Doing = { role: Shown; holders: RoleHolders; isOurs: boolean; mayChange: boolean }

function linksOf({ role, holders, isOurs, mayChange }: Doing, words: Words): Link[] {
  const said = words.admin.roles.page
  const path = adminPaths.role(role.role)
  const edits = [
    { text: said.edit, href: `${path}/edit` },
    { text: said.file, href: `${path}/edit?as=file` },
  ]
  return [
    ...(mayChange && isOurs ? edits : []),
    ...(mayChange ? [{ text: said.copy, href: copyHref(role.role) }] : []),
    { text: said.try, href: firstTry(holders, fileIn(role).rules[0]?.types[0]) },
    { text: said.download, href: `${path}/download` },
  ]
}

function copyHref(role: string): string {
  return `${adminPaths.role('new')}?${new URLSearchParams({ from: role })}`
}

/** The question what somebody who has the role may do with its first kind of records. */
function firstTry({ some }: RoleHolders, type: string | undefined): string {
  return tryHref({
    ...(some[0] === undefined ? {} : { user: some[0].username }),
    scope: 'user/*.cruds',
    path: `/${type === undefined || type === '*' ? 'Patient' : type}`,
  })
}

function factsOf(role: Shown, words: Words): Fact[] {
  const said = words.admin.roles.page
  const { apps, scopes, basic } = fileIn(role)
  const when = datesIn(words).moment(Date.parse(role.updated))
  return [
    { label: said.name, value: { code: role.role } },
    { label: said.apps, value: apps[0] === '*' ? { text: said.any } : { code: apps.join(' ') } },
    {
      label: said.scopes,
      value: scopes === undefined ? { text: said.any } : { code: scopes || said.noneOf },
    },
    { label: said.basic, value: { text: said.basics[basic ?? 'none'] } },
    { label: said.origin, value: { text: originOf(role, words) } },
    { label: said.changed, value: { time: when, hint: said.version(role.version) } },
  ]
}

function holdersSection(role: string, holders: RoleHolders, words: Words): Section {
  const said = words.admin.roles.page
  const { users, some, clients, api_keys: keys, issuers } = holders
  const facts: Fact[] = [
    ...some.map(({ username, display_name: text }) => ({
      label: username,
      value: { text, href: adminPaths.user(username) },
    })),
    ...clients.map(({ id, name: text }) => ({
      label: said.services,
      value: { text, href: adminPaths.app(id) },
    })),
    ...keys.map(({ name: text }) => ({ label: said.keys, value: { text, href: adminPaths.apiKeys } })),
    ...issuers.map((code) => ({ label: said.issuers, value: { code } })),
  ]
  const count = new Intl.NumberFormat(words.locale).format(users)
  return {
    heading: said.holders,
    badge: { text: said.users(count), tone: '' },
    ...(facts.length === 0 ? { text: said.nobody } : { facts }),
    links: users > some.length ? [{ text: said.allUsers, href: holdersHref(role) }] : [],
  }
}

function endSection({ role, status }: Shown, isOurs: boolean, words: Words): Section {
  const said = words.admin.roles.page
  const path = adminPaths.role(role)
  const turn = status === 'active' ? 'disable' : 'enable'
  return {
    heading: said.acts,
    links: [
      { text: said[turn], href: `${path}/${turn}` },
      ...(isOurs ? [{ text: said.remove, href: `${path}/remove` }] : []),
    ],
  }
}
