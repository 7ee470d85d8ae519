import { LanyardError } from '../../lib/errors.ts'

/** Said of what is hidden as of what is not there (ENF-28). */
export function notFound(key: string): LanyardError {
  return new LanyardError('not-found', `There is no ${key} that this token may change.`, {
    word: 'not-found',
    reason: 'not-found',
  })
}

export function isThere(key: string): LanyardError {
  return new LanyardError('conflict', `${key} is there, and the condition is not true of it.`, {
    word: 'conflict',
    reason: 'condition-false',
  })
}

/** R4 http §upsert; said of what is hidden as of what is not there (ENF-28). */
export function cannotCreate(key: string): LanyardError {
  return new LanyardError(
    'method-not-allowed',
    `There is no ${key} that this token may change, and new resources get their ids here: POST them.`,
    { word: 'not-supported', reason: 'update-create', headers: { allow: 'GET, HEAD' } },
  )
}
