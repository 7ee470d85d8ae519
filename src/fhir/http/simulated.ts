import { LanyardError } from '../../lib/errors.ts'
import { type FhirFault, simulatedReason } from '../../smart/fault.ts'
import { invalidToken } from './bearer.ts'

/** The refusal that the simulator asked for, told to the app as the real one is. */
export function simulatedRefusal(fault: FhirFault, metadataUrl: string): LanyardError {
  const reason = simulatedReason(fault)
  if (fault === 'fhir-unauthorized') return invalidToken('token-expired', metadataUrl, reason)
  return fault === 'fhir-forbidden'
    ? new LanyardError('forbidden', 'No scope of this token covers this call.', { reason })
    : new LanyardError(
        'internal',
        'Something went wrong on our side. Try again; if it lasts, quote the X-Request-Id of this answer.',
        { reason },
      )
}
