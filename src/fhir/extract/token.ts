import type { Emitter, Rows } from './rows.ts'
import { emitText } from './text.ts'
import { isElement, isText, itemsOf, textOf } from './values.ts'

/** code, id, uri, string, boolean: no system, or one that goes without saying (R4 §3.1.1.4.10). */
export const emitCode: Emitter = (value, param, rows) => {
  if (isText(value)) rows.push({ kind: 'token', param, system: undefined, code: value })
  else if (typeof value === 'boolean')
    rows.push({ kind: 'token', param, system: undefined, code: `${value}` })
}

export const emitCoding: Emitter = (value, param, rows) => {
  if (!isElement(value)) return
  const { system, code, display } = value
  if (isText(code)) rows.push({ kind: 'token', param, system: textOf(system), code })
  emitText(display, param, rows)
}

export const emitCodeableConcept: Emitter = (value, param, rows) => {
  if (!isElement(value)) return
  for (const coding of itemsOf(value.coding)) emitCoding(coding, param, rows)
  emitText(value.text, param, rows)
}

/** The identifier itself, the words of its type, and `param:of-type` rows for the modifier of that name. */
export const emitIdentifier: Emitter = (identifier, param, rows) => {
  if (!isElement(identifier)) return
  const { system, value, type } = identifier
  if (isText(value)) rows.push({ kind: 'token', param, system: textOf(system), code: value })
  if (!isElement(type)) return
  emitText(type.text, param, rows)
  for (const coding of itemsOf(type.coding)) emitIdentifierType(coding, value, param, rows)
}

/** R4 §3.1.1.4.10, `:of-type`: the value is `system|code|value` of the identifier's type and value. */
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
