import { isInCompartment } from '../access/compartment.ts'
import { sharedTypes } from '../access/shared.ts'
import { AUDIT_EVENT } from '../audit-events/audit-events.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { ExportLevel } from './request.ts'

/**
 * The types that can be exported at a level: what is in the records of patients, with its Provenance (BULK-18) and
 * what it refers to; at the level of the system all. The audit has an export of its own.
 */
export function exportedTypes({ of }: ExportLevel, definitions: Definitions): string[] {
  return definitions.resourceTypes
    .filter((type) => type !== AUDIT_EVENT)
    .filter((type) => of === 'system' || howInExport(type, definitions) !== 'never')
    .toSorted()
}

/** Why a resource belongs to an export of records: it is in one, it tells of what is in one, or is referred to. */
export function howInExport(
  type: string,
  definitions: Definitions,
): 'in-record' | 'by-target' | 'by-reference' | 'never' {
  if (type === 'Provenance') return 'by-target'
  if (sharedTypes.has(type)) return 'by-reference'
  return isInCompartment(definitions, type) ? 'in-record' : 'never'
}
