import { LanyardError, type Problem } from '../../lib/errors.ts'
import { criteriaIn, type RoleRules } from '../../smart/policy.ts'
import { type Criterion, parseScopes, type Vocabulary } from '../../smart/scope.ts'
import { variableProblem } from '../../smart/variables.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { readFilter } from '../search/filter.ts'
import { elementPath } from './element-path.ts'

type Rule = RoleRules['rules'][number]

/**
 * What of a role could not be enforced: the same readers will read it that read it here. Paths are those of the file,
 * `rules.0.where.1`.
 */
export function ruleProblems(
  { rules, scopes }: Pick<RoleRules, 'rules' | 'scopes'>,
  definitions: Definitions,
  vocabulary: Vocabulary,
): Problem[] {
  const inScopes = scopes === undefined ? [] : scopeProblems(scopes, vocabulary)
  return [
    ...rules.flatMap((rule, index) =>
      problemsOf(rule, definitions).map(({ path, message }) => ({ path: `rules.${index}.${path}`, message })),
    ),
    ...inScopes.map((message) => ({ path: 'scopes', message })),
  ]
}

function scopeProblems(text: string, vocabulary: Vocabulary): string[] {
  const { scopes, problems } = parseScopes(text, vocabulary)
  const others = scopes.filter(({ kind }) => kind !== 'resource')
  return [
    ...problems.map(({ sentence }) => sentence),
    ...(others.length > 0 ? ['only scopes of data have a limit here, such as user/*.rs'] : []),
  ]
}

function problemsOf({ types, where, hide, writable }: Rule, definitions: Definitions): Problem[] {
  const unknown = types.filter((type) => type !== '*' && !definitions.isResourceType(type))
  if (unknown.length > 0)
    return unknown.map((type) => ({
      path: 'types',
      message: `"${type}" is not a resource type of FHIR R4`,
    }))
  if (types.includes('*') && types.length > 1) return [{ path: 'types', message: '"*" stands alone' }]
  return [
    ...where.flatMap((text, index) =>
      criteriaIn(text)
        .flatMap((criterion) => types.flatMap((type) => criterionProblem(type, criterion, definitions) ?? []))
        .map((message) => ({ path: `where.${index}`, message })),
    ),
    ...pathProblems('hide', hide, types, definitions),
    ...pathProblems('writable', writable ?? [], types, definitions),
  ]
}

/** What every type has, so that a rule about all of them may speak of it. */
const ofAllTypes: ReadonlySet<string> = new Set([
  '_id',
  '_lastUpdated',
  '_profile',
  '_security',
  '_source',
  '_tag',
])

function criterionProblem(type: string, criterion: Criterion, definitions: Definitions): string | undefined {
  const { name, value } = criterion
  const wrong = variableProblem(criterion)
  if (wrong !== undefined) return wrong
  if (type === '*' && !ofAllTypes.has(name.split(':')[0] ?? ''))
    return `"${name}" is not a search parameter of every type`
  if (value.split(',').some((part) => part === '' || part === '|')) return `"${name}" has an empty value`
  const searched = type === '*' ? (definitions.resourceTypes[0] ?? '') : type
  try {
    const filter = readFilter(searched, name, standIn(value), { definitions, fhirBase: '', systems: {} })
    return filter === undefined ? `"${name}" is no search parameter of ${type}` : undefined
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error
    // What will stand in the place of a variable is not known yet: a date, say.
    return value.includes('%') && error.word === 'value' ? undefined : error.message
  }
}

/** A value as it may look when its variables are filled in. */
function standIn(value: string): string {
  return value
    .split(',')
    .map((part) => part.replace(/%[\w.-]+$/, 'Location/1'))
    .join(',')
}

function pathProblems(
  member: 'hide' | 'writable',
  paths: readonly string[],
  types: readonly string[],
  definitions: Definitions,
): Problem[] {
  const isOf = (type: string, path: string) => elementPath(definitions, type, path) !== undefined
  const messages = (path: string): string[] => {
    if (!types.includes('*'))
      return types
        .filter((type) => !isOf(type, path))
        .map((type) => `"${path}" is no element of ${type} that can be ${what[member]}`)
    return definitions.resourceTypes.some((type) => isOf(type, path))
      ? []
      : [`"${path}" is no element of any type that can be ${what[member]}`]
  }
  return paths.flatMap((path, index) =>
    messages(path).map((message) => ({ path: `${member}.${index}`, message })),
  )
}

const what = { hide: 'hidden', writable: 'limited' } as const
