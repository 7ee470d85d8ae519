import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import type { Tables } from '../store/tables.ts'
import type { Flight, FlightEvent, FlightStep } from './flight.ts'
import type { StepDetail } from './flight-detail.ts'

/** There are so few records that looking through their steps costs less than an index that every step pays for. */
export function ofRequest(kysely: Kysely<Tables>, requestId: string) {
  const said = `"requestId":${JSON.stringify(requestId)}`.replace(/[%_!]/g, '!$&')
  return kysely
    .selectFrom('flight_step')
    .select('flight_id')
    .where(sql<boolean>`detail like ${`%${said}%`} escape '!'`)
}

/** Newest first, and by id where two began at once. */
export function isBehind(
  { eb, and, or }: ExpressionBuilder<Tables, 'flight'>,
  { started, id }: Pick<Flight, 'started' | 'id'>,
) {
  return or([eb('started', '<', started), and([eb('started', '=', started), eb('flight_id', '>', id)])])
}

export function flightOf(row: Selectable<Tables['flight']>): Flight {
  return {
    id: row.flight_id,
    clientId: row.client_id ?? undefined,
    userId: row.user_id ?? undefined,
    grantId: row.grant_id ?? undefined,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    started: row.started,
    updated: row.updated,
    expires: row.expires,
    steps: row.steps,
    ...(row.simulated === null ? {} : { simulated: row.simulated }),
    ...(row.watched === 1 ? { watched: true } : {}),
  }
}

export function stepOf(row: Selectable<Tables['flight_step']>): FlightStep {
  return {
    step: row.step,
    at: row.at,
    event: row.event as FlightEvent,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    detail: row.detail === null ? {} : (JSON.parse(row.detail) as StepDetail),
  }
}
