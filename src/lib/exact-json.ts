// ECMAScript "JSON.parse source text access", which Node has and the compiler's library does not yet.
declare global {
  interface JSON {
    parse(
      text: string,
      reviver: (name: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

/** A number where JSON may have one; in a string it can only make us look twice. */
const number = /[:[,]\s*(-?\d[\d.eE+-]*)(?=\s*[,\]}])/g

/**
 * Parses JSON so that `JSON.stringify` gives every number back as it was written: `1.00` stays `1.00`. FHIR counts
 * the figures of a decimal as meaning (R4 §2.24.0.1). Such numbers become raw JSON objects, so the value is for
 * passing on, not for calculating.
 * @throws SyntaxError if it is not JSON
 */
export function parseExact(text: string): unknown {
  return needsCare(text) ? JSON.parse(text, keepSource) : JSON.parse(text)
}

/** Whether some number is written in another way than JavaScript would write it. */
export function needsCare(text: string): boolean {
  for (const [, written = ''] of text.matchAll(number)) {
    if (String(Number(written)) !== written) return true
  }
  return false
}

/** True for what stands in the place of a number that is kept as it was written. */
export function isExactNumber(value: unknown): boolean {
  return JSON.isRawJSON(value)
}

function keepSource(_name: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return JSON.rawJSON(source)
}
