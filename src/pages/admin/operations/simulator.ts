import { z } from 'zod'
import { newFlightId } from '../../../launches/flight-id.ts'
import type { Flights } from '../../../launches/flights.ts'
import type { NewLaunch } from '../../../launches/handles.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { faults } from '../../../smart/fault.ts'
import { launchContext } from '../../../smart/launch-context.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { operation, reason } from './operation.ts'

export type SimulatorDeps = {
  /** Makes a launch, as `POST /launch` does. @throws LanyardError `invalid-request` */
  createLaunch: (
    input: unknown,
    maker: Omit<NewLaunch, 'clientId' | 'userId' | 'context'>,
  ) => Promise<{ launch: string; launch_url: string; expires_in: number }>
  flights: Pick<Flights, 'beginSimulated' | 'flush'>
  users: Pick<UserRegistry, 'findByName'>
}

/** What admins do with the launch simulator. */
export function simulatorOperations({ createLaunch, flights, users }: SimulatorDeps) {
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
        const simulated = fault ?? 'plain'
        const { launch_url, expires_in } = await createLaunch(asked, {
          by: act.by ?? act.userId ?? '',
          why: act.reason,
          requestId: act.requestId,
          simulation: { simulated, flightId: flight },
        })
        const user = await users.findByName(asked.user)
        if (user === undefined) throw new LanyardError('conflict', 'The user was removed meanwhile.')
        flights.beginSimulated(flight, {
          clientId: asked.client_id,
          userId: user.id,
          simulated,
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
  }
}
