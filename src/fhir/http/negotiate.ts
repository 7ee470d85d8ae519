import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { FHIR_JSON } from './outcome.ts'

/** Media types that mean JSON, with what is answered for each: a generic type is echoed (REST-02). */
const answers: Readonly<Record<string, string>> = {
  [FHIR_JSON]: FHIR_JSON,
  'application/json+fhir': FHIR_JSON,
  'application/json': 'application/json',
  'text/json': 'text/json',
  'application/*': FHIR_JSON,
  '*/*': FHIR_JSON,
  json: FHIR_JSON,
}

/**
 * The media type to answer in: `_format` before `Accept`.
 * @throws LanyardError `not-acceptable` for anything but JSON of FHIR 4.0
 */
export function mediaType(ctx: Context): string {
  const { _format } = ctx.query
  const format = [_format].flat()[0]
  // A plus sign in a query is a space: `_format=application/fhir+json` arrives so more often than not.
  if (format !== undefined) return choose(format.replaceAll(' ', '+'))
  const accept = ctx.req.headers.accept
  if (accept === undefined || accept === FHIR_JSON) return FHIR_JSON
  return choose(accept)
}

function choose(accept: string): string {
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    const answer = answers[type.toLowerCase()]
    if (answer === undefined || parameters.some(isOtherVersion) || parameters.includes('q=0')) continue
    return answer
  }
  throw new LanyardError(
    'not-acceptable',
    `This server answers in JSON of FHIR 4.0 only: ask for ${FHIR_JSON}.`,
    { reason: 'not-acceptable' },
  )
}

/** `fhirVersion=4.0` is ours; any other is not (REST-02). */
function isOtherVersion(parameter: string): boolean {
  const version = /^fhirVersion=(.*)$/i.exec(parameter)?.[1]
  return version !== undefined && version !== '4.0' && version !== '4.0.1'
}

/** True if `Prefer` says so, e.g. `handling=strict`. */
export function prefers(ctx: Context, preference: string): boolean {
  return ctx
    .get('prefer')
    .split(/[;,]/)
    .some((part) => part.trim().toLowerCase() === preference)
}
