import type { ClientKind, ClientStatus } from '../../../clients/client.ts'
import { clientKinds, clientStatuses } from '../../../clients/client.ts'
import { faceOf } from '../../app-face.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { type AdminFrame, adminPage } from '../admin-page.ts'
import type { Badge, Cell, Tone } from '../parts.ts'
import { adminPaths } from '../paths.ts'

export type AppsModel = {
  frame: AdminFrame
  mayChange: boolean
  apps: readonly {
    client_id: string
    client_name: string
    kind: ClientKind
    status: ClientStatus
    verified: boolean
    owner?: string | undefined
    logo?: string | undefined
    /** An instant. */
    used?: string | undefined
  }[]
  counts: Readonly<Record<ClientStatus, number>>
  wanted: { q: string; kind: string; status: string }
  /** What `after` must be for the page behind this one, and whether this is the first. */
  next?: string | undefined
  first: boolean
  /** Milliseconds since 1970. */
  now: number
  /** What has just been done. */
  done?: string | undefined
}

/** The apps, a page at a time. */
export function appsPage(model: AppsModel, words: Words): Page {
  const { frame, mayChange, apps, counts, wanted, next, first, now, done } = model
  const { admin } = words
  const said = admin.apps
  const numbers = new Intl.NumberFormat(words.locale)
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const asked = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''))
  const to = (more: Record<string, string>) =>
    `${adminPaths.apps}?${new URLSearchParams({ ...asked, ...more })}`
  return adminPage(frame, words, {
    part: 'apps',
    title: said.title,
    view: 'admin/apps',
    kept: asked,
    data: {
      lead: said.counts(numbers.format(all), numbers.format(counts.active)),
      done: done && { tone: 'ok', text: done },
      newApp: mayChange ? adminPaths.newApp : undefined,
      action: adminPaths.apps,
      q: { name: 'q', label: said.q, value: wanted.q },
      selects: [
        selectOf('kind', said.kind, said.allKinds, clientKinds, said.kinds, wanted.kind),
        selectOf('status', said.status, said.allStatuses, clientStatuses, said.statuses, wanted.status),
      ],
      table: {
        caption: said.caption(numbers.format(apps.length)),
        columns: (['app', 'kind', 'owner', 'used', 'status'] as const).map((id) => ({
          label: said.columns[id],
        })),
        rows: apps.map((app) => rowOf(app, words, now)),
      },
      empty: apps.length > 0 ? undefined : all === 0 ? said.none : said.empty,
      // Among none there is nothing to look for, but something to begin with.
      onward:
        all > 0
          ? { text: admin.showAll, href: adminPaths.apps }
          : mayChange
            ? { text: said.new, href: adminPaths.newApp }
            : undefined,
      paging: {
        said: said.shown(numbers.format(apps.length), numbers.format(all)),
        first: first ? undefined : to({}),
        next: next && to({ after: next }),
      },
    },
  })
}

function rowOf(app: AppsModel['apps'][number], words: Words, now: number): Cell[] {
  const { apps } = words.admin
  const { client_id: id, client_name: name, kind, status, verified, owner, used, logo } = app
  return [
    {
      app: faceOf({ name, verified, logo }),
      text: name,
      href: adminPaths.app(id),
      code: id,
    },
    { text: apps.kinds[kind] },
    owner === undefined ? { text: apps.nobody, muted: true } : { text: owner },
    used === undefined
      ? { text: apps.never, muted: true }
      : { text: datesIn(words).since(Date.parse(used), now) },
    { badges: [statusBadge(status, words)] },
  ]
}

const tones: Readonly<Record<ClientStatus, Tone>> = {
  active: 'ok',
  waiting: 'warn',
  refused: 'danger',
  disabled: '',
}

export function statusBadge(status: ClientStatus, { admin }: Words): Badge {
  return { text: admin.apps.statuses[status], tone: tones[status] }
}

function selectOf<Value extends ClientKind | ClientStatus>(
  name: string,
  label: string,
  all: string,
  values: readonly Value[],
  words: Readonly<Record<Value, string>>,
  chosen: string,
) {
  const options = [{ value: '', label: all }, ...values.map((value) => ({ value, label: words[value] }))]
  return {
    name,
    label,
    type: 'select',
    options: options.map((option) => ({ ...option, selected: option.value === chosen })),
  }
}
