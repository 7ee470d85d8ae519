import { bodyShown, type ShownRow } from '../access/redact.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { subset } from '../http/subset.ts'
import type { ExportRequest } from './request.ts'

/** How stored bodies of one type become lines of a file. */
export type LineShape = {
  /** The elements that are wanted; none for all. */
  elements: readonly string[]
  /** What is hidden of them (access/redact.ts). */
  redactions: readonly (readonly string[])[]
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
 * Makes the function that turns a stored body into its line: as it is, unless something of it is hidden or less is
 * wanted. Attachments that are Binaries get absolute addresses, as a file stands nowhere (BULK-18).
 */
export function lineOf(
  { elements, redactions, fhirBase }: LineShape,
  definitions: () => Definitions,
): (row: ShownRow) => string {
  const absolute = (body: string): string =>
    body.includes(BINARY) ? body.replaceAll(BINARY, `"url":"${fhirBase}/Binary/`) : body
  const wanted = { summary: 'false' as const, elements }
  return (row) => {
    const body = bodyShown(row, redactions, definitions)
    return absolute(elements.length === 0 ? body : JSON.stringify(subset(body, wanted, definitions())))
  }
}
