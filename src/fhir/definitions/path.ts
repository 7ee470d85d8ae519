import type { Path, Step } from './types.ts'

/**
 * A path as text, close to FHIRPath so that the generated definitions can be read and compared:
 * `subject:Reference(Patient)`, `telecom[system=email]:ContactPoint`, `entry[0].resource:Resource`.
 */
export function formatPath(path: Path): string {
  const target = path.target === undefined ? '' : `(${path.target})`
  return `${path.steps.map(formatStep).join('.')}:${path.datatype}${target}`
}

/** Reads what `formatPath` wrote; throws on anything else. */
export function parsePath(text: string): Path {
  const match = /^([^:]*):([\w.]+)(?:\((\w+)\))?$/.exec(text)
  if (!match) throw new Error(`Not a path: ${text}`)
  const [, steps = '', datatype = '', target] = match
  return {
    steps: steps === '' ? [] : steps.split('.').map(parseStep),
    datatype,
    ...(target !== undefined && { target }),
  }
}

function formatStep(step: Step): string {
  if (step.where) return `${step.name}[${step.where.name}=${step.where.value}]`
  return step.at === undefined ? step.name : `${step.name}[${step.at}]`
}

function parseStep(text: string): Step {
  const match = /^(\w+)(?:\[(?:(\d+)|(\w+)=([^\]]*))\])?$/.exec(text)
  if (!match) throw new Error(`Not a step: ${text}`)
  const [, name = '', at, key, value] = match
  if (at !== undefined) return { name, at: Number(at) }
  return key !== undefined && value !== undefined ? { name, where: { name: key, value } } : { name }
}
