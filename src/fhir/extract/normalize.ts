const ALREADY_PLAIN = /^[!-~]+(?: [!-~]+)*$/

/**
 * A text as strings are compared: without regard to case, accents and the amount of white space (R4
 * search §string). What is stored and what is asked for both go through here.
 */
export function normalize(text: string): string {
  if (ALREADY_PLAIN.test(text)) return text.toLowerCase()
  const folded = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '') // accents only: the marks of Hebrew or Hindi make other letters
    .toLowerCase()
    .replaceAll('ς', 'σ') // a sigma that ends the text, but perhaps not the name it is the start of
  return folded.replace(/\s+/g, ' ').trim()
}
