import type { z } from 'zod'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { adminPage } from '../admin-page.ts'
import type { Admin } from '../door.ts'
import { isOfWhomItIsAbout } from '../named-act.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Badge, Cell } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Asked, filterFields } from './filters.ts'
import type { Names } from './names.ts'

export type Entry = z.input<AdminOperations['audit']['list']['output']>['items'][number]
export type Verification = z.input<AdminOperations['audit']['verification']['output']>

export type AuditModel = {
  entries: readonly Entry[]
  names: Names
  asked: Asked
  problems: Readonly<Record<string, string>>
  next: string | undefined
  /** Whether it looked through as many entries as one page may, and there are older ones. */
  lookedOn: boolean
  first: boolean
  verification: Verification
  /** The hashes of the newest entries of all, oldest first. */
  links: readonly string[]
}

/** The audit, a page at a time. */
export function auditPage(admin: Admin, model: AuditModel): Page {
  const { words, frame, csrf } = admin
  const { entries, names, asked, problems, next, lookedOn, first, verification, links } = model
  const said = words.admin.audit
  const dates = datesIn(words)
  const numbers = new Intl.NumberFormat(words.locale)
  const to = (path: string, more: Record<string, string>) =>
    `${path}?${new URLSearchParams({ ...asked, ...more })}`
  const days = new Set(entries.map(({ at }) => dates.day(Date.parse(at))))
  return adminPage(frame, words, {
    part: 'audit',
    title: Object.keys(problems).length > 0 ? words.problem.title(said.title) : said.title,
    view: 'admin/audit',
    kept: asked,
    data: {
      badge: badgeOf(verification, words),
      exports: (['ndjson', 'csv'] as const).map((format) => ({
        text: said.export[format],
        href: to(`${adminPaths.audit}/export`, { format }),
      })),
      chain: { ...chainOf(verification, words), links, label: said.chain.label },
      verify: { action: `${adminPaths.audit}/verify`, csrf, button: said.chain.again },
      action: adminPaths.audit,
      fields: filterFields(asked, problems, words).slice(0, 3),
      more: {
        summary: said.more,
        open: ['from', 'to', 'client', 'patient', 'request'].some(
          (name) => name in asked || name in problems,
        ),
        hint: said.combined,
        fields: filterFields(asked, problems, words).slice(3),
      },
      button: said.show,
      problems: Object.entries(problems).map(([name, text]) => ({ href: `#${name}`, text })),
      table: {
        caption: said.caption,
        columns: (['time', 'event', 'who', 'app', 'patient', 'outcome'] as const).map((id) => ({
          label: said.columns[id],
        })),
        rows: entries.map((entry) => rowOf(entry, names, days.size > 1, words)),
      },
      empty: entries.length > 0 ? undefined : lookedOn ? said.notYet : said.none,
      paging: {
        said: lookedOn ? said.lookedOn : said.shown(numbers.format(entries.length)),
        first: first ? undefined : to(adminPaths.audit, {}),
        next: next && to(adminPaths.audit, { after: next }),
      },
    },
  })
}

function rowOf(entry: Entry, names: Names, withDay: boolean, words: Words): Cell[] {
  const { seq, at, event, user_id: user, client_id: client, patient, detail } = entry
  const dates = datesIn(words)
  const time = Date.parse(at)
  const several = Array.isArray(detail.patients) ? detail.patients.length : 0
  const { audit } = words.admin
  const nothing = { text: '–', muted: true }
  const app = client && names.app(client)
  const person = user && (isOfWhomItIsAbout({ event, userId: user, detail }) ? undefined : names.user(user))
  const who = user === undefined ? app : person
  return [
    {
      text: withDay ? `${dates.dayOfYear(time)}, ${dates.second(time)}` : dates.second(time),
      href: `${adminPaths.audit}/${seq}`,
    },
    { text: eventName(event, words) },
    who === undefined ? nothing : { text: who },
    app === undefined ? nothing : { text: app },
    patient === undefined ? (several > 0 ? { text: audit.several(several) } : nothing) : { code: patient },
    { badges: [outcomeBadge(entry, words)] },
  ]
}

/** A word that is not told here yet is shown as what it says. */
export function eventName(event: string, { admin }: Words): string {
  return admin.audit.events[event] ?? event
}

/** How it ended. */
export function outcomeBadge({ outcome }: Pick<Entry, 'outcome'>, { admin }: Words): Badge {
  const tones = { success: 'ok', refused: 'danger', error: 'warn' } as const
  const { outcomes } = admin.audit
  return {
    text: outcomes[outcome as keyof typeof outcomes] ?? outcome,
    tone: tones[outcome as keyof typeof tones] ?? '',
  }
}

function badgeOf({ last, running }: Verification, { admin }: Words): Badge {
  const { badges } = admin.audit.chain
  if (running) return { text: badges.running, tone: 'info', mark: 'clock' }
  if (last === undefined) return { text: badges.never, tone: '', mark: 'chain' }
  return last.ok
    ? { text: badges.ok, tone: 'ok', mark: 'chain' }
    : { text: badges.broken, tone: 'danger', mark: 'alert' }
}

/** What the last check found, as sentences. */
function chainOf({ last, running }: Verification, words: Words) {
  const { chain } = words.admin.audit
  const numbers = new Intl.NumberFormat(words.locale)
  if (last === undefined)
    return { tone: 'info', icon: 'info', strong: chain.never, text: running ? chain.runs : '' }
  const when = chain.checked(datesIn(words).moment(Date.parse(last.at)).people, numbers.format(last.first))
  const older = last.before > 0 ? ` ${chain.before(numbers.format(last.before))}` : ''
  const now = running ? ` ${chain.runs}` : ''
  const { broken } = last
  return broken === undefined
    ? {
        tone: 'ok',
        icon: 'tick',
        strong: chain.whole(numbers.format(last.rows)),
        text: `${when}${older}${now}`,
      }
    : {
        tone: 'danger',
        icon: 'alert',
        strong: chain.kinds[broken.kind as keyof typeof chain.kinds](numbers.format(broken.seq)),
        text: `${when}${now}`,
      }
}
