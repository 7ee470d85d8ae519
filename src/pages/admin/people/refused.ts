import { LanyardError } from '../../../lib/errors.ts'
import type { Words } from '../../words/en.ts'

/** What a register refused, in its words, for the top of the form; other errors are thrown on. */
export function refusedWith(error: unknown, words: Words): { href: string; text: string }[] {
  const told = ['invalid-request', 'conflict', 'not-found']
  if (!(error instanceof LanyardError) || !told.includes(error.code)) throw error
  const text = error.reason === 'stale' ? words.admin.stale.lead : error.message
  return [{ href: '#main', text }]
}
