import type { Badge, Checks, Code, Fact, Field, Notice, Tab, Table } from '../admin/parts.ts'
import { type Sheet, sheetData } from '../admin/sheet.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { developerPaths } from './paths.ts'

export type DeveloperTab = 'start' | 'explorer' | 'apps' | 'tools'
export type Tool = 'scopes' | 'token' | 'assertion' | 'keys'

type Content = Pick<Page, 'view' | 'data' | 'kept' | 'user'> & { tab: DeveloperTab; title?: string }

/** One of the pages for developers, with their tabs. */
export function developerPage(words: Words, { tab, title, data, ...page }: Content): Page {
  const { tabs } = words.developer
  return {
    layout: 'developer',
    words,
    title: title ?? tabs[tab],
    data: {
      ...data,
      portalTabs: (['start', 'explorer', 'apps', 'tools'] as const).map(
        (name): Tab => ({ name: tabs[name], href: developerPaths[name], current: name === tab }),
      ),
    },
    ...page,
  }
}

/** A page of the portal that is made of parts alone. */
export function developerSheet(
  words: Words,
  { user, kept, ...sheet }: Omit<Sheet, 'part' | 'crumbs'> & Pick<Page, 'user'>,
): Page {
  const { title, problems = [] } = sheet
  return developerPage(words, {
    tab: 'apps',
    title: problems.length > 0 ? words.problem.title(title) : title,
    view: 'admin/sheet',
    data: sheetData(sheet),
    ...(user === undefined ? {} : { user }),
    ...(kept === undefined ? {} : { kept }),
  })
}

/** What a tool found, in the order in which it is shown. */
export type Finding = {
  heading: string
  badge?: Badge
  facts?: readonly Fact[]
  checks?: Checks
  table?: Table
  codes?: readonly Code[]
}

type ToolContent = {
  tool: Tool
  method: 'get' | 'post'
  lead: string
  heading: string
  fields: readonly Field[]
  button: string
  notice?: Notice | undefined
  findings: readonly Finding[]
  kept: Page['kept']
  /** What the page has beside this. */
  more?: Readonly<Record<string, unknown>>
}

/** A tool: a form to paste something into, and what was found. */
export function toolPage(
  words: Words,
  { tool, findings, notice, kept = {}, more, ...data }: ToolContent,
): Page {
  const { tabs, label } = words.developer.tools
  const problems = data.fields.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [{ href: `#${name}`, text: problem }],
  )
  return developerPage(words, {
    tab: 'tools',
    title: problems.length > 0 ? words.problem.title(tabs[tool]) : tabs[tool],
    view: 'developer/tool',
    kept,
    data: {
      ...data,
      ...more,
      notice,
      problems,
      sections: findings,
      label,
      action: developerPaths[tool],
      toolTabs: (['scopes', 'token', 'assertion', 'keys'] as const).map(
        (name): Tab => ({ name: tabs[name], href: developerPaths[name], current: name === tool }),
      ),
    },
  })
}

/** A message or a piece of code, all of one kind. */
export function codeOf(caption: string, text: string, what = caption): Code {
  return { caption, what, pieces: [{ text }] }
}
