import type { Criterion } from './scope.ts'

/** What variables stand for. */
export type Facts = {
  /** The user's own resource, e.g. `Practitioner/7`: `%fhirUser`. */
  readonly fhirUser: string | undefined
  /** What is said of the user beside: `%user.<name>`. */
  readonly attributes: Attributes
  /** The patient in context, a bare id: `%patient` is `Patient/<id>`. */
  readonly patient: string | undefined
}
export type Attributes = Readonly<Record<string, string | readonly string[]>>

export const attributeName = /^[A-Za-z][A-Za-z0-9_-]{0,49}$/
/** One value of a criterion: plain text, or a variable, which may stand behind the system of a token. */
const variable = /^(.*\|)?%(fhirUser|patient|user\.([A-Za-z][A-Za-z0-9_-]{0,49}))$/s

/** Why a criterion cannot be filled in, whoever the user is; nothing if it can. */
export function variableProblem({ value }: Criterion): string | undefined {
  const wrong = value.split(',').find((part) => part.includes('%') && !variable.test(part))
  return wrong === undefined
    ? undefined
    : `"${wrong}" is no variable: write %fhirUser, %patient or %user.<attribute>, as a whole value or behind a "|"`
}

/**
 * Criteria with their variables filled in; undefined if one has no value, which opens nothing.
 * @param type of the resources that they are about
 */
export function filledIn(where: readonly Criterion[], type: string, facts: Facts): Criterion[] | undefined {
  const filled = where.map(({ name, value }) => {
    const parts = value.split(',').flatMap((part) => {
      const values = valuesOf(part, facts)
      return name === '_id' ? values.flatMap((one) => idOf(one, part, type)) : values
    })
    const isWhole = value.split(',').every((part) => valuesOf(part, facts).length > 0)
    return isWhole && parts.length > 0 ? { name, value: parts.join(',') } : undefined
  })
  return filled.some((criterion) => criterion === undefined) ? undefined : (filled as Criterion[])
}

/** The variables of some criteria that have no value. */
export function withoutValue(where: readonly Criterion[], facts: Facts): string[] {
  const parts = where.flatMap(({ value }) => value.split(','))
  return parts
    .filter((part) => valuesOf(part, facts).length === 0)
    .map((part) => part.slice(part.lastIndexOf('%')))
}

function valuesOf(part: string, { fhirUser, attributes, patient }: Facts): string[] {
  const [, before = '', name, attribute] = variable.exec(part) ?? []
  if (name === undefined) return [part]
  const found =
    attribute !== undefined
      ? Object.hasOwn(attributes, attribute)
        ? attributes[attribute]
        : undefined
      : name === 'fhirUser'
        ? fhirUser
        : patient && `Patient/${patient}`
  const values = found === undefined ? [] : typeof found === 'string' ? [found] : found
  return values.filter((value) => value !== '').map((value) => before + escaped(value))
}

/** A value is one value, whatever is written in it (R4 search §escaping); a `|` may part a system from a code. */
function escaped(value: string): string {
  return value.replace(/[\\,$]/g, '\\$&')
}

/** `_id` takes bare ids: a variable that names a resource of another type names none of these. */
function idOf(value: string, part: string, type: string): string[] {
  if (value === part) return [value]
  const [of, id] = value.split('/')
  if (id === undefined) return [value]
  return of === type ? [id] : []
}
