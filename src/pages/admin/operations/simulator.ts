import { z } from 'zod'
import type { Client, ClientRegistry } from '../../../clients/registry.ts'
import { newFlightId } from '../../../launches/flight-id.ts'
import type { Flights } from '../../../launches/flights.ts'
import type { LaunchHandles, NewLaunch } from '../../../launches/handles.ts'
import type { Act } from '../../../lib/act.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { MINUTE, SECOND } from '../../../lib/time.ts'
import { faults, type Simulation } from '../../../smart/fault.ts'
import { launchContext } from '../../../smart/launch-context.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import type { User } from '../../../users/user.ts'
import { type FlightSightDeps, mayWatch } from './flight-sight.ts'
import { operation, reason } from './operation.ts'

export type SimulatorDeps = Pick<FlightSightDeps, 'demoPeople'> & {
  /** Makes a launch, as `POST /launch` does. @throws LanyardError `invalid-request` */
  createLaunch: (
    input: unknown,
    maker: Omit<NewLaunch, 'clientId' | 'userId' | 'context'>,
  ) => Promise<{ launch: string; launch_url: string; expires_in: number }>
  flights: Pick<Flights, 'beginSimulated' | 'flush'>
  users: Pick<UserRegistry, 'findByName'>
  clients: Pick<ClientRegistry, 'find'>
  handles: Pick<LaunchHandles, 'create'>
  issuer: string
}

/** Where a browser is made ready for a launch that the app begins by itself, without the handle. */
export const readyPath = '/simulated'
/** How long that waits for its app: somebody has to find the app first. */
const READY = 10 * MINUTE

/** What admins do with the launch simulator. */
export function simulatorOperations(deps: SimulatorDeps) {
  const { createLaunch, flights, users, clients, handles } = deps

  async function userOf(username: string): Promise<User> {
    const user = await users.findByName(username)
    if (user?.status === 'active') return user
    throw new LanyardError('invalid-request', `There is no user "${username}" who is enabled.`)
  }

  async function appOf(id: string): Promise<Client> {
    const client = await clients.find(id)
    if (client?.status === 'active' && client.metadata.grant_types.includes('authorization_code'))
      return client
    throw new LanyardError(
      'invalid-request',
      `There is no app "${id}" that is enabled and that users launch.`,
    )
  }

  return {
    launch: operation({
      name: 'simulateLaunch',
      method: 'post',
      path: '/simulator/launches',
      summary:
        'Launch an app as an EHR does, with a flight record, and with one thing broken on purpose if wanted.',
      needs: 'change',
      input: z.object({
        client_id: z.string().min(1).max(100),
        user: z
          .string()
          .min(1)
          .max(100)
          .describe('The username; they have to sign in where the app is opened.'),
        launch_uri: z.string().max(2000).optional().describe("Which of the app's, if not the first."),
        ...launchContext.shape,
        fault: z.enum(faults).optional().describe('What goes wrong with this launch, and with no other.'),
        ...reason,
      }),
      output: z.object({
        flight: z.string(),
        launch_url: z.string(),
        expires_in: z.number().int().describe('Seconds.'),
      }),
      status: 201,
      async run({ fault, reason: _, ...asked }, act) {
        const flight = newFlightId()
        const simulated: Simulation = fault ?? 'plain'
        const maker = { ...makerOf(act), simulation: { simulated, flightId: flight } }
        const { launch_url, expires_in } = await createLaunch(asked, maker)
        const user = await users.findByName(asked.user)
        if (user === undefined) throw new LanyardError('conflict', 'The user was removed meanwhile.')
        flights.beginSimulated(flight, {
          event: 'launch',
          clientId: asked.client_id,
          userId: user.id,
          simulated,
          watched: await mayWatch(act, user, deps),
          detail: {
            sent: launch_url.split('?')[0],
            parameters: new URL(launch_url).searchParams,
            requestId: act.requestId,
          },
        })
        // Before the app is opened, and its request looks for the record.
        await flights.flush()
        return { flight, launch_url, expires_in }
      },
    }),

    start: operation({
      name: 'simulateStart',
      method: 'post',
      path: '/simulator/starts',
      summary:
        'Make a link that has the next launch which an app begins by itself, in the browser that opens the link, recorded and broken as wanted.',
      needs: 'change',
      input: z.object({
        client_id: z.string().min(1).max(100),
        user: z.string().min(1).max(100).describe('The username; they have to sign in.'),
        fault: z.enum(faults).optional().describe('What goes wrong with this launch, and with no other.'),
        ...reason,
      }),
      output: z.object({
        flight: z.string(),
        ready_url: z.string(),
        expires_in: z.number().int().describe('Seconds.'),
      }),
      status: 201,
      async run({ client_id, user: username, fault }, act) {
        const [client, user] = [await appOf(client_id), await userOf(username)]
        const flight = newFlightId()
        const simulated: Simulation = fault ?? 'plain'
        const { launch, expiresIn } = await handles.create({
          ...makerOf(act),
          clientId: client.id,
          userId: user.id,
          context: {},
          simulation: { simulated, flightId: flight },
          alone: { seconds: READY / SECOND },
        })
        flights.beginSimulated(flight, {
          event: 'armed',
          clientId: client.id,
          userId: user.id,
          simulated,
          watched: await mayWatch(act, user, deps),
          detail: { requestId: act.requestId },
        })
        // Before the browser is made ready, which the record tells.
        await flights.flush()
        return { flight, ready_url: `${deps.issuer}${readyPath}/${launch}`, expires_in: expiresIn }
      },
    }),
  }
}

function makerOf(act: Act): Pick<NewLaunch, 'by' | 'admin' | 'why' | 'requestId'> {
  return { by: act.by, admin: act.userId, why: act.reason, requestId: act.requestId }
}
