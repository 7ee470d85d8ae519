import { z } from 'zod'
import type { AuditEntry } from '../../../audit/audit.ts'
import type { ClientRegistry } from '../../../clients/registry.ts'
import { readFlightId } from '../../../launches/flight-id.ts'
import type { FlightLinks } from '../../../launches/flight-links.ts'
import { likelyMistakes } from '../../../launches/flight-mistakes.ts'
import type { Flight, FlightStep, Flights } from '../../../launches/flights.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import { faults } from '../../../smart/fault.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { pageOf, readCursor } from './cursor.ts'
import { operation, paging, reason } from './operation.ts'

export type FlightOperationDeps = {
  flights: Pick<Flights, 'list' | 'show' | 'flush'>
  flightLinks: Pick<FlightLinks, 'make'>
  clients: Pick<ClientRegistry, 'list' | 'find'>
  users: Pick<UserRegistry, 'find' | 'findByName'>
  audit: { write(entry: AuditEntry): Promise<unknown> }
  issuer: string
}

/** Where a shared record is shown, without its link. */
export const sharedFlight = '/shared/flight'

const id = z.string().trim().min(1).max(100).describe('The reference of an error page, as a person types it.')
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
  detail: z.record(z.string(), z.unknown()),
})
const mistake = z.object({ mistake: z.string(), advice: z.string().optional() })
const shown = flight.extend({
  mistakes: z.array(mistake).describe('The likely ones, the most telling first.'),
  timeline: z.array(step),
})
const place = z.object({ started: z.number(), id: z.string() })

/** What admins do with flight records. */
export function flightOperations(deps: FlightOperationDeps) {
  const { flights, clients, users } = deps

  async function found(typed: string): Promise<{ flight: Flight; steps: FlightStep[] }> {
    // What has just happened may not be stored yet.
    await flights.flush()
    const one = await flights.show(readFlightId(typed))
    if (one !== undefined) return one
    throw new LanyardError('not-found', 'There is no such flight record: it may be too old, or mistyped.')
  }

  async function listed({ id, clientId, userId, outcome, reason, simulated, ...rest }: Flight) {
    const client = clientId === undefined ? undefined : await clients.find(clientId)
    const user = userId === undefined ? undefined : await users.find(userId)
    return {
      id,
      client_id: clientId,
      client_name: client?.metadata.client_name,
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
    const part = app.toLowerCase()
    const known = (await clients.list()).filter(({ metadata }) =>
      metadata.client_name.toLowerCase().includes(part),
    )
    return [app, ...known.slice(0, 100).map((client) => client.id)]
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
        app: z.string().trim().max(200).optional().describe('Its client_id, or part of its name.'),
        user: z.string().trim().max(100).optional().describe('The username.'),
        outcome: z.enum(outcomes).optional(),
        reference: z
          .string()
          .trim()
          .max(100)
          .optional()
          .describe('Of an error page, or the id of a request.'),
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
      async run({ id }) {
        const { flight, steps } = await found(id)
        return {
          ...(await listed(flight)),
          mistakes: likelyMistakes(flight, steps),
          timeline: steps.map((one) => ({ ...one, at: instant(one.at) })),
        }
      },
    }),

    share: operation({
      name: 'shareFlight',
      method: 'post',
      path: '/flights/{id}/share',
      summary: 'Make a link for the maker of the app, good for 24 hours; nothing takes it back before.',
      needs: 'change',
      input: z.object({ id, ...reason }),
      output: z.object({ url: z.string(), expires: z.iso.datetime() }),
      status: 201,
      async run({ id }, act) {
        const { flight } = await found(id)
        const { link, expires } = deps.flightLinks.make(flight.id)
        await deps.audit.write({
          event: 'flight.share',
          outcome: 'success',
          clientId: flight.clientId,
          userId: act.userId,
          requestId: act.requestId,
          detail: { flight: flight.id, until: instant(expires), by: act.by, why: act.reason },
        })
        return { url: `${deps.issuer}${sharedFlight}/${link}`, expires: instant(expires) }
      },
    }),
  }
}
