import { formatPath } from '../path.ts'
import type { ElementDefinition, Path, Step } from '../types.ts'
import type { Operation } from './expression.ts'

/** A path under construction, and what its references may point to (empty: anything). */
export type Resolved = { path: Path; targets: readonly string[] }

type Elements = (type: string) => readonly ElementDefinition[]

/**
 * Walks one branch of an expression through the element definitions, from `start`. A choice element becomes
 * one path for each of its types, until an `ofType` chooses. No path at all means the branch leads nowhere.
 */
export function resolveBranch(branch: readonly Operation[], start: string, elements: Elements): Resolved[] {
  let found: Resolved[] = [{ path: { steps: [], datatype: start }, targets: [] }]
  for (const operation of branch) found = found.flatMap((at) => apply(operation, at, elements))
  return found
}

function apply(operation: Operation, at: Resolved, elements: Elements): Resolved[] {
  switch (operation.do) {
    case 'child':
      return children(operation.name, at, elements)
    case 'type': // one official expression says ofType(DateTime)
      return at.path.datatype.toLowerCase() === operation.name.toLowerCase() ? [at] : []
    case 'target':
      return [{ path: { ...at.path, target: operation.type }, targets: [operation.type] }]
    case 'where':
      return [refine(at, { where: { name: operation.name, value: operation.value } })]
    case 'at':
      return [refine(at, { at: operation.index })]
  }
}

function children(name: string, at: Resolved, elements: Elements): Resolved[] {
  const element = elements(at.path.datatype).find((candidate) => candidate.name === name)
  if (!element) return []
  return element.types.map((type, index) => ({
    path: {
      steps: [...at.path.steps, { name: element.properties[element.choice ? index : 0] ?? name }],
      datatype: type.name,
    },
    targets: type.targets,
  }))
}

function refine(at: Resolved, condition: Omit<Step, 'name'>): Resolved {
  const last = at.path.steps.at(-1)
  if (!last) throw new Error(`A condition on the root of ${formatPath(at.path)}`)
  return { ...at, path: { ...at.path, steps: [...at.path.steps.slice(0, -1), { ...last, ...condition }] } }
}
