import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AdminFrame, adminPage } from './admin-page.ts'
import type { NavItem } from './nav.ts'
import type { Field, Options } from './parts.ts'

/** What is asked before it happens. */
export type Confirming = {
  part: NavItem
  crumbs: readonly { name: string; href: string }[]
  /** The question. */
  heading: string
  /** What happens then, and what does not. */
  effect: string
  /** Whether it cannot be undone. */
  danger: boolean
  fields?: readonly Field[]
  options?: Options | undefined
  button: string
  /** Where the form goes, and where it goes on without. */
  action: string
  keep: string
  keepHref: string
  csrf: string
  /** The version of what is looked at. */
  version?: number | undefined
}

/** A question of its own page before what cannot be undone; posts `csrf`, `version`, the fields and `reason`. */
export function confirmPage(frame: AdminFrame, words: Words, asked: Confirming): Page {
  const { part, crumbs, heading, fields = [], ...rest } = asked
  return adminPage(frame, words, {
    part,
    crumbs,
    title: heading,
    view: 'admin/confirm',
    data: {
      heading,
      options: undefined,
      version: undefined,
      ...rest,
      fields: [...fields, reasonField(words)],
      notice: { tone: asked.danger ? 'warn' : 'info', text: asked.effect },
    },
  })
}

/** The reason of a change, for the audit. */
export function reasonField({ admin }: Words, value = ''): Field {
  return { name: 'reason', label: admin.reason.label, hint: admin.reason.hint, value }
}
