import type { IncomingMessage } from 'node:http'
import { hasControlCharacters, isForm, readBody } from '../lib/form.ts'
import { oauthError } from './oauth-error.ts'

/** The parameters of an OAuth request; each was sent once, and an empty one counts as absent. */
export type Parameters = ReadonlyMap<string, string>

/** Enough for 32 kB of scopes and a large assertion (AUTHZ-11). */
const LIMIT = 64 * 1024
const MOST = 50

/**
 * Reads the form of a token, introspection or revocation request.
 * @throws LanyardError `invalid_request`: another media type, a repeated parameter (RFC 6749 §3.2), too large
 */
export async function formParameters(request: IncomingMessage): Promise<Parameters> {
  if (!isForm(request.headers['content-type'])) {
    throw oauthError(
      'invalid_request',
      'not-a-form',
      'Send the parameters as application/x-www-form-urlencoded in the body.',
    )
  }
  const body = await readBody(request, LIMIT)
  return parametersOf(new URLSearchParams(body.toString('utf8')))
}

function parametersOf(pairs: URLSearchParams): Parameters {
  const found = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (found.has(name)) {
      throw oauthError(
        'invalid_request',
        'parameter-repeated',
        `The parameter '${name.slice(0, 50)}' was sent twice.`,
      )
    }
    if (found.size >= MOST)
      throw oauthError('invalid_request', 'too-many-parameters', `More than ${MOST} parameters were sent.`)
    if (hasControlCharacters(name) || hasControlCharacters(value)) {
      throw oauthError(
        'invalid_request',
        'control-character',
        `The parameter '${name.slice(0, 50)}' holds a control character.`,
      )
    }
    found.set(name, value)
  }
  // RFC 6749 §3.2: parameters sent without a value are treated as omitted.
  return new Map([...found].filter(([, value]) => value !== ''))
}
