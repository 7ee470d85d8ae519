import type { ExplainWords } from '../../smart/words/explain-en.ts'

/** One step of a decision, as people read it; the console shows the same. */
export type Step = {
  name: 'request' | 'user' | 'patient' | 'scopes' | 'roles' | 'ranges' | 'parameters' | 'data'
  title: string
  /** Whether it leaves everything, less, or nothing. */
  outcome: 'ok' | 'narrowed' | 'refused'
  lines: readonly string[]
}

export type Explanation = {
  allowed: boolean
  /** The whole in one sentence. */
  sentence: string
  steps: readonly Step[]
}

/** Whose records: all, or a list that is cut where nobody reads on. */
export function inWords(patients: 'all' | readonly string[], words: ExplainWords): string {
  if (patients === 'all') return words.all
  if (patients.length === 0) return words.none
  const some = patients.slice(0, 5).map((id) => `Patient/${id}`)
  return words.some(some.join(', '), patients.length - some.length)
}
