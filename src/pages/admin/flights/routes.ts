import type Router from '@koa/router'
import type { ClientRegistry } from '../../../clients/registry.ts'
import { flightDocument, redactedFlight } from '../../../launches/flight-document.ts'
import { readFlightId } from '../../../launches/flight-id.ts'
import type { FlightLinks } from '../../../launches/flight-links.ts'
import { MINUTE } from '../../../lib/time.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { AdminDoor } from '../door.ts'
import { type FlightSightDeps, type Looker, seeFlight } from '../operations/flight-sight.ts'
import { sharedFlight } from '../operations/flights.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { sendJsonFile } from '../send-file.ts'
import { flightPage } from './flight-page.ts'
import { flightsPage } from './list-page.ts'
import { linkPage, sharedPage } from './shared-page.ts'

export type FlightPageDeps = FlightSightDeps & {
  operations: Pick<AdminOperations, 'flights'>
  flightLinks: Pick<FlightLinks, 'read' | 'of'>
  clients: Pick<ClientRegistry, 'find'>
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
      const told = await seeFlight(String(ctx.params.id), admin.actor, deps)
      const { flight } = told
      const watching = ctx.query.watch === '1' && deps.clock() - flight.updated < WATCHED
      if (watching) ctx.set('refresh', String(WATCH))
      const client = flight.clientId === undefined ? undefined : await clients.find(flight.clientId)
      const user = flight.userId === undefined ? undefined : await users.find(flight.userId)
      const app = client && { id: client.id, name: client.metadata.client_name }
      const shared = await deps.flightLinks.of(flight.id)
      return flightPage({ ...told, app, user: user?.username, shared, watching }, admin)
    }),
  )

  router.get(
    `${adminPaths.flight(':id').replace('%3A', ':')}/trace`,
    door.get(async (ctx, { actor }) => {
      const document = await perform(operations.flights.save, { id: String(ctx.params.id) }, actor)
      sendJsonFile(ctx, fileName(document.id), document)
      return undefined
    }),
  )

  router.post(
    `${adminPaths.flight(':id').replace('%3A', ':')}/unshare`,
    door.post(async (ctx, admin) => {
      const id = readFlightId(String(ctx.params.id))
      await perform(operations.flights.unshare, { id }, admin.actor)
      return adminPaths.flight(id)
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
    const { told, app, expires } = await shared(ctx)
    const words = deps.wordsFor(ctx)
    const name = app ?? told.flight.clientId ?? words.admin.flights.unknownApp
    deps.send(ctx, sharedPage(told, name, expires, `${ctx.path}/trace`, words))
  })

  router.get(`${sharedFlight}/:link/trace`, async (ctx: RequestContext) => {
    const { told, app } = await shared(ctx)
    sendJsonFile(ctx, fileName(told.flight.id), flightDocument(redactedFlight(told), app))
  })

  async function shared(ctx: RequestContext) {
    ctx.set('x-robots-tag', 'noindex')
    const { flightId, expires } = await deps.flightLinks.read(String(ctx.params.link))
    const told = await seeFlight(flightId, nobody, deps)
    const { clientId } = told.flight
    const client = clientId === undefined ? undefined : await clients.find(clientId)
    return { told, app: client?.metadata.client_name, expires }
  }
}

/** Whoever has a link: sees what is redacted, of what an auditor sees. */
const nobody: Looker = { role: 'auditor' }

function fileName(id: string): string {
  return `launch-${id}.json`
}
