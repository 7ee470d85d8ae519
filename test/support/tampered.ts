/**
 * The same text with one character exchanged for another: not one of the last two, which in base64url may stand for
 * bits that nobody reads.
 */
export function tampered(text: string): string {
  const at = text.length - 10
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
