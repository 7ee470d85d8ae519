import type { Emitter, Rows } from './rows.ts'
import { emitText } from './text.ts'
import { isElement, isText, itemsOf, textOf } from './values.ts'

/** code, id, uri, string, boolean: no system, or one that goes without saying (R4 search §token). */
export const emitCode: Emitter = (value, param, rows) => {
  if (isText(value)) rows.push({ kind: 'token', param, system: undefined, code: value })
  else if (typeof value === 'boolean')
    rows.push({ kind: 'token', param, system: undefined, code: `${value}` })
}

/** A code in its system, and its display for `:text`. */
export const emitCoding: Emitter = (value, param, rows) => {
  if (!isElement(value)) return
  const { system, code, display } = value
  if (isText(code)) rows.push({ kind: 'token', param, system: textOf(system), code })
  emitText(display, param, rows)
}

/** Every coding, and the text of the whole for `:text`. */
export const emitCodeableConcept: Emitter = (value, param, rows) => {
  if (!isElement(value)) return
  for (const coding of itemsOf(value.coding)) emitCoding(coding, param, rows)
  emitText(value.text, param, rows)
}

/** The value of an Identifier in its system. */
export const emitIdentifierValue: Emitter = (identifier, param, rows) => {
  if (!isElement(identifier) || !isText(identifier.value)) return
  rows.push({ kind: 'token', param, system: textOf(identifier.system), code: identifier.value })
}

/** The value, the words of its type, and `param:of-type` rows for the modifier of that name. */
export const emitIdentifier: Emitter = (identifier, param, rows) => {
  emitIdentifierValue(identifier, param, rows)
  if (!isElement(identifier) || !isElement(identifier.type)) return
  emitText(identifier.type.text, param, rows)
  for (const coding of itemsOf(identifier.type.coding)) {
    emitIdentifierType(coding, identifier.value, param, rows)
  }
}

/** R4 search §token, `:of-type`: the value is `system|code|value` of the identifier's type and value. */
function emitIdentifierType(coding: unknown, value: unknown, param: string, rows: Rows): void {
  if (!isElement(coding)) return
  emitText(coding.display, param, rows)
  if (!isText(coding.code) || !isText(value)) return
  const code = `${coding.code}|${value}`
  rows.push({ kind: 'token', param: `${param}:of-type`, system: textOf(coding.system), code })
}

/** The value alone: in R4 the kind of contact is no system (that is what `phone` and `email` are for). */
export const emitContactPoint: Emitter = (value, param, rows) => {
  if (isElement(value)) emitCode(textOf(value.value), param, rows)
}
