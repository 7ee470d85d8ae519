import type { z } from 'zod'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Cell, Tone } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'

type Setting = z.input<AdminOperations['server']['settings']['output']>['items'][number]

const tones = { environment: 'info', file: 'ok', default: '' } as const satisfies Record<string, Tone>

/** The tabs of the settings. */
export function settingsTabs(current: 'configuration' | 'branding', { admin }: Words) {
  const { label, configuration, branding } = admin.settings.tabs
  return {
    label,
    tabs: [
      { name: configuration, href: adminPaths.settings, current: current === 'configuration' },
      { name: branding, href: adminPaths.branding, current: current === 'branding' },
    ],
  }
}

/** Every setting as it was resolved, and where its value comes from. Nothing is changed here. */
export function configurationPage(
  { frame, words }: Admin,
  { settings, file }: { settings: readonly Setting[]; file: string | undefined },
): Page {
  const said = words.admin.settings
  return sheetPage(frame, words, {
    part: 'settings',
    title: said.title,
    lead: said.lead,
    tabs: settingsTabs('configuration', words),
    sections: [
      {
        heading: said.configuration,
        facts: [
          {
            label: said.file,
            value: file === undefined ? { text: said.noFile, muted: true } : { code: file },
          },
        ],
      },
      {
        heading: said.values,
        table: {
          caption: said.values,
          columns: (['setting', 'value', 'origin'] as const).map((id) => ({ label: said.columns[id] })),
          rows: settings.map((setting) => rowOf(setting, words)),
        },
      },
    ],
  })
}

function rowOf({ setting, variable, value, origin, secret, description }: Setting, { admin }: Words): Cell[] {
  const { settings } = admin
  return [
    // Its documentation is that of config/README.md, in English.
    { code: setting, hint: description.replaceAll(/`|\[([^\]]+)\]\([^)]*\)/g, '$1'), hintLang: 'en' },
    secret && value === '[hidden]'
      ? { text: settings.hidden, muted: true }
      : value === null || (Array.isArray(value) && value.length === 0)
        ? { text: settings.none, muted: true }
        : typeof value === 'boolean'
          ? { text: value ? admin.yes : admin.no }
          : { code: typeof value === 'object' ? JSON.stringify(value) : String(value) },
    {
      badges: [{ text: settings.origins[origin], tone: tones[origin] }],
      ...(origin === 'environment' && variable !== undefined ? { code: variable } : {}),
    },
  ]
}
