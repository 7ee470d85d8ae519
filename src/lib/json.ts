import { messageOf } from './errors.ts'

/**
 * Parses JSON that a person wrote.
 * @returns the value, or what is wrong with the text as the end of a sentence; it quotes nothing of the text, which
 *   may hold secrets
 */
export function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    // V8 says either where (`… in JSON at position 7 (line 1 column 8)`) or shows a piece of the text.
    const why = messageOf(error)
      .replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '')
      .replace(/ in JSON at position \d+(?= \()/, '')
      .replace(/ in JSON at position \d+$/, '')
    return { problem: `is not JSON: ${why}` }
  }
}
