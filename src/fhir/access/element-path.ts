import type { Definitions } from '../definitions/definitions.ts'

/** A path of elements as rules name it, read for one resource type. */
export type ElementPath = {
  /** For each step the properties that it stands for in JSON: `value` is `valueQuantity`, `valueString`, … */
  readonly steps: readonly (readonly string[])[]
  /** Datatypes that may stand at its end. */
  readonly datatypes: readonly string[]
  /** Only references to these resource types; whatever stands there if it is undefined. */
  readonly targets: readonly string[] | undefined
}

/** What every resource is known by: it is neither hidden nor limited. */
const untouchable: ReadonlySet<string> = new Set(['id', 'meta', 'implicitRules', 'resourceType'])

/**
 * Reads `participant.actor`, or `participant.actor(Patient,Practitioner)` for references to these types only.
 * @returns undefined for what is no element of the type, or cannot be spoken of
 */
export function elementPath(definitions: Definitions, type: string, text: string): ElementPath | undefined {
  const [, path = '', listed] = /^([A-Za-z0-9.]+)(?:\(([A-Za-z,]+)\))?$/.exec(text) ?? []
  const names = path.split('.')
  if (untouchable.has(names[0] ?? '')) return undefined
  const targets = listed?.split(',')
  const steps: string[][] = []
  let within: readonly string[] = [type]
  for (const name of names) {
    const found = within
      .flatMap((one) => definitions.elements(one))
      .filter((element) => element.name === name)
    if (found.length === 0) return undefined
    steps.push([...new Set(found.flatMap(({ properties }) => properties))])
    within = [...new Set(found.flatMap(({ types }) => types.map((of) => of.name)))]
  }
  const isTold =
    targets === undefined || (within.includes('Reference') && targets.every(definitions.isResourceType))
  return isTold ? { steps, datatypes: within, targets } : undefined
}
