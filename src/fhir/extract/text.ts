import { normalize } from './normalize.ts'
import type { Emitter } from './rows.ts'
import { isElement, isText, itemsOf } from './values.ts'

/** A string as it stands, and as it is compared. */
export const emitText: Emitter = (value, param, rows) => {
  if (isText(value)) rows.push({ kind: 'string', param, text: value, norm: normalize(value) })
}

/** A name is found by any of its parts (R4 search §string). */
export const emitHumanName = emitParts(['text', 'family', 'given', 'prefix', 'suffix'])

/** So is an address. */
export const emitAddress = emitParts(['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'])

function emitParts(names: readonly string[]): Emitter {
  return (value, param, rows) => {
    if (!isElement(value)) return
    for (const name of names) {
      const part = value[name]
      if (typeof part === 'string') emitText(part, param, rows)
      else for (const item of itemsOf(part)) emitText(item, param, rows)
    }
  }
}
