import { instant } from '../lib/time.ts'
import type { Flight, FlightStep } from './flight.ts'
import { likelyMistakes } from './flight-mistakes.ts'

/** A flight with its steps. */
export type ToldFlight = { flight: Flight; steps: readonly FlightStep[] }

/**
 * What of a record may leave for the maker of the app, in every form: only what is named here, which is what the app
 * itself sent and was told. No person, no patient, nothing of tokens and answers, and no id but the app's and its own.
 */
export function redactedFlight({ flight, steps }: ToldFlight): ToldFlight {
  const { watched: _, ...kept } = flight
  return {
    flight: { ...kept, userId: undefined, grantId: undefined },
    steps: steps.map(({ step, at, event, outcome, reason, detail }): FlightStep => {
      const { parameters, sent, expected, granted, notGranted, error, interaction, type, status } = detail
      const { decided, description, asked, before, answered, took } = detail
      const told = { parameters, sent, expected, granted, notGranted, error, interaction, type, status }
      return {
        step,
        at,
        event,
        outcome,
        reason,
        detail: { ...told, decided, description, asked, before, answered, took },
      }
    }),
  }
}

/** A record as JSON: what the console saves, its API answers and the command prints. */
export function flightDocument({ flight, steps }: ToldFlight, appName: string | undefined) {
  const { id, clientId, outcome, reason, simulated, started, updated } = flight
  return {
    id,
    client_id: clientId,
    client_name: appName,
    outcome,
    reason,
    simulated,
    started: instant(started),
    updated: instant(updated),
    steps: flight.steps,
    mistakes: likelyMistakes(flight, steps),
    timeline: steps.map((one) => ({ ...one, at: instant(one.at) })),
  }
}
