import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { Exchange } from './exchange.ts'
import { FHIR_JSON } from './outcome.ts'
import { firstOf, type Pairs } from './parameters.ts'

/** Media types that mean JSON, with what is answered for each: a generic type is echoed (REST-02). */
const answers: ReadonlyMap<string, string> = new Map([
  [FHIR_JSON, FHIR_JSON],
  ['application/json+fhir', FHIR_JSON],
  ['application/json', 'application/json'],
  ['text/json', 'text/json'],
  ['application/*', FHIR_JSON],
  ['text/*', 'text/json'],
  ['*/*', FHIR_JSON],
  ['json', FHIR_JSON],
])

/**
 * The media type to answer in: `_format` before `Accept`.
 * @throws LanyardError `not-acceptable` for anything but JSON of FHIR 4.0
 */
export function mediaType(ctx: Context, parameters: Pairs): string {
  // A plus sign in a query is a space: `_format=application/fhir+json` arrives so more often than not.
  const format = firstOf(parameters, '_format')?.replaceAll(' ', '+')
  const accept = format ?? ctx.req.headers.accept
  return accept === undefined || accept === '' || accept === FHIR_JSON ? FHIR_JSON : choose(accept)
}

/** The acceptable type of the highest quality, and of several the first (RFC 9110 §12.5.1). */
function choose(accept: string): string {
  let best: { answer: string; quality: number } | undefined
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    const answer = answers.get(type.toLowerCase())
    const quality = qualityOf(parameters)
    if (answer === undefined || parameters.some(isOtherVersion) || !(quality > 0)) continue
    if (best === undefined || quality > best.quality) best = { answer, quality }
  }
  if (best !== undefined) return best.answer
  throw new LanyardError(
    'not-acceptable',
    `This server answers in JSON of FHIR 4.0 only: ask for ${FHIR_JSON}.`,
    { reason: 'not-acceptable' },
  )
}

function qualityOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => /^q=/i.test(parameter))
  return quality === undefined ? 1 : Number(quality.slice(2))
}

/** `fhirVersion=4.0` is ours; any other is not (REST-02). */
function isOtherVersion(parameter: string): boolean {
  const version = /^fhirVersion="?([^"]*)"?$/i.exec(parameter)?.[1]
  return version !== undefined && version !== '4.0' && version !== '4.0.1'
}

/** True if `Prefer` says so, e.g. `handling=strict`. */
export function prefers(exchange: Pick<Exchange, 'header'>, preference: string): boolean {
  return (exchange.header('prefer') ?? '')
    .split(/[;,]/)
    .some((part) => part.trim().toLowerCase() === preference)
}
