/** SMART 2: create, read, update, delete, search. */
export type Letter = 'c' | 'r' | 'u' | 'd' | 's'

export const letters: readonly Letter[] = ['c', 'r', 'u', 'd', 's']

/** True for a non-empty selection of `cruds` in that order; any other order is undefined (SCOPE-01). */
export function lettersInOrder(text: string): boolean {
  return text !== '' && /^c?r?u?d?s?$/.test(text)
}

export function commonLetters(a: string, b: string): string {
  return letters.filter((letter) => a.includes(letter) && b.includes(letter)).join('')
}

export function joinedLetters(a: string, b: string): string {
  return letters.filter((letter) => a.includes(letter) || b.includes(letter)).join('')
}

/** A FHIR REST interaction, in the words of the CapabilityStatement. */
export type Interaction =
  | 'create'
  | 'read'
  | 'vread'
  | 'update'
  | 'patch'
  | 'delete'
  | 'history-instance'
  | 'history-type'
  | 'history-system'
  | 'search-type'
  | 'search-system'

/** SMART 2.2, scopes for requesting FHIR resources: the letter that opens each interaction (SCOPE-02). */
export const letterOf: Readonly<Record<Interaction, Letter>> = {
  create: 'c',
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  update: 'u',
  patch: 'u',
  delete: 'd',
  'search-type': 's',
  'search-system': 's',
  'history-type': 's',
  'history-system': 's',
}
