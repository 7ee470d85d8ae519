import type { Definitions } from '../definitions/definitions.ts'
import type { Path } from '../definitions/types.ts'
import type { Filter } from '../search/filter.ts'

/** Whether a resource has at most one value of the parameter of a filter: no element on the way to it repeats. */
export function isSingle(definitions: Definitions): (filter: Filter & { kind: 'values' }) => boolean {
  return ({ type, parameter }) => {
    const [first, ...others] = parameter.paths
    if (first === undefined || parameter.of !== undefined) return false
    const element = elementOf(first, type, definitions)
    // Several paths are one element where they are its choices: effectiveDateTime, effectivePeriod.
    return element !== undefined && others.every((path) => elementOf(path, type, definitions) === element)
  }
}

/** The one element that a path of one step leads to, if it does not repeat. */
function elementOf({ steps }: Path, type: string, definitions: Definitions) {
  const [step, ...more] = steps
  if (step === undefined || more.length > 0) return undefined
  const element = definitions.elements(type).find(({ properties }) => properties.includes(step.name))
  return element?.array === false ? element : undefined
}
