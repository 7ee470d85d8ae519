import { LanyardError } from '../lib/errors.ts'

/** Of a user who is not there. */
export function unknown(username: string): LanyardError {
  return new LanyardError('not-found', `There is no user "${username}". \`lanyard user list\` shows all.`)
}

/** Of a change that was made from what is no longer so. */
export function stale(username: string): LanyardError {
  return new LanyardError(
    'conflict',
    `The user "${username}" was changed by somebody else meanwhile. Look at them again before you change them.`,
    { reason: 'stale' },
  )
}
