import type { Simulation } from '../smart/fault.ts'
import type { NewStepDetail, StepDetail } from './flight-detail.ts'

export type FlightEvent =
  | 'launch'
  | 'armed'
  | 'ready'
  | 'discovery'
  | 'request'
  | 'exchange'
  | 'authorize'
  | 'sign-in'
  | 'context'
  | 'consent'
  | 'code'
  | 'token'
  | 'refresh'
  | 'fhir'
  | 'end'

/** One thing that happened on the way of a launch. */
export type NewFlightStep = {
  event: FlightEvent
  outcome: 'ok' | 'refused'
  /** A reason code; those of `FlightReason` (flight-mistakes.ts) have words. */
  reason?: string | undefined
  detail?: NewStepDetail | undefined
  /** When it was, if not now (milliseconds). */
  at?: number | undefined
}

/** How one launch went. */
export type Flight = {
  /** The reference on error pages. */
  id: string
  clientId: string | undefined
  userId: string | undefined
  grantId: string | undefined
  outcome: 'open' | 'done' | 'refused'
  reason: string | undefined
  /** Milliseconds. */
  started: number
  updated: number
  expires: number
  /** How many steps it had; not all of very many are kept. */
  steps: number
  /** Of a launch that the simulator made: what was broken on purpose. */
  simulated?: Simulation | undefined
  /** Whether the messages of its FHIR calls are kept for a while. */
  watched?: boolean
}
export type FlightStep = {
  /** Its number; messages are found by it. */
  step: number
  at: number
  event: FlightEvent
  outcome: 'ok' | 'refused'
  reason: string | undefined
  detail: StepDetail
}
