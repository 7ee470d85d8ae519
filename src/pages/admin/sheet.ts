import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AdminFrame, adminPage } from './admin-page.ts'
import type { NavItem } from './nav.ts'
import type {
  Badge,
  Checks,
  Code,
  Fact,
  Field,
  Link,
  Notice,
  Options,
  Tab,
  Table,
  TimelineItem,
  Trace,
} from './parts.ts'

/** A form of a sheet: its fields, and the one button that sends it. */
export type SheetForm = {
  action: string
  /** Of a form that changes something; without it the form only asks, by GET. */
  csrf?: string | undefined
  /** The version of what is changed. */
  version?: number | undefined
  fields: readonly Field[]
  options?: Options | undefined
  button: string
  danger?: boolean | undefined
}

/** A part of a sheet: of what is there, in this order. */
export type Section = {
  heading: string
  badge?: Badge | undefined
  text?: string | undefined
  facts?: readonly Fact[] | undefined
  checks?: Checks | undefined
  table?: Table | undefined
  trace?: Trace | undefined
  timeline?: readonly TimelineItem[] | undefined
  codes?: readonly Code[] | undefined
  form?: SheetForm | undefined
  /** Small buttons that lead to other pages. */
  links?: readonly Link[] | undefined
}

/** A page of the console that is made of parts alone: most are. */
export type Sheet = {
  part: NavItem
  title: string
  /** The heading, where it is not the title. */
  heading?: string | undefined
  lead?: string | undefined
  badge?: Badge | undefined
  crumbs?: readonly { name: string; href: string }[] | undefined
  tabs?: { label: string; tabs: readonly Tab[] } | undefined
  notice?: Notice | undefined
  problems?: readonly { href: string; text: string }[] | undefined
  /** The primary act of the page, as a link. */
  act?: Link | undefined
  /** Fields to look for something with, beside each other. */
  search?: { action: string; fields: readonly Field[]; button: string } | undefined
  sections: readonly Section[]
  /** Where there is nothing to show. */
  empty?: { heading: string; advice: string; icon: string } | undefined
  paging?: { said: string; first?: string | undefined; next?: string | undefined } | undefined
  kept?: Page['kept']
}

/** Lays a sheet out in the frame of the console. */
export function sheetPage(
  frame: AdminFrame,
  words: Words,
  { part, title, crumbs, kept, ...sheet }: Sheet,
): Page {
  const { problems = [] } = sheet
  return adminPage(frame, words, {
    part,
    crumbs: crumbs ?? [],
    title: problems.length > 0 ? words.problem.title(title) : title,
    view: 'admin/sheet',
    ...(kept === undefined ? {} : { kept }),
    data: sheetData({ title, ...sheet }),
  })
}

/** What the template of a sheet writes, for one that stands outside of the console. */
export function sheetData({ title, ...sheet }: Omit<Sheet, 'part' | 'crumbs' | 'kept'>) {
  return { ...empties, ...sheet, heading: sheet.heading ?? title, problems: sheet.problems ?? [] }
}

/** The template asks for each of them. */
const empties = {
  lead: undefined,
  badge: undefined,
  tabs: undefined,
  notice: undefined,
  act: undefined,
  search: undefined,
  empty: undefined,
  paging: undefined,
}
