import { errors } from 'oidc-provider'

/**
 * `invalid_request`, told to the app.
 * @param reason code for the flight record and the log
 */
export function invalidRequest(sentence: string, reason: string): Error {
  return new errors.InvalidRequest(sentence, 400, reason)
}

/** One sentence for every reason: an app has no business with somebody else's launch. */
export function launchRefused(reason: string): Error {
  return invalidRequest(
    'this launch is unknown, was used, or has run out; open the app from the EHR again',
    reason,
  )
}
