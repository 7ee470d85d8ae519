import type { ErrorCode, LanyardError } from '../../lib/errors.ts'
import { InvalidResource } from '../validate/issue.ts'

export const FHIR_JSON = 'application/fhir+json'

/** R4 value set issue-type, for errors that bring no word of their own (REST-14). */
const issueTypes: Record<ErrorCode, string> = {
  'invalid-request': 'invalid',
  unauthenticated: 'login',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  gone: 'deleted',
  'not-acceptable': 'not-supported',
  'unsupported-media': 'not-supported',
  'method-not-allowed': 'not-supported',
  conflict: 'conflict',
  'precondition-failed': 'conflict',
  'too-large': 'too-long',
  'too-many': 'throttled',
  misdirected: 'not-found',
  configuration: 'exception',
  unavailable: 'transient',
  internal: 'exception',
}

export type Outcome = {
  resourceType: 'OperationOutcome'
  issue: {
    severity: 'error' | 'warning' | 'information'
    code: string
    diagnostics: string
    expression?: [string]
  }[]
}

/** An error as FHIR says it: what happened and what to do, nothing of the inside. */
export function outcomeOf(error: LanyardError): Outcome {
  if (error instanceof InvalidResource) return { resourceType: 'OperationOutcome', issue: [...error.issues] }
  return outcome('error', error.word ?? issueTypes[error.code], error.message)
}

export function outcome(
  severity: Outcome['issue'][number]['severity'],
  code: string,
  diagnostics: string,
): Outcome {
  return { resourceType: 'OperationOutcome', issue: [{ severity, code, diagnostics }] }
}
