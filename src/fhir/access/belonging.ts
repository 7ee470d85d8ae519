import type { Range } from '../../smart/range.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { betrays } from './betrays.ts'
import { isInCompartment, whoseParameters } from './compartment.ts'
import { sharedTypes } from './shared.ts'

/** Whether it is by hidden elements that resources of a type belong to a record. */
export function tellsHidden(type: string, { hidden }: Range, definitions: Definitions): boolean {
  if (hidden.length === 0) return false
  const codes = [...(whoseParameters(definitions, type) ?? []), ...(byWhatItShows.get(type) ?? [])]
  return codes.some((code) => {
    const parameter = definitions.searchParameter(type, code)
    return parameter !== undefined && betrays(definitions, type, parameter, hidden)
  })
}

const byWhatItShows: ReadonlyMap<string, readonly string[]> = new Map([
  ['List', ['item']],
  ['Provenance', ['target']],
])

/** The rule by which resources of a type belong to a record. */
export type Belonging = 'by-subject' | 'by-items' | 'by-targets' | 'by-reference' | 'never'

/** @param type of resources */
export function howInRecord(type: string, definitions: Definitions): Belonging {
  if (type === 'Provenance') return 'by-targets'
  if (type === 'List') return 'by-items'
  if (sharedTypes.has(type)) return 'by-reference'
  return isInCompartment(definitions, type) ? 'by-subject' : 'never'
}
