import type { Client } from '../../../clients/client.ts'
import type { Ending } from '../../../clients/ending.ts'
import type { Reminder } from '../../../clients/reminders.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { reasonField } from '../confirm-page.ts'
import type { Admin } from '../door.ts'
import type { Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Section, sheetPage } from '../sheet.ts'
import { crumbsOf } from './app-routes.ts'
import { endCell } from './key-fields.ts'
import type { Owner } from './owner.ts'

export type RemindModel = {
  client: Client
  ending: Ending
  owner: Owner
  /** What the owner was asked before about this credential. */
  before: Reminder | undefined
  now: number
}

/** Before the owner of an app is asked to renew a credential; posts `reason`. */
export function remindPage(admin: Admin, { client, ending, owner, before, now }: RemindModel): Page {
  const { frame, words } = admin
  const { remind: said } = words.admin.owner
  const { account } = owner
  const dates = datesIn(words)
  return sheetPage(frame, words, {
    part: 'apps',
    crumbs: crumbsOf(client, admin),
    title: said.heading(client.metadata.client_name),
    sections: [
      {
        heading: said.what,
        facts: [
          { label: said.credential, value: { code: ending.name } },
          { label: said.end, value: endCell(ending.end, now, words) },
          ...(account === undefined
            ? []
            : [
                {
                  label: said.owner,
                  value: {
                    text: account.displayName,
                    href: adminPaths.user(account.username),
                    code: account.username,
                  },
                },
              ]),
          {
            label: said.last,
            value:
              before === undefined
                ? { text: words.admin.owner.ends.never, muted: true }
                : { time: dates.moment(before.at) },
          },
        ],
      },
      account === undefined
        ? { heading: said.ask, text: said.noOwner }
        : {
            heading: said.ask,
            text: said.effect(account.displayName),
            form: {
              action: remindAddress(client.id, ending.name),
              csrf: admin.csrf,
              fields: [reasonField(words)],
              button: said.button,
            },
          },
      contactSection(client, ending, words),
    ],
  })
}

/** Those contacts that are mail addresses, each with a message that is begun. */
function contactSection({ metadata }: Client, { name, end }: Ending, words: Words): Section {
  const { remind: said } = words.admin.owner
  const { contacts = [], client_name: app } = metadata
  const day = datesIn(words).day(end)
  // RFC 6068 §2
  const begun = Object.entries({ subject: said.subject(app), body: said.body(app, name, day) })
    .map(([field, text]) => `${field}=${encodeURIComponent(text)}`)
    .join('&')
  const addresses = contacts.filter((contact) => /^[^\s@]+@[^\s@]+$/.test(contact))
  if (addresses.length === 0)
    return { heading: said.contacts, text: contacts.length === 0 ? said.noContacts : contacts.join(', ') }
  return {
    heading: said.contacts,
    text: said.contactsLead,
    links: addresses.map((address) => ({
      text: said.write(address),
      href: `mailto:${encodeURIComponent(address).replace('%40', '@')}?${begun}`,
    })),
  }
}

/** Where an admin asks the owner of an app to renew a credential. */
export function remindAddress(id: string, credential: string): string {
  return `${adminPaths.app(id, 'remind')}?${new URLSearchParams({ credential })}`
}

/** The credentials of an app that end soon, with the way to remind its owner. */
export function endsSoonTable(
  endings: readonly Ending[],
  reminders: readonly Reminder[],
  { client, admin, now }: { client: Client; admin: Admin; now: number },
): Table | undefined {
  if (endings.length === 0) return undefined
  const { words } = admin
  const { ends: said } = words.admin.owner
  const names = ['credential', 'end', 'reminded', ...(admin.mayChange ? (['act'] as const) : [])] as const
  return {
    caption: said.caption,
    columns: names.map((name) => ({ label: said.columns[name], act: name === 'act' })),
    rows: endings.map(({ name, end }) => {
      const reminder = reminders.find(({ credential }) => credential === name)
      const button = { text: said.remind, hidden: said.of(name), href: remindAddress(client.id, name) }
      return [
        { code: name },
        endCell(end, now, words),
        reminder === undefined
          ? { text: said.never, muted: true }
          : { time: datesIn(words).moment(reminder.at) },
        ...(admin.mayChange ? [{ button }] : []),
      ]
    }),
  }
}
