import { messageOf } from './errors.ts'

/**
 * Parses JSON that a person wrote. Halves of a character, which no database stores, become what stands for them.
 * @returns the value, or what is wrong with the text as the end of a sentence; it quotes nothing of the text, which
 *   may hold secrets
 */
export function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, ''), wholeText) }
  } catch (error) {
    // V8 says either where (`… in JSON at position 7 (line 1 column 8)`) or shows a piece of the text.
    const why = messageOf(error)
      .replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '')
      .replace(/ in JSON at position \d+(?= \()/, '')
      .replace(/ in JSON at position \d+$/, '')
    return { problem: `is not JSON: ${why}` }
  }
}

function wholeText(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}
