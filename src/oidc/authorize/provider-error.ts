import { errors } from 'oidc-provider'

/**
 * `invalid_request`, told to the app.
 * @param reason code for the flight record and the log
 */
export function invalidRequest(sentence: string, reason: string): Error {
  return new errors.InvalidRequest(sentence, 400, reason)
}

/**
 * `invalid_scope`, told to the app.
 * @param sentence may hold what the app sent: it is put into the characters of RFC 6749 §4.1.2.1
 */
export function invalidScope(sentence: string, reason: string): Error {
  const description = sentence.replaceAll('"', "'").replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
  return new errors.InvalidScope(description, '', reason)
}

/** One sentence for every reason: an app has no business with somebody else's launch. */
export function launchRefused(reason: string): Error {
  return invalidRequest(
    'this launch is unknown, was used, or has run out; open the app from the EHR again',
    reason,
  )
}
