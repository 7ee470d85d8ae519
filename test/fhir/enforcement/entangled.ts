import type { Definitions } from '../../../src/fhir/definitions/definitions.ts'
import type { SearchParameter } from '../../../src/fhir/definitions/types.ts'
import type { Stored } from '../../../src/fhir/store/bulk.ts'

/** The reference parameters of a type that have elements of their own. */
export function referencesOf(definitions: Definitions, type: string): SearchParameter[] {
  return definitions.searchParameters(type).filter((parameter) => parameter.type === 'reference')
}

/**
 * A resource that refers, by each of its reference parameters, to one of everything that R4 lets it refer to.
 * @param idOf which resource of a type an element (`participant.actor`) refers to; none if it is undefined
 */
export function entangled(
  definitions: Definitions,
  type: string,
  id: string,
  idOf: (target: string, element: string) => string | undefined,
): Stored {
  const resource: Record<string, unknown> = { resourceType: type, id }
  for (const { paths, targets } of referencesOf(definitions, type)) {
    for (const { steps, datatype } of paths) {
      const names = steps.map(({ name }) => name)
      const all = targets.flatMap((target) => {
        const one = idOf(target, names.join('.'))
        return one === undefined ? [] : [{ reference: `${target}/${one}` }]
      })
      if (datatype === 'Reference' && all.length > 0) place(resource, names, all)
    }
  }
  return resource as Stored
}

function place(within: Record<string, unknown>, [name = '', ...rest]: string[], value: object[]): void {
  const inner = within[name]
  if (rest.length > 0) {
    const element = (inner ?? {}) as Record<string, unknown>
    within[name] = element
    place(element, rest, value)
  } else within[name] = [...((inner as object[] | undefined) ?? []), ...value]
}
