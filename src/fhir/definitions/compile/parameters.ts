import { SEARCHABLE } from '../datatypes.ts'
import type { ComponentEntry, OfficialParameter, ParameterEntry } from '../files.ts'
import { formatPath } from '../path.ts'
import type { ElementDefinition, Path, SearchType } from '../types.ts'
import { parseExpression } from './expression.ts'
import { type Resolved, resolveBranch } from './resolve.ts'

/** What expressions are resolved against. */
export type World = {
  elements: (type: string) => readonly ElementDefinition[]
  /** All official parameters by id: the components of a composite point there. */
  officials: ReadonlyMap<string, OfficialParameter>
}

/** Compiles an official parameter for one of its base types; throws the reason if that cannot be done. */
export function compileParameter(official: OfficialParameter, base: string, world: World): ParameterEntry {
  const { type, expression } = official
  const id = official.id === `${base}-${official.code}` ? {} : { id: official.id }
  if (expression === undefined) throw new Error('it has no expression')
  if (type === 'special') return { type, ...id }
  if (type === 'composite') return { type, ...id, ...compileComposite(official, expression, base, world) }
  const truth = parseExpression(expression).truth && { truth: true as const }
  return { ...id, ...compileValues(expression, official, base, world), ...truth }
}

function compileComposite(official: OfficialParameter, expression: string, base: string, world: World) {
  const roots = branchesOf(expression, base).flatMap((branch) => resolveBranch(branch, base, world.elements))
  const components = (official.component ?? []).map((component): ComponentEntry => {
    const half = world.officials.get(component.definition.split('/').at(-1) ?? '')
    if (!half) throw new Error(`its component ${component.definition} is unknown`)
    // Observation and Observation.component: the same halves stand under each root.
    const [first, ...others] = roots.map((root) =>
      compileValues(component.expression, half, root.path.datatype, world),
    )
    if (!first || others.some((other) => other.paths.join() !== first.paths.join())) {
      throw new Error('its roots do not have the same components')
    }
    return first
  })
  if (components.length !== 2) throw new Error(`it compares ${components.length} components, we only pairs`)
  return { roots: roots.map((root) => formatPath(root.path)), components }
}

function compileValues(
  expression: string,
  { type, target: declared }: OfficialParameter,
  start: string,
  world: World,
): ComponentEntry {
  const { truth } = parseExpression(expression)
  const resolved = branchesOf(expression, start).flatMap((branch) => {
    const found = resolveBranch(branch, start, world.elements)
    const kept = truth ? found : found.filter(({ path }) => isSearchable(type, path.datatype))
    if (kept.length > 0) return kept
    const datatypes = found.map(({ path }) => path.datatype).join(', ')
    throw new Error(`${expression} leads to ${datatypes || 'nothing'}, not to a ${type}`)
  })
  const paths = resolved.map(({ path }) => formatPath(withResourceTarget(path, declared)))
  const targets = type === 'reference' ? targetsOf(resolved, declared) : undefined
  return { type, ...(targets && { targets }), paths: [...new Set(paths)].sort() }
}

function isSearchable(type: SearchType, datatype: string): boolean {
  const datatypes: readonly string[] = type === 'composite' || type === 'special' ? [] : SEARCHABLE[type]
  return datatypes.includes(datatype)
}

/** Bundle.entry[0].resource is no reference but the resource itself; only the declared type is meant. */
function withResourceTarget(path: Path, declared: string[] | undefined): Path {
  const target = declared?.[0]
  return path.datatype === 'Resource' && target !== undefined ? { ...path, target } : path
}

/** What is declared for all bases of a shared parameter, less what this type's elements cannot point to. */
function targetsOf(resolved: Resolved[], declared: string[] | undefined): string[] | undefined {
  const anything = resolved.some(({ path, targets }) => path.datatype === 'Resource' || targets.length === 0)
  if (anything) return declared?.toSorted()
  const allowed = [...new Set(resolved.flatMap(({ targets }) => targets))]
  const both = declared ? allowed.filter((target) => declared.includes(target)) : allowed
  return (both.length > 0 ? both : allowed).sort()
}

/** The branches that start at this type; the rest of the union belongs to the parameter's other bases. */
function branchesOf(expression: string, start: string) {
  return parseExpression(expression).branches.flatMap((branch) => {
    const [first, ...rest] = branch
    if (first?.do !== 'child' || !/^[A-Z]/.test(first.name)) return [branch]
    return first.name === start ? [rest] : []
  })
}
