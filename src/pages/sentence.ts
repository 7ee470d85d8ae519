/** A piece of a sentence; `strong` stands out. */
export type Piece = { text: string; strong: boolean }

/**
 * Fills the holes of a sentence: `{app}` with the text of that name, `{app!}` so that it stands out. What fills a
 * hole stays text, whatever it is.
 * @throws Error if nothing is there for a hole: the words and the page do not fit
 */
export function fill(sentence: string, values: Readonly<Record<string, string>>): Piece[] {
  return sentence
    .split(/(\{\w+!?\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const [, name, mark] = /^\{(\w+)(!?)\}$/.exec(piece) ?? []
      if (name === undefined) return { text: piece, strong: false }
      const text = values[name]
      if (text === undefined) throw new Error(`nothing fills ${piece} of "${sentence}"`)
      return { text, strong: mark === '!' }
    })
}
