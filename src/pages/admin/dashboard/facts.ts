import type { Act } from '../../../audit/acts.ts'
import { percentile } from '../../../audit/percentile.ts'
import type { Usage } from '../../../audit/usage.ts'
import type { Ending } from '../../../clients/ending.ts'
import type { ClientOverview, ListedClient } from '../../../clients/overview.ts'
import { rotateBefore } from '../../../keys/signing-keys.ts'
import { DAY, HOUR, MINUTE } from '../../../lib/time.ts'
import { type NamedAct, type NamedDeps, named } from '../named-act.ts'
import { type Health, type HealthDeps, healthOf, SOON } from './health.ts'

export type DashboardDeps = HealthDeps &
  NamedDeps & {
    usage: Pick<Usage, 'flush' | 'series' | 'peakOfRefusals'>
    acts: { newest: (most: number) => Promise<Act[]> }
    overview: Pick<ClientOverview, 'page'>
    ending: (until: number) => Promise<(Ending & { clientId: string; clientName: string })[]>
    clock: () => number
  }

/** The spans that can be looked at, with their slots (milliseconds). */
export const spans = {
  day: { length: DAY, step: HOUR },
  week: { length: 7 * DAY, step: 6 * HOUR },
} as const
export type Span = keyof typeof spans

/** A figure over the span, slot by slot, and in the same span a week before. */
export type Figure = { total: number; before: number; slots: readonly number[] }
export type KeyDue = {
  name: string
  alg: string
  end: number
  client: { id: string; name: string } | undefined
}

export type Dashboard = {
  span: Span
  /** Where the span begins and ends (milliseconds). */
  from: number
  now: number
  signIns: Figure
  tokens: Figure
  refused: Figure & { peak: { id: string; name: string; count: number; at: number } | undefined }
  /** Within which 95 of 100 token requests were answered (milliseconds). */
  tokenTime: { all: number | undefined; slots: readonly (number | undefined)[] }
  health: Health[]
  waiting: ListedClient[]
  keysDue: KeyDue[]
  acts: NamedAct[]
}

const ACTS = 6
const WAITING = 4
/** Counts are in rows of a quarter of an hour. */
export const QUARTER = 15 * MINUTE

/** Everything that the dashboard shows, whatever the language. */
export async function dashboardOf(span: Span, deps: DashboardDeps): Promise<Dashboard> {
  const { usage, clock } = deps
  const now = clock()
  // What this node counted since its last flush belongs to it too.
  await usage.flush()
  const { length, step } = spans[span]
  const from = now - (now % QUARTER) + QUARTER - length
  const slots = length / step
  const what = ['sign-in', 'token', 'refused']
  const series = await usage.series({ what, from, step, slots })
  const before = await usage.series({ what, from: from - 7 * DAY, step: length, slots: 1 })
  const times = await usage.series({ what: { starts: 'time token ' }, from, step, slots })
  const lately = { from: now - (now % QUARTER) - 3 * HOUR, step: 4 * HOUR, slots: 1 }
  const answers = await usage.series({ what: { starts: 'time fhir ' }, ...lately })
  const figure = (what: string): Figure => {
    const line = series.get(what) ?? Array<number>(slots).fill(0)
    return {
      total: line.reduce((sum, count) => sum + count, 0),
      before: before.get(what)?.[0] ?? 0,
      slots: line,
    }
  }
  return {
    span,
    from,
    now,
    signIns: figure('sign-in'),
    tokens: figure('token'),
    refused: { ...figure('refused'), peak: await peakOf(Math.max(from, now - DAY), deps) },
    tokenTime: percentile(times, 'token', 0.95),
    health: await healthOf(deps, { fhir: percentile(answers, 'fhir', 0.95).all, now }),
    waiting: await deps.overview.page({ status: 'waiting' }, undefined, WAITING),
    keysDue: await keysDue(now, deps),
    acts: await Promise.all((await deps.acts.newest(ACTS)).map((act) => named(act, deps))),
  }
}

async function peakOf(from: number, { usage, clients }: DashboardDeps) {
  const peak = await usage.peakOfRefusals(from)
  const client = peak && (await clients.find(peak.clientId))
  return peak && client && { ...peak, id: peak.clientId, name: client.metadata.client_name }
}

async function keysDue(now: number, { signingKeys, ending }: DashboardDeps): Promise<KeyDue[]> {
  const ours = (await signingKeys.list())
    .filter(({ state }) => state === 'current')
    .map((key) => ({ name: key.kid, alg: key.alg, end: rotateBefore(key), client: undefined }))
    .filter(({ end }) => end < now + SOON)
  const theirs = (await ending(now + SOON)).map(({ name, alg, end, clientId, clientName }) => ({
    name,
    alg,
    end,
    client: { id: clientId, name: clientName },
  }))
  return [...ours, ...theirs].toSorted((a, b) => a.end - b.end).slice(0, 10)
}
