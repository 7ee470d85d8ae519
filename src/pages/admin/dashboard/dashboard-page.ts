import { DAY, HOUR } from '../../../lib/time.ts'
import { faceOf } from '../../app-face.ts'
import { type Dates, datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { actItem } from '../acts.ts'
import { type AdminFrame, adminPage } from '../admin-page.ts'
import { remindAddress } from '../apps/remind-page.ts'
import { millisecondsOf } from '../milliseconds.ts'
import type { Cell, Notice, Table, Tile } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Dashboard, type Figure, type KeyDue, QUARTER, spans } from './facts.ts'
import { healthLines } from './health-lines.ts'
import { sparkOf } from './spark.ts'

/** What happens on this server at a glance. */
export function dashboardPage(frame: AdminFrame, facts: Dashboard, words: Words): Page {
  const { dashboard, apps } = words.admin
  const { span, now, health, waiting, keysDue, acts } = facts
  const dates = datesIn(words)
  const poorly = health.filter(({ state }) => state !== 'ok').length
  return adminPage(frame, words, {
    part: 'dashboard',
    title: dashboard.title,
    view: 'admin/dashboard',
    kept: span === 'week' ? { span } : {},
    data: {
      lead: dashboard.lead[span](dates.clock(now)),
      begin: frame.role === 'auditor' ? [] : beginnings(words),
      tabs: (['day', 'week'] as const).map((name) => ({
        name: dashboard.spans[name],
        href: name === 'day' ? adminPaths.dashboard : `${adminPaths.dashboard}?span=week`,
        current: name === span,
      })),
      notice: noticeOf(keysDue, now, words, dates),
      tiles: tilesOf(facts, words, dates),
      figures: figuresOf(facts, words, dates),
      health: healthLines(health, words),
      poorly:
        poorly === 0
          ? { tone: 'ok', text: dashboard.health.all }
          : { tone: 'warn', text: dashboard.health.some(poorly) },
      waiting: waiting.map(({ id, kind, metadata }) => ({
        app: faceOf({ name: metadata.client_name, verified: false }),
        name: metadata.client_name,
        about: apps.kinds[kind],
        href: adminPaths.app(id, 'review'),
      })),
      registrations: adminPaths.registrations,
      table: keysDue.length === 0 ? undefined : keysTable(keysDue, frame.role === 'admin', now, words, dates),
      items: acts.map((act) => actItem(act, words)),
    },
  })
}

/** What one comes for oftener than to look at figures; on a server that nobody uses yet there is nothing else. */
function beginnings({ admin }: Words) {
  return [
    { text: admin.dashboard.simulate, href: adminPaths.simulator, icon: 'play', primary: false },
    { text: admin.dashboard.register, href: adminPaths.newApp, icon: 'plus', primary: true },
  ]
}

function noticeOf(keys: readonly KeyDue[], now: number, { admin }: Words, dates: Dates): Notice | undefined {
  const { due, dueNow, seeKeys } = admin.dashboard
  const urgent = keys.filter(({ end }) => end < now + 14 * DAY)
  const [first] = urgent
  if (first === undefined) return undefined
  return {
    tone: 'warn',
    text: first.end <= now ? dueNow(urgent.length) : due(urgent.length, dates.left(first.end - now)),
    link: { text: seeKeys, href: '#keys' },
  }
}

function tilesOf(facts: Dashboard, words: Words, dates: Dates): Tile[] {
  const { tiles, peak, noPeak, target, noTime } = words.admin.dashboard
  const { signIns, tokens, refused, tokenTime } = facts
  const numbers = new Intl.NumberFormat(words.locale)
  const compared = (label: string, figure: Figure): Tile => ({
    label,
    value: numbers.format(figure.total),
    hint: comparison(figure, facts, words),
    spark: sparkOf(figure.slots),
  })
  const worst = refused.peak
  return [
    compared(tiles.signIns, signIns),
    compared(tiles.tokens, tokens),
    {
      label: tiles.refused,
      value: numbers.format(refused.total),
      hint:
        worst === undefined
          ? noPeak
          : peak(
              numbers.format(worst.count),
              worst.name,
              dates.time(worst.at),
              dates.time(worst.at + QUARTER),
            ),
      link: worst && adminPaths.app(worst.id, 'use'),
      tone: 'danger',
      spark: sparkOf(refused.slots),
    },
    {
      label: tiles.tokenTime,
      value: tokenTime.all === undefined ? '–' : millisecondsOf(tokenTime.all, words),
      hint: tokenTime.all === undefined ? noTime : target,
      spark: sparkOf(tokenTime.slots),
    },
  ]
}

/** More or fewer than in the same span a week before. */
function comparison({ total, before }: Figure, { span, from }: Dashboard, words: Words): string {
  const { more, fewer, same, none, lastDay, lastWeek } = words.admin.dashboard
  const weekday = new Intl.DateTimeFormat(words.locale, { weekday: 'long', timeZone: 'UTC' })
  const when = span === 'day' ? lastDay(weekday.format(from + DAY - 1)) : lastWeek
  if (before === 0) return total === 0 ? same(when) : none(when)
  const share = (total - before) / before
  const percent = new Intl.NumberFormat(words.locale, { style: 'percent' }).format(Math.abs(share))
  if (Math.abs(share) < 0.005) return same(when)
  return share > 0 ? more(percent, when) : fewer(percent, when)
}

/** The lines of the tiles, in words. */
function figuresOf(facts: Dashboard, words: Words, dates: Dates): Table {
  const { figures, tiles } = words.admin.dashboard
  const { from, span, signIns, tokens, refused, tokenTime } = facts
  const { step } = spans[span]
  const numbers = new Intl.NumberFormat(words.locale)
  const said = (at: number) => (step > HOUR ? `${dates.dayOfYear(at)}, ${dates.time(at)}` : dates.time(at))
  return {
    caption: figures.caption,
    columns: [figures.when, tiles.signIns, tiles.tokens, tiles.refused, tiles.tokenTime].map((label) => ({
      label,
    })),
    rows: signIns.slots.map((count, slot) => {
      const time = tokenTime.slots[slot]
      return [
        { text: said(from + slot * step) },
        ...[count, tokens.slots[slot] ?? 0, refused.slots[slot] ?? 0].map((one) => ({
          text: numbers.format(one),
        })),
        { text: time === undefined ? '–' : millisecondsOf(time, words) },
      ]
    }),
  }
}

function keysTable(
  keys: readonly KeyDue[],
  mayRemind: boolean,
  now: number,
  words: Words,
  dates: Dates,
): Table {
  const { keys: said } = words.admin.dashboard
  return {
    caption: said.caption,
    columns: (['key', 'owner', 'alg', 'end', 'act'] as const).map((id) => ({
      label: said.columns[id],
      act: id === 'act',
    })),
    rows: keys.map(({ name, alg, end, client }): Cell[] => [
      { code: name },
      { text: client?.name ?? said.ours },
      { text: alg },
      {
        text: dates.day(end),
        badges: [
          end <= now
            ? { tone: 'danger', text: said.over }
            : { tone: end < now + 30 * DAY ? 'warn' : '', text: dates.left(end - now) },
        ],
      },
      client === undefined
        ? { text: '' }
        : {
            button: {
              text: mayRemind ? said.remind : said.look,
              hidden: said.of(name),
              href: mayRemind ? remindAddress(client.id, name) : adminPaths.app(client.id, 'credentials'),
            },
          },
    ]),
  }
}
