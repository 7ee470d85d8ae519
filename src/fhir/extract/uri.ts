import type { Emitter } from './rows.ts'
import { isText } from './values.ts'

/** A URI, which is compared as it stands (R4 search §uri). */
export const emitUri: Emitter = (value, param, rows) => {
  if (isText(value)) rows.push({ kind: 'uri', param, value })
}

/** `url|version` is found with its version and without (R4 datatypes §canonical). */
export const emitCanonical: Emitter = (value, param, rows) => {
  emitUri(value, param, rows)
  const url = withoutVersion(value)
  if (url !== value) emitUri(url, param, rows)
}

/** The URL of a canonical; anything that is none comes back as it was. */
export function withoutVersion(canonical: unknown): unknown {
  if (!isText(canonical)) return canonical
  const bar = canonical.indexOf('|')
  return bar < 0 ? canonical : canonical.slice(0, bar)
}
