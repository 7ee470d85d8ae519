import { z } from 'zod'
import type { ClientOverview } from '../../../clients/overview.ts'
import type { ClientRegistry } from '../../../clients/registry.ts'
import { flightDocument, redactedFlight, type ToldFlight } from '../../../launches/flight-document.ts'
import { readFlightId } from '../../../launches/flight-id.ts'
import type { FlightLinks } from '../../../launches/flight-links.ts'
import type { Flight, Flights } from '../../../launches/flights.ts'
import { instant } from '../../../lib/time.ts'
import { faults } from '../../../smart/fault.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { pageOf, readCursor } from './cursor.ts'
import { type FlightSightDeps, seeFlight } from './flight-sight.ts'
import { operation, paging, reason, soughtText } from './operation.ts'

export type FlightOperationDeps = FlightSightDeps & {
  flights: Pick<Flights, 'list'>
  flightLinks: Pick<FlightLinks, 'make' | 'of' | 'takeBack'>
  clients: Pick<ClientRegistry, 'find'>
  overview: Pick<ClientOverview, 'idsNamed'>
  users: Pick<UserRegistry, 'findByName'>
  issuer: string
}

/** Where a shared record is shown, without its link. */
export const sharedFlight = '/shared/flight'

const id = soughtText(100).trim().min(1).describe('The reference of an error page, as a person types it.')
const outcomes = ['open', 'done', 'refused'] as const

const flight = z.object({
  id: z.string(),
  client_id: z.string().optional().describe('As the request named it.'),
  client_name: z.string().optional(),
  user: z.string().optional().describe('The username.'),
  outcome: z.enum(outcomes),
  reason: z.string().optional(),
  simulated: z
    .enum(['plain', ...faults])
    .optional()
    .describe('Of a launch that the simulator made.'),
  started: z.iso.datetime(),
  updated: z.iso.datetime(),
  steps: z.number().int(),
})
const step = z.object({
  at: z.iso.datetime(),
  event: z.string(),
  outcome: z.enum(['ok', 'refused']),
  reason: z.string().optional(),
  step: z.number().int(),
  detail: z.record(z.string(), z.unknown()),
  messages: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Of a FHIR call of a simulated launch: what was said, while it is kept, for whoever may see it.',
    ),
})
const mistake = z.object({ mistake: z.string(), advice: z.string().optional() })
const record = flight.omit({ user: true }).extend({
  mistakes: z.array(mistake).describe('The likely ones, the most telling first.'),
  timeline: z.array(step),
})
const shown = record.extend({
  user: flight.shape.user,
  shared: z.array(z.iso.datetime()).describe('Until when the links to it are good.'),
})
const place = z.object({ started: z.int(), id: soughtText(100) })

/** What admins do with flight records. */
export function flightOperations(deps: FlightOperationDeps) {
  const { flights, clients, overview, users } = deps

  async function nameOf(clientId: string | undefined): Promise<string | undefined> {
    return clientId === undefined ? undefined : (await clients.find(clientId))?.metadata.client_name
  }

  /** What the maker of the app may see, as JSON. */
  async function saved(told: ToldFlight) {
    return flightDocument(redactedFlight(told), await nameOf(told.flight.clientId))
  }

  async function listed({ id, clientId, userId, outcome, reason, simulated, ...rest }: Flight) {
    const user = userId === undefined ? undefined : await users.find(userId)
    return {
      id,
      client_id: clientId,
      client_name: await nameOf(clientId),
      user: user?.username,
      outcome,
      reason,
      simulated,
      started: instant(rest.started),
      updated: instant(rest.updated),
      steps: rest.steps,
    }
  }

  /** The apps of which this is the id, or part of the name; a request may name one that there is not. */
  async function named(app: string): Promise<string[]> {
    return [app, ...(await overview.idsNamed(app, 100))]
  }

  /** A flight by its id, or those with a step of this request. */
  async function referred(reference: string, limit: number): Promise<Flight[]> {
    const one = await flights.show(readFlightId(reference))
    return one === undefined ? await flights.list({ requestId: reference, most: limit }) : [one.flight]
  }

  return {
    list: operation({
      name: 'listFlights',
      method: 'get',
      path: '/flights',
      summary: 'Look through the flight records, the newest first.',
      needs: 'see',
      input: z.object({
        app: soughtText(200).trim().optional().describe('Its client_id, or part of its name.'),
        user: soughtText(100).trim().optional().describe('The username.'),
        outcome: z.enum(outcomes).optional(),
        reference: soughtText(100).trim().optional().describe('Of an error page, or the id of a request.'),
        ...paging,
      }),
      output: z.object({ items: z.array(flight), next: z.string().optional() }),
      async run({ app, user, outcome, reference, after, limit }) {
        await flights.flush()
        if (reference) return { items: await Promise.all((await referred(reference, limit)).map(listed)) }
        const account = user ? await users.findByName(user) : undefined
        if (user && account === undefined) return { items: [] }
        const items = await flights.list({
          clients: app ? await named(app) : undefined,
          user: account?.id,
          outcome,
          behind: readCursor(after, place),
          most: limit + 1,
        })
        const { items: page, next } = pageOf(items, limit, ({ started, id }) => ({ started, id }))
        return { items: await Promise.all(page.map(listed)), next }
      },
    }),

    show: operation({
      name: 'showFlight',
      method: 'get',
      path: '/flights/{id}',
      summary: 'Show a flight record: the likely mistake, and each step.',
      needs: 'see',
      input: z.object({ id }),
      output: shown,
      async run({ id }, act, role) {
        const told = await seeFlight(id, { role, ...act }, deps)
        const { flight, messages } = told
        const { user } = await listed(flight)
        const { timeline, ...document } = flightDocument(told, await nameOf(flight.clientId))
        return {
          ...document,
          user,
          shared: (await deps.flightLinks.of(flight.id)).map(instant),
          timeline: timeline.map((one) => ({ ...one, messages: messages.get(one.step) })),
        }
      },
    }),

    save: operation({
      name: 'saveFlight',
      method: 'get',
      path: '/flights/{id}/trace',
      summary: 'A flight record as its link shows it: no user, no patient, nothing of tokens and answers.',
      needs: 'see',
      input: z.object({ id }),
      output: record,
      run: async ({ id }, act, role) => await saved(await seeFlight(id, { role, ...act }, deps)),
    }),

    share: operation({
      name: 'shareFlight',
      method: 'post',
      path: '/flights/{id}/share',
      summary: 'Make a link for the maker of the app, good for 24 hours or until it is taken back.',
      needs: 'change',
      input: z.object({ id, ...reason }),
      output: z.object({
        url: z.string(),
        expires: z.iso.datetime(),
        record: record.describe('What the link shows.'),
      }),
      status: 201,
      async run({ id }, act, role) {
        const told = await seeFlight(id, { role, ...act }, deps)
        const { link, expires } = await deps.flightLinks.make(told.flight, act)
        return {
          url: `${deps.issuer}${sharedFlight}/${link}`,
          expires: instant(expires),
          record: await saved(told),
        }
      },
    }),

    unshare: operation({
      name: 'unshareFlight',
      method: 'post',
      path: '/flights/{id}/unshare',
      summary: 'Take all links to a flight record back, at once.',
      needs: 'change',
      input: z.object({ id, ...reason }),
      output: z.object({ taken_back: z.number().int() }),
      async run({ id }, act, role) {
        const { flight } = await seeFlight(id, { role, ...act }, deps)
        return { taken_back: await deps.flightLinks.takeBack(flight, act) }
      },
    }),
  }
}
