import type { Flights } from '../launches/flights.ts'
import type { RefreshTokens } from '../launches/refresh-tokens.ts'
import type { LanyardError } from '../lib/errors.ts'
import type { Codes } from './codes.ts'
import type { Parameters } from './parameters.ts'

type Deps = {
  codes: Pick<Codes, 'find'>
  refreshTokens: Pick<RefreshTokens, 'find'>
  flights: Pick<Flights, 'note' | 'finish'>
}
type Launch = { flight: string | undefined; event: 'token' | 'refresh'; redirectUri?: string }

/**
 * Tells a refused token request on the flight record of the launch whose code or refresh token was shown, whoever
 * showed it: there the developer of the app looks first.
 */
export function refusalOnFlight(deps: Deps) {
  return async (parameters: Parameters, error: LanyardError, requestId: string): Promise<void> => {
    const { reason, word, status, message: description } = error
    // The record is a help; without it, the answer is the same.
    const launch = await launchShown(parameters, deps).catch(() => undefined)
    if (launch?.flight === undefined) return
    const { flight, event, redirectUri } = launch
    const addresses =
      reason === 'code-other-redirect' && redirectUri !== undefined
        ? { sent: parameters.get('redirect_uri'), expected: [redirectUri] }
        : {}
    deps.flights.note(flight, {
      event,
      outcome: 'refused',
      reason,
      detail: { parameters, error: word, description, status, requestId, ...addresses },
    })
    // A launch that ended with tokens stays a success, whatever becomes of them later.
    if (event === 'token') deps.flights.finish(flight, 'refused', reason)
  }
}

async function launchShown(
  parameters: Parameters,
  { codes, refreshTokens }: Deps,
): Promise<Launch | undefined> {
  const [shownCode, shownToken] = [parameters.get('code'), parameters.get('refresh_token')]
  if (shownCode !== undefined) {
    const code = await codes.find(shownCode)
    return code && { flight: code.grant.flightId, event: 'token', redirectUri: code.redirectUri }
  }
  if (shownToken === undefined) return undefined
  const token = await refreshTokens.find(shownToken)
  return token && { flight: token.grant.flightId, event: 'refresh' }
}
