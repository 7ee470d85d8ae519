import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { sparkOf } from '../dashboard/spark.ts'
import type { Cell, Table, Tile } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type AppView, appPage } from './app-page.ts'
import { grantsTable, type ShownGrant } from './grants-table.ts'

export type UseModel = AppView & {
  span: 'day' | 'week'
  use: {
    used?: string | undefined
    grants: number
    /** There are more than these. */
    more: boolean
    sessions: number
    people: number
    launches: readonly number[]
    visitors: readonly number[]
    requests: readonly number[]
    tokens: readonly number[]
    refused: readonly number[]
    calls: readonly { interaction: string; type: string; count: number }[]
    refusals: readonly { reason: string; count: number }[]
  }
  isService: boolean
  /** Newest first. */
  grants: readonly ShownGrant[]
  next?: string | undefined
  first: boolean
  now: number
  done?: string | undefined
}

/** What an app does, and the ways to stop it. */
export function usePage(model: UseModel): Page {
  const { client, admin, span, use, isService, grants, next, first, now, done } = model
  const { words } = admin
  const said = words.admin.use
  const { id, status } = client
  const name = client.metadata.client_name
  const numbers = new Intl.NumberFormat(words.locale)
  const counted = (count: number) => (use.more ? said.moreThan(numbers.format(count)) : numbers.format(count))
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
        grants: grantsTable(grants, { client, admin, now }),
        noGrants: isService ? said.grants.ofService : said.grants.none,
        refused: use.refusals.length > 0 ? refusedIn(id) : undefined,
        grantsLead: use.grants === 0 ? '' : said.grantsLead(counted(use.grants), counted(use.sessions)),
        paging: {
          said: said.shown(numbers.format(grants.length), counted(use.grants)),
          first: first ? undefined : to(inSpan),
          next: next && to({ ...inSpan, after: next }),
        },
        stop:
          admin.mayChange && status !== 'waiting'
            ? {
                effect: isService ? said.stop.effectOfService : said.stop.effect(counted(use.sessions)),
                toggle:
                  status === 'active'
                    ? { text: said.stop.disable(name), href: adminPaths.app(id, 'disable'), danger: true }
                    : { text: said.stop.enable(name), href: adminPaths.app(id, 'enable'), danger: false },
                end: {
                  text: isService ? said.stop.endTokens : said.stop.end,
                  href: adminPaths.app(id, 'end'),
                },
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
      ? { label: tiles.calls, value: numbers.format(sum(use.requests)), hint, spark: sparkOf(use.requests) }
      : { label: tiles.people, value: numbers.format(use.people), hint, spark: sparkOf(use.visitors) },
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

/** What of its requests was refused, in the audit. */
function refusedIn(id: string): string {
  return `${adminPaths.audit}?${new URLSearchParams({ client: id, outcome: 'refused' })}`
}
