/** A piece of a sentence; `strong` stands out, and is a link if it leads somewhere. */
export type Piece = { text: string; strong: boolean; href?: string }

/**
 * Fills the holes of a sentence: `{app}` with the text of that name, `{app!}` so that it stands out. What fills a
 * hole stays text, whatever it is.
 * @throws Error if nothing is there for a hole: the words and the page do not fit
 */
export function fill(
  sentence: string,
  values: Readonly<Record<string, string | { text: string; href: string }>>,
): Piece[] {
  return sentence
    .split(/(\{\w+!?\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const [, name, mark] = /^\{(\w+)(!?)\}$/.exec(piece) ?? []
      if (name === undefined) return { text: piece, strong: false }
      const value = values[name]
      if (value === undefined) throw new Error(`nothing fills ${piece} of "${sentence}"`)
      return { ...(typeof value === 'string' ? { text: value } : value), strong: mark === '!' }
    })
}
