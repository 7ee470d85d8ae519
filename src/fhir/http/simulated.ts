import { LanyardError } from '../../lib/errors.ts'
import { type FhirFault, onPurpose, simulatedReason } from '../../smart/fault.ts'
import { invalidToken } from './bearer.ts'

/** The refusal that the simulator asked for: status, code and headers of the real one, with a true description. */
export function simulatedRefusal(fault: FhirFault, metadataUrl: string): LanyardError {
  const reason = simulatedReason(fault)
  if (fault === 'fhir-unauthorized')
    return invalidToken('token-expired', metadataUrl, { reason, said: onPurpose })
  return new LanyardError(fault === 'fhir-forbidden' ? 'forbidden' : 'internal', onPurpose, { reason })
}
