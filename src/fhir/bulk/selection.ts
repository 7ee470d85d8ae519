import { isInCompartment } from '../access/compartment.ts'
import type { ValueContext } from '../search/value.ts'
import type { ExportSelection } from '../store/export.ts'
import { howInExport } from './exported-types.ts'
import type { Moment } from './moment.ts'
import { EXPORTING, type ExportRequest } from './request.ts'
import { readTypeFilter } from './type-filter.ts'

/**
 * What is read of one type.
 * @throws LanyardError `invalid-request` for a filter that cannot be read
 */
export function selectionOf(
  type: string,
  request: ExportRequest,
  { time, patients }: Moment,
  context: ValueContext,
): ExportSelection {
  const { definitions } = context
  const by = howInExport(type, definitions)
  return {
    type,
    interaction: EXPORTING,
    since: request.since,
    until: request.until,
    upTo: time,
    filters: request.filters
      .filter((filter) => filter.type === type)
      .map(({ query }) => readTypeFilter(type, query, context)),
    records:
      patients === undefined || by === 'never'
        ? undefined
        : {
            patients,
            by,
            recordTypes: definitions.resourceTypes.filter((one) => isInCompartment(definitions, one)),
          },
    about: type === 'Provenance' ? request.provenanceOf : undefined,
  }
}
