import type { Filter } from './filter.ts'
import type { SearchQuery } from './query.ts'

/**
 * Whether a search names a patient other than the one in context: by reference, by id, by compartment, directly
 * or at the end of a chain (ENF-08). It looks at the question only, so the answer is the same whether that
 * patient exists or not.
 */
export function namesOtherPatient({ types, filters, within }: SearchQuery, patient: string): boolean {
  if (within?.compartment === 'Patient' && within.id !== patient) return true
  // In a search over several types an `_id` need not be a Patient's.
  return filters.some((filter) => types.every((type) => filterNamesOther(filter, type, patient)))
}

function filterNamesOther(filter: Filter, type: string, patient: string): boolean {
  switch (filter.kind) {
    case 'id':
      return type === 'Patient' && filter.ids.some((id) => id !== patient)
    case 'values': {
      const { parameter, values } = filter
      const mayBePatient = parameter.type === 'reference' && parameter.targets.includes('Patient')
      return values.some(
        (value) =>
          value.kind === 'reference' &&
          !('url' in value) &&
          (value.type === 'Patient' || (value.type === undefined && mayBePatient)) &&
          value.id !== patient,
      )
    }
    case 'chain':
      return filter.targets.some((target) => filterNamesOther(target.filter, target.type, patient))
    case 'has':
      return filterNamesOther(filter.filter, filter.source, patient)
    default:
      return false
  }
}
