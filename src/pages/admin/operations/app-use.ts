import { z } from 'zod'
import type { Usage } from '../../../audit/usage.ts'
import type { ClientOverview } from '../../../clients/overview.ts'
import type { ClientRegistry } from '../../../clients/registry.ts'
import type { LaunchGrants } from '../../../launches/grants.ts'
import type { GrantsOfClient, ListedGrant } from '../../../launches/grants-of-client.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { type Clock, HOUR, instant } from '../../../lib/time.ts'
import { app, appIn, edit, named, shown } from './apps.ts'
import { pageOf, readCursor } from './cursor.ts'
import { operation, paging, reason, soughtText } from './operation.ts'

export type AppUseDeps = {
  clients: Pick<ClientRegistry, 'find' | 'endAll'>
  overview: Pick<ClientOverview, 'lastUse'>
  usage: Pick<Usage, 'flush' | 'series'>
  grants: Pick<LaunchGrants, 'find' | 'end'>
  grantsOfClient: GrantsOfClient
  clock: Clock
}

const count = z.number().int()
const line = z.array(count).describe('By the hour, or by six hours of a week; oldest first.')
const use = z.object({
  used: z.iso.datetime().optional().describe('When it last got a token or an answer.'),
  grants: count.describe('Launches that go on; `more` than these where they are very many.'),
  more: z.boolean(),
  sessions: count.describe('Sessions of users in which they do.'),
  people: count.describe('Users who opened it in this time.'),
  launches: line,
  visitors: line.describe('Users who opened it.'),
  requests: line.describe('FHIR requests.'),
  tokens: line,
  refused: line,
  calls: z.array(z.object({ interaction: z.string(), type: z.string(), count })),
  refusals: z.array(z.object({ reason: z.string(), count })),
})
const grant = z.object({
  grant_id: z.string(),
  user_id: z.string().optional().describe('None where an outside server vouches for who it is.'),
  issuer: z.string().optional().describe('That server.'),
  patient: z.string().optional().describe('The id of the patient in context.'),
  scope: z.string(),
  refresh: z.enum(['offline', 'online']).optional(),
  created: z.iso.datetime(),
  expires: z.iso.datetime(),
  used: z.iso.datetime().optional().describe('When it last got a token.'),
  flight_id: z.string().optional().describe('The record of the launch, while it is kept.'),
})
/** Launches that are counted: an app of a hospital has tens of thousands, and each is looked at. */
const COUNTED = 1000

const place = z.object({ created: z.int(), id: soughtText(100) })
const spans = { day: { step: HOUR, slots: 24 }, week: { step: 6 * HOUR, slots: 28 } } as const

/** What an app does with what it was allowed, and the end of that. */
export function appUseOperations(deps: AppUseDeps) {
  const { clients, overview, usage, grants, grantsOfClient, clock } = deps

  return {
    use: operation({
      name: 'showAppUse',
      method: 'get',
      path: '/apps/{client_id}/use',
      summary: 'Show what an app did in the last day or week.',
      needs: 'see',
      input: named.extend({ span: z.enum(['day', 'week']).default('day') }),
      output: use,
      async run({ client_id: clientId, span }) {
        await appIn(clients, clientId)
        await usage.flush()
        const { step, slots } = spans[span]
        const now = clock()
        const from = now - (now % HOUR) + HOUR - step * slots
        const series = await usage.series({ clientId, from, step, slots })
        const none = Array<number>(slots).fill(0)
        const starting = (start: string) =>
          [...series]
            .filter(([what]) => what.startsWith(start))
            .map(([what, counts]) => ({
              words: what.slice(start.length).split(' '),
              counts,
              count: sumOf(counts),
            }))
            .toSorted((a, b) => b.count - a.count)
        const refusals = starting('refused ')
        const calls = starting('call ')
        const summed = (lines: readonly { counts: readonly number[] }[]) =>
          none.map((_, slot) => sumOf(lines.map(({ counts }) => counts[slot] ?? 0)))
        const used = await overview.lastUse(clientId)
        const { grants, sessions } = await grantsOfClient.counts(clientId, COUNTED + 1)
        return {
          ...(used === undefined ? {} : { used: instant(used) }),
          grants: Math.min(grants, COUNTED),
          more: grants > COUNTED,
          sessions: Math.min(sessions, COUNTED),
          people: await grantsOfClient.peopleSince(clientId, from),
          launches: series.get('launch') ?? none,
          visitors: await grantsOfClient.peopleBySlot(clientId, { from, step, slots }),
          requests: summed(calls),
          tokens: series.get('token') ?? none,
          refused: summed(refusals),
          calls: calls.map(({ words: [interaction = '', type = ''], count }) => ({
            interaction,
            type,
            count,
          })),
          refusals: refusals.map(({ words: [reason = ''], count }) => ({ reason, count })),
        }
      },
    }),

    grants: operation({
      name: 'listAppGrants',
      method: 'get',
      path: '/apps/{client_id}/grants',
      summary: 'Look through what users allow an app at the moment, newest first.',
      needs: 'see',
      input: named.extend(paging),
      output: z.object({ items: z.array(grant), next: z.string().optional() }),
      async run({ client_id, after, limit }) {
        await appIn(clients, client_id)
        const found = await grantsOfClient.page(client_id, readCursor(after, place), limit + 1)
        const { items, ...next } = pageOf(found, limit, ({ created, id }) => ({ created, id }))
        return {
          ...next,
          items: items.map(shownGrant),
        }
      },
    }),

    endGrant: operation({
      name: 'endAppGrant',
      method: 'delete',
      path: '/apps/{client_id}/grants/{grant_id}',
      summary: 'End what one user allowed an app in one launch; its tokens are dead at once.',
      needs: 'change',
      input: named.extend({ grant_id: z.string().min(1).max(100), ...reason }),
      output: z.object({}),
      status: 204,
      async run({ client_id, grant_id }, act) {
        const found = await grants.find(grant_id)
        if (
          found?.clientId !== client_id ||
          (await grants.end({ id: grant_id }, 'ended-by-admin', act)) === 0
        )
          throw new LanyardError('not-found', `The app "${client_id}" has no such grant, or it has ended.`)
        return {}
      },
    }),

    endAll: operation({
      name: 'endAllOfApp',
      method: 'post',
      path: '/apps/{client_id}/end',
      summary:
        'End all tokens and launches of an app, and forget what users agreed to: they are asked again.',
      needs: 'change',
      input: edit,
      output: app,
      run: async ({ client_id, version }, act) => shown(await clients.endAll(client_id, { ...act, version })),
    }),
  }
}

function shownGrant(listed: ListedGrant): z.input<typeof grant> {
  const { id, userId, issuer, context, scope, refresh, created, expires, used, flightId, recorded } = listed
  return {
    grant_id: id,
    ...(issuer === undefined ? { user_id: userId } : { issuer }),
    ...(context.patient === undefined ? {} : { patient: context.patient }),
    scope,
    ...(refresh === undefined ? {} : { refresh }),
    created: instant(created),
    expires: instant(expires),
    ...(used === undefined ? {} : { used: instant(used) }),
    ...(recorded ? { flight_id: flightId } : {}),
  }
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
