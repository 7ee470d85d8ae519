import type { Interaction } from '../../smart/letters.ts'

/** Whose data: everything, the records of all patients, those of the members of a group (BULK-01). */
export type ExportLevel = { of: 'system' } | { of: 'patient' } | { of: 'group'; id: string }

/** An export as it was understood; plain data, since it is kept with the job. */
export type ExportRequest = {
  level: ExportLevel
  /** What is exported, sorted. */
  types: string[]
  /** Milliseconds: only what has changed after it, and before it. */
  since: number | undefined
  until: number | undefined
  /** Searches by type; of those of one type one must match. */
  filters: { type: string; query: string }[]
  /** Elements to keep, for one type or for all. */
  elements: { type: string | undefined; name: string }[]
  /** Only the records of these patients (bare ids). */
  patients: string[] | undefined
  /** Provenance of these types only: it was asked for beside them. */
  provenanceOf: string[] | undefined
  /** What was left out because the client prefers that to a refusal, in sentences. */
  notes: string[]
}

/** What an export does with each type: whoever may not search for resources may not export them (BULK-15). */
export const EXPORTING: Interaction = 'search-type'
