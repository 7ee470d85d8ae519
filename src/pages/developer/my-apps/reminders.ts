import type { Reminder } from '../../../clients/reminders.ts'
import { endCell } from '../../admin/apps/key-fields.ts'
import type { Section } from '../../admin/sheet.ts'
import { datesIn } from '../../dates.ts'
import { ownAppPath, ownReminderPath } from '../paths.ts'
import type { DeveloperVisitor } from './door.ts'

/** What admins ask somebody to renew, over all their apps, the most urgent first. */
export function remindersSection(
  { words }: DeveloperVisitor,
  reminders: readonly Reminder[],
  apps: readonly { id: string; metadata: { client_name: string } }[],
  now: number,
): Section[] {
  if (reminders.length === 0) return []
  const said = words.myApps.reminders
  return [
    {
      heading: said.heading,
      text: said.lead,
      table: {
        caption: said.heading,
        columns: (['app', 'credential', 'ends', 'at'] as const).map((name) => ({
          label: said.columns[name],
        })),
        rows: reminders.map(({ clientId, credential, ends, at }) => [
          {
            text: apps.find(({ id }) => id === clientId)?.metadata.client_name ?? clientId,
            href: ownAppPath(clientId),
          },
          { code: credential },
          endCell(ends, now, words),
          { time: datesIn(words).moment(at) },
        ]),
      },
    },
  ]
}

/** What is asked about one app, each with the way to renew it and the way to put it aside. */
export function ownReminderSections(
  { words, csrf }: DeveloperVisitor,
  reminders: readonly Reminder[],
): Section[] {
  const said = words.myApps.reminders
  const dates = datesIn(words)
  return reminders.map(({ clientId, credential, ends, at }) => ({
    heading: said.renew(dates.day(ends)),
    badge: { tone: 'warn', text: said.badge },
    text: said.asked(dates.day(at)),
    facts: [{ label: said.columns.credential, value: { code: credential } }],
    form: {
      action: ownReminderPath(clientId, credential),
      csrf,
      fields: [],
      button: words.myApps.act.keys,
      sends: ['do', 'renew'],
      others: [{ name: 'do', value: 'dismiss', text: said.dismiss }],
    },
  }))
}
