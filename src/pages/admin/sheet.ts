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
  RuleMatrix,
  Tab,
  Table,
  TimelineItem,
  Tone,
  Trace,
} from './parts.ts'

/** A form of a sheet: its fields, and the one button that sends it. */
export type SheetForm = {
  action: string
  /** Of a form that changes something; without it the form only asks, by GET. */
  csrf?: string | undefined
  /** The version of what is changed. */
  version?: number | undefined
  /** What it carries on unseen. */
  hidden?: readonly (readonly [name: string, value: string])[] | undefined
  fields: readonly Field[]
  options?: Options | undefined
  button: string
  /** The name and value that the button itself sends. */
  sends?: readonly [name: string, value: string] | undefined
  danger?: boolean | undefined
  /** Other buttons beside it, each of which sends what it is named. */
  others?: readonly { name: string; value: string; text: string }[] | undefined
}

/** A part of a sheet: of what is there, in this order. */
export type Section = {
  heading: string
  badge?: Badge | undefined
  text?: string | undefined
  /** Sentences, all in one tone. */
  list?: { tone: Tone; items: readonly string[] } | undefined
  rules?: RuleMatrix | undefined
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
  /** What else can be done with what the page is about, as small buttons below the heading. */
  acts?: readonly Link[] | undefined
  /** Fields to look for something with, beside each other. */
  search?: { action: string; fields: readonly Field[]; button: string } | undefined
  /** Two sections beside each other, before the others. */
  beside?: readonly Section[] | undefined
  sections: readonly Section[]
  /** Where there is nothing to show: what is missing, and the one button that leads on; without one it is `act`, which is not at the head then. */
  empty?: { heading: string; advice: string; icon: string; link?: Link | undefined } | undefined
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
  acts: [],
  search: undefined,
  beside: undefined,
  empty: undefined,
  paging: undefined,
}
