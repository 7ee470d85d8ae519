import { LanyardError } from '../../lib/errors.ts'
import type { Criterion, Vocabulary } from '../../smart/scope.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { readFilter } from '../search/filter.ts'
import { hasImpliedSystem } from '../search/implied-system.ts'

/** Parameters of whose values a scope may speak; result parameters and references are not among them. */
const usable = new Set(['token', 'string', 'date', 'number', 'quantity', 'uri'])

/** What the FHIR server understands, for the grammar of scopes; the same reader serves search (SCOPE-12). */
export function smartVocabulary(definitions: Definitions, extensions: readonly string[]): Vocabulary {
  const lowerCase = new Set(definitions.resourceTypes.map((type) => type.toLowerCase()))
  const known = new Set(extensions)
  return {
    isResourceType: definitions.isResourceType,
    isLowerCaseType: (name) => lowerCase.has(name),
    isExtension: (name) => known.has(name),
    criterionProblem: (type, criterion) => criterionProblem(type, criterion, definitions),
  }
}

function criterionProblem(
  type: string,
  { name, value }: Criterion,
  definitions: Definitions,
): string | undefined {
  // Modifiers and chains in scopes are experimental, and refused (SCOPE-12).
  if (/[:.]/.test(name)) return `"${name}" has a modifier or a chain, which scopes cannot have here`
  // What every type has begins with an underscore, so any type can say it.
  const searched = type === '*' && name.startsWith('_') ? (definitions.resourceTypes[0] ?? '') : type
  const parameter = definitions.searchParameter(searched, name)
  if (parameter === undefined || !usable.has(parameter.type) || name === '_id' || name === '_lastUpdated') {
    return `"${name}" is no search parameter that can limit ${type === '*' ? 'every type' : type}`
  }
  if (value.split(',').some((part) => part === '' || part === '|')) return `"${name}" has an empty value`
  // A longer text is told apart in the index by its beginning and a hash, which a prefix search cannot use.
  if (value.length > 200) return `the value of "${name}" is longer than 200 characters`
  // A search may write the system of a code element and finds it whatever it is; a scope may not be that generous.
  if (hasImpliedSystem(parameter) && value.includes('|')) {
    return `"${name}" is a plain code of FHIR itself; write it without a system`
  }
  try {
    readFilter(searched, name, value, { definitions, fhirBase: '', systems: {} })
    return undefined
  } catch (error) {
    if (error instanceof LanyardError) return `the value of "${name}" cannot be read`
    throw error
  }
}
