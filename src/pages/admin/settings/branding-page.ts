import type { z } from 'zod'
import type { Page } from '../../render.ts'
import { adminPage } from '../admin-page.ts'
import { reasonField } from '../confirm-page.ts'
import type { Admin } from '../door.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Field } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { settingsTabs } from './configuration-page.ts'

export type ShownBranding = z.input<AdminOperations['branding']['get']['output']>
export type PostedBranding = { name: string; accent: string; reason: string }

/** Name, colour and logo. Posts `name`, `accent`, `reason`, or `logo`; with `version`. */
export function brandingPage(
  { frame, words, mayChange, csrf }: Admin,
  {
    branding,
    posted,
    problems = {},
    done,
  }: {
    branding: ShownBranding
    posted?: PostedBranding
    /** By field. */
    problems?: Readonly<Record<string, string | undefined>>
    done?: string | undefined
  },
): Page {
  const said = words.admin.branding
  const { name = '', accent = '', logo, version } = { ...branding, ...posted }
  const fields: Field[] = [
    { name: 'name', ...said.fields.name, value: name, problem: problems.name },
    { name: 'accent', ...said.fields.accent, value: accent, problem: problems.accent },
  ]
  const file: Field = {
    name: 'logo',
    ...said.fields.logo,
    type: 'file',
    accept: 'image/png,image/jpeg,image/webp,image/svg+xml',
    problem: problems.logo,
  }
  const summary = Object.entries(problems).flatMap(([field, text]) =>
    text === undefined
      ? []
      : [
          {
            href: `#${field}`,
            text: `${said.fields[field as keyof typeof said.fields]?.label ?? field}: ${text}`,
          },
        ],
  )
  return adminPage(frame, words, {
    part: 'settings',
    title: summary.length > 0 ? words.problem.title(said.title) : said.title,
    crumbs: [{ name: words.admin.settings.title, href: adminPaths.settings }],
    view: 'admin/branding',
    data: {
      said,
      tabs: settingsTabs('branding', words),
      problems: summary,
      notice: done && { tone: 'ok', text: done },
      action: adminPaths.branding,
      logoAction: `${adminPaths.branding}/logo`,
      csrf,
      version,
      mayChange,
      fields,
      reason: reasonField(words, posted?.reason),
      logo: { address: logo && `/logos/${logo}`, field: file },
    },
  })
}
