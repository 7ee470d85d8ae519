import type { SearchParameter } from '../definitions/types.ts'

/** A code element has its system from the value set it is bound to; a query may write it or not. */
export function hasImpliedSystem(parameter: SearchParameter): boolean {
  return (
    parameter.paths.length > 0 &&
    parameter.paths.every(({ datatype }) => datatype === 'code' || datatype === 'boolean')
  )
}
