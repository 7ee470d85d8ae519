import type Router from '@koa/router'
import type { ClientRegistry } from '../../../clients/registry.ts'
import { readFlightId } from '../../../launches/flight-id.ts'
import type { FlightLinks } from '../../../launches/flight-links.ts'
import type { Flight, FlightStep, Flights } from '../../../launches/flights.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { MINUTE } from '../../../lib/time.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { AdminDoor } from '../door.ts'
import { sharedFlight } from '../operations/flights.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { flightPage } from './flight-page.ts'
import { flightsPage } from './list-page.ts'
import { linkPage, sharedPage } from './shared-page.ts'

export type FlightPageDeps = {
  operations: Pick<AdminOperations, 'flights'>
  flights: Pick<Flights, 'show' | 'flush'>
  flightLinks: Pick<FlightLinks, 'read'>
  clients: Pick<ClientRegistry, 'find'>
  users: Pick<UserRegistry, 'find'>
  clock: () => number
  wordsFor: (ctx: RequestContext) => Words
  send: (ctx: RequestContext, page: Page) => void
}

/** Records on one page. */
const PAGE = 25
/** Seconds between two looks of whoever watches. */
const WATCH = 3
/** A page that nobody has looked at for long does not go on asking. */
const WATCHED = 10 * MINUTE

/** The flight records, and the one that a link shows to whoever has it. */
export function flightRoutes(router: Router<RequestState>, door: AdminDoor, deps: FlightPageDeps): void {
  const { operations, clients, users } = deps

  router.get(
    adminPaths.flights,
    door.get(async ({ query }, admin) => {
      const asked = (name: string) => String(query[name] ?? '').trim()
      const wanted = {
        reference: asked('reference'),
        app: asked('app'),
        user: asked('user'),
        outcome: asked('outcome'),
      }
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''))
      const after = asked('after') || undefined
      const { items, next } = await perform(
        operations.flights.list,
        { ...given, after, limit: PAGE },
        admin.actor,
      )
      return flightsPage({ flights: items, wanted, next, first: after === undefined }, admin)
    }),
  )

  router.get(
    adminPaths.flight(':id').replace('%3A', ':'),
    door.get(async (ctx, admin) => {
      const { flight, steps } = await recordOf(String(ctx.params.id), deps)
      const watching = ctx.query.watch === '1' && deps.clock() - flight.updated < WATCHED
      if (watching) ctx.set('refresh', String(WATCH))
      const client = flight.clientId === undefined ? undefined : await clients.find(flight.clientId)
      const user = flight.userId === undefined ? undefined : await users.find(flight.userId)
      const app = client && { id: client.id, name: client.metadata.client_name }
      return flightPage({ flight, steps, app, user: user?.username, watching }, admin)
    }),
  )

  router.post(
    `${adminPaths.flight(':id').replace('%3A', ':')}/share`,
    door.post(async (ctx, admin) => {
      const id = readFlightId(String(ctx.params.id))
      return linkPage(id, await perform(operations.flights.share, { id }, admin.actor), admin)
    }),
  )

  // Without an account: the link is the right to look.
  router.get(`${sharedFlight}/:link`, async (ctx: RequestContext) => {
    ctx.set('x-robots-tag', 'noindex')
    const { flightId, expires } = deps.flightLinks.read(String(ctx.params.link))
    const { flight, steps } = await recordOf(flightId, deps)
    const { clientId } = flight
    const client = clientId === undefined ? undefined : await clients.find(clientId)
    const words = deps.wordsFor(ctx)
    const app = client?.metadata.client_name ?? clientId ?? words.admin.flights.unknownApp
    deps.send(ctx, sharedPage({ flight, steps }, app, expires, words))
  })
}

async function recordOf(
  typed: string,
  { flights }: Pick<FlightPageDeps, 'flights'>,
): Promise<{ flight: Flight; steps: FlightStep[] }> {
  // What has just happened may not be stored yet.
  await flights.flush()
  const found = await flights.show(readFlightId(typed))
  if (found !== undefined) return found
  throw new LanyardError('not-found', 'There is no such flight record: it may be too old, or mistyped.')
}
