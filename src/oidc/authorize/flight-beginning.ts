import type { ClientRegistry } from '../../clients/registry.ts'
import type { DiscoveryTrail } from '../../launches/discovery-trail.ts'
import type { Flights } from '../../launches/flights.ts'
import type { Launch, LaunchHandles } from '../../launches/handles.ts'
import { readyBrowser } from '../../launches/ready-browser.ts'
import type { Clock } from '../../lib/time.ts'
import type { RequestContext } from '../../observe/request-context.ts'

export type FlightBeginningDeps = {
  flights: Pick<Flights, 'begin' | 'note'>
  handles: Pick<LaunchHandles, 'find' | 'findAlone'>
  clients: Pick<ClientRegistry, 'find'>
  trail: Pick<DiscoveryTrail, 'take'>
  /** What apps read of this server before they begin. */
  smartConfiguration: Readonly<Record<string, unknown>>
  clock: Clock
}

type Begun = { flightId: string; since: number }

/**
 * The record of an authorization request: a new one, or that which the simulator began when it made this launch for
 * this app. @returns its id
 */
export function flightBeginning(deps: FlightBeginningDeps) {
  const { flights, handles } = deps

  async function begun(ctx: RequestContext, sent: URLSearchParams): Promise<Begun | undefined> {
    const [launch, clientId] = [sent.get('launch'), sent.get('client_id')]
    if (launch !== null) return recordOf(await handles.find(launch).catch(nothing), clientId)
    const alone = readyBrowser.handle(ctx)
    if (alone === undefined) return undefined
    const found = recordOf(await handles.findAlone(alone).catch(nothing), clientId)
    if (found !== undefined) ctx.state.alone = alone
    return found
  }

  return async (ctx: RequestContext, sent: URLSearchParams): Promise<string> => {
    const detail = { parameters: sent, requestId: ctx.state.requestId }
    const clientId = sent.get('client_id') ?? undefined
    const known = await begun(ctx, sent)
    if (known === undefined) return flights.begin({ clientId, detail })
    await noteDiscovery(ctx, known, clientId ?? '', deps)
    flights.note(known.flightId, { event: 'request', outcome: 'ok', detail })
    return known.flightId
  }
}

/** Of a launch of the simulator for this app. The record is a help; without it, the answer is the same. */
function recordOf(
  found: Launch | { refused: string } | undefined,
  clientId: string | null,
): Begun | undefined {
  if (found === undefined || 'refused' in found || found.clientId !== clientId) return undefined
  return found.simulation && { flightId: found.simulation.flightId, since: found.made ?? 0 }
}

function nothing(): undefined {
  return undefined
}

/**
 * What the app may have read before it asked. Whoever reads it shows no credential, so that all that can be told is
 * who read it at the same address, and when; or that nobody did, and what it would have read.
 */
async function noteDiscovery(
  ctx: RequestContext,
  { flightId, since }: Begun,
  clientId: string,
  { flights, clients, trail, smartConfiguration, clock }: FlightBeginningDeps,
): Promise<void> {
  const { redirect_uris = [], allowed_origins = [] } = (await clients.find(clientId))?.metadata ?? {}
  const origins = [...redirect_uris, ...allowed_origins]
    .filter((uri) => URL.canParse(uri))
    .map((uri) => new URL(uri).origin)
  const now = clock()
  const seen = trail.take({ address: ctx.ip, since, origins })
  if (!seen.some(({ document }) => document === 'smart-configuration'))
    flights.note(flightId, { event: 'discovery', outcome: 'ok', detail: { answered: smartConfiguration } })
  for (const { document, at, origin } of seen) {
    flights.note(flightId, {
      event: 'discovery',
      outcome: 'ok',
      at,
      detail: {
        asked: document,
        origin,
        before: now - at,
        status: 200,
        ...(document === 'metadata' ? {} : { answered: smartConfiguration }),
      },
    })
  }
}
