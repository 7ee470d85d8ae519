import { datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import { fill } from '../sentence.ts'
import type { Words } from '../words/en.ts'
import { type AdminFrame, adminPage } from './admin-page.ts'
import { memberNames } from './members.ts'
import type { NamedAct } from './named-act.ts'
import type { NavItem } from './nav.ts'

export type Stale = {
  part: NavItem
  crumbs: readonly { name: string; href: string }[]
  /** Who changed what meanwhile, newest first; `what` are the names of its members. */
  changes: readonly {
    who: string | undefined
    at: number
    what: readonly string[]
    reason?: string | undefined
  }[]
  /** Where the two differ, as texts. */
  differences: readonly { member: string; now: string; yours: string }[]
  /** Where the form goes, with everything that it held, and the version that is there now. */
  action: string
  csrf: string
  version: number
  fields: readonly (readonly [name: string, value: string])[]
  keepHref: string
}

/** For the second of two who changed the same: who was first, both states, and how to go on. */
export function stalePage(frame: AdminFrame, words: Words, model: Stale): Page {
  const { part, crumbs, changes, differences, fields, ...rest } = model
  const { stale } = words.admin
  const dates = datesIn(words)
  return adminPage(frame, words, {
    part,
    crumbs,
    title: words.problem.title(stale.title),
    view: 'admin/stale',
    // Its address is that of a form: it cannot be asked for again.
    kept: false,
    data: {
      ...rest,
      items: changes.map(({ who, at, what, reason }) => ({
        time: { people: dates.time(at), machine: dates.moment(at).machine },
        tone: '',
        pieces: fill(stale.by, { who: who ?? stale.unknown, what: what.join(', ') }),
        hints: [dates.moment(at).people, ...(reason === undefined ? [] : [reason])],
      })),
      table: {
        caption: stale.compare,
        columns: (['member', 'now', 'yours'] as const).map((id) => ({ label: stale.columns[id] })),
        rows: differences.map(({ member, now, yours }) => [{ text: member }, { text: now }, { text: yours }]),
      },
      fields: fields.filter(([name]) => name !== 'csrf' && name !== 'version'),
    },
  })
}

/** Changes of somebody else as that page tells them: by the names of the members that changed. */
export function meanwhile(acts: readonly NamedAct[], words: Words): Stale['changes'] {
  return acts.map(({ who, at, detail, event }) => {
    const members = memberNames(detail.changed, words)
    return {
      who,
      at,
      what: members.length > 0 ? members : [words.admin.members.status ?? event],
      reason: typeof detail.why === 'string' ? detail.why : undefined,
    }
  })
}
