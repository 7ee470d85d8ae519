import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import type { OfficialFile, OfficialParameter } from '../../../src/fhir/definitions/files.ts'
import type { Resource } from '../../../src/fhir/definitions/types.ts'

/** What fhirpath.js, an independent engine, finds for an official expression. Nodes are plain JSON values. */
export type Oracle = {
  /** The values of a parameter; those of a composite come in pairs of component values. */
  nodes(resource: Resource, code: string): unknown[]
  pairs(resource: Resource, code: string): [unknown[], unknown[]][]
}

type Evaluate = (data: unknown) => unknown[]

/** Reads the official expressions, unchanged but for what fhirpath.js cannot evaluate. */
export function createOracle({ parameters }: OfficialFile): Oracle {
  const compiled = new Map<string, Evaluate>()
  const evaluator = (expression: string, base?: string): Evaluate => {
    const key = `${base} ${expression}`
    const known = compiled.get(key)
    if (known) return known
    const path = base === undefined ? expression : { base, expression }
    const evaluate = fhirpath.compile(path, r4 as Model) as Evaluate
    compiled.set(key, evaluate)
    return evaluate
  }
  const officialOf = (type: string, code: string): OfficialParameter | undefined =>
    parameters.find((one) => one.code === code && (one.base.includes(type) || one.base.includes('Resource')))

  return {
    nodes(resource, code) {
      const official = officialOf(resource.resourceType, code)
      return evaluator(expressionFor(resource.resourceType, official?.expression ?? '{}'))(resource)
    },
    pairs(resource, code) {
      const { expression = '{}', component = [] } = officialOf(resource.resourceType, code) ?? {}
      const [first = '{}', second = '{}'] = component.map((half) => expressionFor('', half.expression))
      return branchesFor(resource.resourceType, expression).flatMap((root) =>
        evaluator(root)(resource).map((element): [unknown[], unknown[]] => [
          evaluator(first, root)(element),
          evaluator(second, root)(element),
        ]),
      )
    },
  }
}

function expressionFor(type: string, expression: string): string {
  return branchesFor(type, expression).join(' | ') || '{}'
}

/**
 * The branches for this type. `resolve()` has nothing to resolve here, so the type in the text decides; and a
 * canonical is a uri to FHIRPath, though ConceptMap?source-uri means sourceUri alone, as its XPath says. The
 * `value` in Group?characteristic-value is that of Group?value, which names two of its types.
 */
function branchesFor(type: string, expression: string): string[] {
  return expression
    .replace(/^value$/, 'value.where($this is CodeableConcept or $this is boolean)')
    .replace(/resolve\(\) is (\w+)/g, "reference.contains('$1/')")
    .replace(/ofType\(DateTime\)/g, 'ofType(dateTime)')
    .replace(/ofType\(uri\)/g, 'ofType(uri).where(($this is canonical).not())')
    .split(' | ')
    .filter((branch) => {
      const start = /^\(*([A-Z]\w*)/.exec(branch)?.[1]
      return start === undefined || start === 'Resource' || start === type
    })
}
