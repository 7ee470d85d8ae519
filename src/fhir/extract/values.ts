/** A JSON object, whose properties may be anything. */
export type Element = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, and no array. */
export function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text that says something; FHIR strings are never empty (R4 datatypes §string). */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The text, or undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return isText(value) ? value : undefined
}

/** The items of an array; none for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
