import { asInput, type Client, kindOf } from '../../../clients/client.ts'
import type { Problem } from '../../../lib/errors.ts'
import type { Page } from '../../render.ts'
import { reasonField } from '../confirm-page.ts'
import { summaryOf } from '../mistakes.ts'
import { adminPaths } from '../paths.ts'
import { type AppView, appPage } from './app-page.ts'
import { type Owner, ownerPanel } from './owner.ts'
import { type SettingsValues, settingsFields, valuesOf } from './settings-fields.ts'

export type SettingsModel = AppView & {
  /** What was posted and could not be saved, and why. */
  posted?:
    | { values: SettingsValues; verified: boolean; reason: string; problems: readonly Problem[] }
    | undefined
  logoProblem?: string | undefined
  owner: Owner
  now: number
  done?: string | undefined
}

/** Names, addresses and the logo. Posts its fields, `verified`, `reason`, `version`; the logo has a form of its own. */
export function settingsPage({ client, admin, posted, logoProblem, owner, now, done }: SettingsModel): Page {
  const { words } = admin
  const { app } = words.admin
  const kind = kindOf(client.metadata)
  const values = posted?.values ?? valuesOf(client.metadata)
  const problems = posted?.problems ?? []
  const seen = settingsFields(kind, 'seen', values, problems, words)
  const runs = settingsFields(kind, 'runs', values, problems, words)
  const summary = [
    ...summaryOf(problems, [...seen, ...runs], words),
    ...(logoProblem === undefined ? [] : [{ href: '#logo', text: `${app.logo.label}: ${logoProblem}` }]),
  ]
  return appPage(
    { client, admin },
    {
      tab: 'settings',
      view: 'admin/app-settings',
      failed: summary.length > 0,
      data: {
        done: done && { tone: 'ok', text: done },
        problems: summary,
        action: adminPaths.app(client.id, 'settings'),
        panels: [
          { id: 'seen', title: kind === 'service' ? app.panels.is : app.panels.seen, fields: seen },
          { id: 'runs', title: kind === 'service' ? app.panels.service : app.panels.runs, fields: runs },
        ],
        verified: posted?.verified ?? client.metadata.verified === true,
        reason: reasonField(words, posted?.reason),
        discard: adminPaths.app(client.id),
        owner: ownerPanel(client, owner, now, words),
        logo: {
          action: adminPaths.app(client.id, 'logo'),
          present: client.logo !== undefined,
          field: {
            name: 'logo',
            label: app.logo.label,
            hint: app.logo.hint,
            type: 'file',
            accept: 'image/png,image/jpeg,image/webp',
            problem: logoProblem,
          },
        },
      },
    },
  )
}

/** Where two states of an app differ, as texts for people. */
export function differencesOf(
  now: Client,
  yours: Readonly<Record<string, unknown>>,
  members: Readonly<Record<string, string>>,
): { member: string; now: string; yours: string }[] {
  const present = asInput(now.metadata)
  const names = [...new Set([...Object.keys(present), ...Object.keys(yours)])]
  return names
    .map((name) => ({
      member: members[name] ?? name,
      now: textOf(present[name]),
      yours: textOf(yours[name]),
    }))
    .filter(({ now, yours }) => now !== yours)
}

function textOf(value: unknown): string {
  if (value === undefined || value === '') return '–'
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value).slice(0, 300)
}
