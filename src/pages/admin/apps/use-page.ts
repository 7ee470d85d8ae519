import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { sparkOf } from '../dashboard/spark.ts'
import type { Cell, Table, Tile } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type AppView, appPage } from './app-page.ts'

export type UseModel = AppView & {
  span: 'day' | 'week'
  use: {
    used?: string | undefined
    grants: number
    sessions: number
    people: number
    launches: readonly number[]
    tokens: readonly number[]
    refused: readonly number[]
    calls: readonly { interaction: string; type: string; count: number }[]
    refusals: readonly { reason: string; count: number }[]
  }
  isService: boolean
  /** Newest first, with the names of their people where they are known. */
  grants: readonly {
    id: string
    person: string
    patient?: string | undefined
    created: number
    expires: number
    ends: 'session' | 'time'
  }[]
  next?: string | undefined
  first: boolean
  now: number
  done?: string | undefined
}

/** What an app does, and the ways to stop it. */
export function usePage(model: UseModel): Page {
  const { client, admin, span, use, grants, next, first, now, done } = model
  const { words } = admin
  const said = words.admin.use
  const { id, status } = client
  const name = client.metadata.client_name
  const numbers = new Intl.NumberFormat(words.locale)
  const to = (query: Record<string, string>) =>
    `${adminPaths.app(id, 'use')}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ''}`
  const inSpan: Record<string, string> = span === 'week' ? { span } : {}
  return appPage(
    { client, admin },
    {
      tab: 'use',
      view: 'admin/app-use',
      kept: inSpan,
      data: {
        done: done && { tone: 'ok', text: done },
        spans: (['day', 'week'] as const).map((one) => ({
          name: words.admin.dashboard.spans[one],
          href: to(one === 'week' ? { span: one } : {}),
          current: one === span,
        })),
        tiles: tilesOf(model, numbers),
        calls: countTable(
          said.calls,
          use.calls.map(({ interaction, type, count }) => [
            { text: type === '*' ? words.admin.access.everyType : type },
            { code: interaction },
            { text: numbers.format(count) },
          ]),
        ),
        refusals: countTable(
          said.refusals,
          use.refusals.map(({ reason, count }) => [{ code: reason }, { text: numbers.format(count) }]),
        ),
        used:
          use.used === undefined
            ? said.neverUsed
            : said.lastUsed(datesIn(words).moment(Date.parse(use.used)).people),
        grants: grantsTable(model),
        grantsLead: said.grantsLead(numbers.format(use.grants), numbers.format(use.sessions)),
        paging: {
          said: said.shown(numbers.format(grants.length), numbers.format(use.grants)),
          first: first ? undefined : to(inSpan),
          next: next && to({ ...inSpan, after: next }),
        },
        stop:
          admin.mayChange && status !== 'waiting'
            ? {
                effect: said.stop.effect(numbers.format(use.sessions)),
                toggle:
                  status === 'active'
                    ? { text: said.stop.disable(name), href: adminPaths.app(id, 'disable'), danger: true }
                    : { text: said.stop.enable(name), href: adminPaths.app(id, 'enable'), danger: false },
                end: adminPaths.app(id, 'end'),
                remove: client.origin === 'config' ? undefined : adminPaths.app(id, 'remove'),
              }
            : undefined,
        now,
      },
    },
  )
}

function tilesOf({ use, span, isService, admin }: UseModel, numbers: Intl.NumberFormat): Tile[] {
  const { tiles, lately } = admin.words.admin.use
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  const hint = lately[span]
  const refused = sum(use.refused)
  return [
    isService
      ? { label: tiles.tokens, value: numbers.format(sum(use.tokens)), hint, spark: sparkOf(use.tokens) }
      : {
          label: tiles.launches,
          value: numbers.format(sum(use.launches)),
          hint,
          spark: sparkOf(use.launches),
        },
    isService
      ? { label: tiles.calls, value: numbers.format(sum(use.calls.map(({ count }) => count))), hint }
      : { label: tiles.people, value: numbers.format(use.people), hint },
    {
      label: tiles.refused,
      value: numbers.format(refused),
      hint,
      spark: sparkOf(use.refused),
      ...(refused > 0 ? { tone: 'danger' as const } : {}),
    },
  ]
}

function countTable(
  said: { caption: string; columns: readonly string[] },
  rows: readonly Cell[][],
): Table | undefined {
  if (rows.length === 0) return undefined
  return { caption: said.caption, columns: said.columns.map((label) => ({ label })), rows: rows.slice(0, 30) }
}

function grantsTable({ grants, client, admin }: UseModel): Table | undefined {
  if (grants.length === 0) return undefined
  const { words } = admin
  const said = words.admin.use.grants
  const dates = datesIn(words)
  const names = [
    'person',
    'patient',
    'given',
    'ends',
    ...(admin.mayChange ? (['act'] as const) : []),
  ] as const
  return {
    caption: said.caption(client.metadata.client_name),
    columns: names.map((name) => ({ label: said.columns[name], act: name === 'act' })),
    rows: grants.map(({ id, person, patient, created, expires, ends }) => {
      const given = dates.moment(created)
      return [
        { text: person },
        patient === undefined ? { text: said.noPatient, muted: true } : { code: patient },
        { time: given },
        { text: ends === 'session' ? said.atSignOut : dates.moment(expires).people },
        ...(admin.mayChange
          ? [
              {
                button: {
                  text: said.end,
                  hidden: said.endOf(person, given.people),
                  href: `${adminPaths.app(client.id, 'use')}/${encodeURIComponent(id)}`,
                },
              },
            ]
          : []),
      ]
    }),
  }
}
