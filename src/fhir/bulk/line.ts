import type { Definitions } from '../definitions/definitions.ts'
import { subset } from '../http/subset.ts'
import type { ExportRequest } from './request.ts'

/** How stored bodies of one type become lines of a file. */
export type LineShape = {
  /** The elements that are wanted; none for all. */
  elements: readonly string[]
  fhirBase: string
}

/** The elements that an export wants of a type: those that are named for it, and those for all that it has. */
export function elementsFor(
  type: string,
  { elements }: Pick<ExportRequest, 'elements'>,
  definitions: Definitions,
): string[] {
  const own = new Set(definitions.elements(type).flatMap(({ name, properties }) => [name, ...properties]))
  return elements
    .filter((element) => element.type === type || (element.type === undefined && own.has(element.name)))
    .map(({ name }) => name)
}

/** Where an attachment points to a Binary of this server; quotes inside of texts are escaped, so this is a member. */
const BINARY = '"url":"Binary/'

/**
 * Makes the function that turns a stored body into its line: as it is, unless less is wanted. Attachments that are
 * Binaries get absolute addresses, as a file stands nowhere (BULK-18).
 */
export function lineOf(
  { elements, fhirBase }: LineShape,
  definitions: () => Definitions,
): (body: string) => string {
  const absolute = (body: string): string =>
    body.includes(BINARY) ? body.replaceAll(BINARY, `"url":"${fhirBase}/Binary/`) : body
  if (elements.length === 0) return absolute
  const wanted = { summary: 'false' as const, elements }
  return (body) => absolute(JSON.stringify(subset(body, wanted, definitions())))
}
