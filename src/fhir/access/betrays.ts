import type { Definitions } from '../definitions/definitions.ts'
import type { Path, SearchParameter } from '../definitions/types.ts'
import { type ElementPath, elementPath } from './element-path.ts'

/**
 * Whether a search by a parameter would tell something of elements that are hidden: its path leads to one, into one,
 * or to what one is part of.
 * @param hidden paths as rules name them
 */
export function betrays(
  definitions: Definitions,
  type: string,
  parameter: SearchParameter,
  hidden: readonly string[],
): boolean {
  if (hidden.length === 0) return false
  const paths = pathsOf(definitions, type, parameter)
  return hidden.some((text) => {
    const element = elementPath(definitions, type, text)
    return element !== undefined && paths.some((path) => touches(path, element))
  })
}

/** Where the values of a parameter come from; those of an alias are those of others. */
function pathsOf(definitions: Definitions, type: string, parameter: SearchParameter): Path[] {
  const { paths, roots, components, of, target } = parameter
  const inRoots = roots.flatMap((root) =>
    components.flatMap((component) =>
      component.paths.map((path): Path => ({ ...path, steps: [...root.steps, ...path.steps] })),
    ),
  )
  const ofOthers = (of ?? []).flatMap((code) => {
    const other = definitions.searchParameter(type, code)
    return other === undefined ? [] : pathsOf(definitions, type, other)
  })
  const narrowed = target === undefined ? ofOthers : ofOthers.map((path): Path => ({ ...path, target }))
  return [...paths, ...roots, ...inRoots, ...narrowed]
}

function touches(path: Path, element: ElementPath): boolean {
  const common = Math.min(path.steps.length, element.steps.length)
  const isSame = element.steps
    .slice(0, common)
    .every((properties, index) => properties.includes(path.steps[index]?.name ?? ''))
  if (!isSame) return false
  const rest = element.steps.slice(path.steps.length)
  // The words beside a reference are not searched by.
  if (path.datatype === 'Reference' && rest.length === 1 && rest[0]?.includes('display')) return false
  const isAt = path.steps.length === element.steps.length
  return !(
    isAt &&
    element.targets !== undefined &&
    path.target !== undefined &&
    !element.targets.includes(path.target)
  )
}
