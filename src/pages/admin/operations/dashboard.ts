import { z } from 'zod'
import { instant } from '../../../lib/time.ts'
import {
  type Dashboard,
  type DashboardDeps,
  dashboardOf,
  type Figure,
  type KeyDue,
  type Span,
  spans,
} from '../dashboard/facts.ts'
import type { Health } from '../dashboard/health.ts'
import type { NamedAct } from '../named-act.ts'
import { operation } from './operation.ts'

export type DashboardOperationDeps = DashboardDeps

const count = z.number().int()
const figure = z.object({
  total: count,
  week_before: count.describe('In the same span a week before.'),
  slots: z.array(count).describe('Hour by hour in a day, six hours each in a week.'),
})
const time = z.number().describe('Milliseconds.')
const dashboard = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  sign_ins: figure,
  tokens: figure,
  refused: figure.extend({
    peak: z
      .object({ client_id: z.string(), count, at: z.iso.datetime() })
      .optional()
      .describe('The quarter of an hour in which one app was refused most.'),
  }),
  token_time_p95: time
    .optional()
    .describe('Milliseconds within which 95 of 100 token requests were answered.'),
  health: z.array(
    z.object({
      what: z.enum(['database', 'fhir', 'audit', 'disk', 'keys']),
      state: z.enum(['ok', 'warn', 'danger']),
      milliseconds: time.optional(),
      free_bytes: count.optional(),
      total_bytes: count.optional(),
      rotate_before: z.iso.datetime().optional(),
    }),
  ),
  waiting: z.array(z.object({ client_id: z.string(), client_name: z.string() })),
  keys_due: z.array(
    z.object({
      name: z.string(),
      alg: z.string(),
      until: z.iso.datetime(),
      client_id: z.string().optional(),
    }),
  ),
  acts: z.array(
    z.object({
      seq: count,
      at: z.iso.datetime(),
      event: z.string(),
      who: z.string().optional(),
      client_id: z.string().optional(),
    }),
  ),
})
export type ShownDashboard = z.input<typeof dashboard>

/** What happens on the server at a glance. */
export function dashboardOperations(deps: DashboardOperationDeps) {
  return {
    show: operation({
      name: 'showDashboard',
      method: 'get',
      path: '/dashboard',
      summary:
        'Show what the dashboard shows: sign-ins, tokens, refusals, times, health, keys that run out, apps that wait, and the last acts of admins.',
      needs: 'see',
      input: z.object({ span: z.enum(Object.keys(spans) as Span[]).default('day') }),
      output: dashboard,
      run: async ({ span }) => shown(await dashboardOf(span, deps)),
    }),
  }
}

function shown({
  from,
  now,
  signIns,
  tokens,
  refused,
  tokenTime,
  health,
  waiting,
  keysDue,
  acts,
}: Dashboard): ShownDashboard {
  const { peak } = refused
  return {
    from: instant(from),
    to: instant(now),
    sign_ins: shownFigure(signIns),
    tokens: shownFigure(tokens),
    refused: {
      ...shownFigure(refused),
      ...(peak === undefined
        ? {}
        : { peak: { client_id: peak.id, count: peak.count, at: instant(peak.at) } }),
    },
    ...(tokenTime.all === undefined ? {} : { token_time_p95: tokenTime.all }),
    health: health.map(shownHealth),
    waiting: waiting.map(({ id, metadata }) => ({ client_id: id, client_name: metadata.client_name })),
    keys_due: keysDue.map(shownKey),
    acts: acts.map(shownAct),
  }
}

function shownFigure({ total, before, slots }: Figure) {
  return { total, week_before: before, slots: [...slots] }
}

function shownHealth(one: Health): ShownDashboard['health'][number] {
  const { what, state } = one
  switch (one.what) {
    case 'database':
    case 'fhir':
      return { what, state, ...(one.milliseconds === undefined ? {} : { milliseconds: one.milliseconds }) }
    case 'disk':
      return { what, state, free_bytes: one.free, total_bytes: one.total }
    case 'keys':
      return { what, state, ...(one.before === undefined ? {} : { rotate_before: instant(one.before) }) }
    case 'audit':
      return { what, state }
  }
}

function shownKey({ name, alg, end, client }: KeyDue): ShownDashboard['keys_due'][number] {
  return { name, alg, until: instant(end), ...(client === undefined ? {} : { client_id: client.id }) }
}

function shownAct({ seq, at, event, who, clientId }: NamedAct): ShownDashboard['acts'][number] {
  return {
    seq,
    at: instant(at),
    event,
    ...(who === undefined ? {} : { who }),
    ...(clientId === undefined ? {} : { client_id: clientId }),
  }
}
