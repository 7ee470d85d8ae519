import { LanyardError } from '../../lib/errors.ts'

/** FHIR issue types that a search may be refused with (R4 value set issue-type). */
export type SearchIssue = 'value' | 'invalid' | 'not-supported' | 'too-costly' | 'structure'

/** A search that cannot be understood or carried out: always told, never guessed (SRCH-05). */
export function searchError(word: SearchIssue, sentence: string): LanyardError {
  return new LanyardError('invalid-request', sentence, { word, reason: 'search-refused' })
}
