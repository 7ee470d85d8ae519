/**
 * The address of a list that comes nearest to one that is not in it.
 * @returns nothing for an empty list
 */
export function nearestAddress(sent: string, right: readonly string[]): string | undefined {
  return right.toSorted((a, b) => distance(sent, a) - distance(sent, b))[0]
}

/** In what two addresses differ, as parts of a sentence; at least one, as they are compared letter by letter. */
export function addressDifferences(sent: string, right: string, said = englishDifferences): string[] {
  // As text, since a host alone and the same with a slash are one address to a browser.
  const slash = slashDifference(sent, right, said)
  if (slash !== undefined) return [slash]
  if (!URL.canParse(sent)) return [said.incomplete(right)]
  if (!URL.canParse(right)) return [said.spelling]
  const ours = new URL(sent)
  const theirs = new URL(right)
  const part = (name: keyof DifferenceWords['parts'], sent: string, right: string) =>
    sent === right
      ? undefined
      : said.part(said.parts[name], shown(sent, name, said), shown(right, name, said))
  const found = [
    part('scheme', ours.protocol.slice(0, -1), theirs.protocol.slice(0, -1)),
    part('host', ours.hostname, theirs.hostname),
    part('port', ours.port, theirs.port),
    ours.pathname.toLowerCase() === theirs.pathname.toLowerCase() && ours.pathname !== theirs.pathname
      ? said.letterCase
      : (slashDifference(ours.pathname, theirs.pathname, said) ??
        part('path', ours.pathname, theirs.pathname)),
    part('query', ours.search, theirs.search),
    ours.hash === '' ? undefined : said.fragment,
  ].filter((difference) => difference !== undefined)
  return found.length === 0 ? [said.spelling] : found
}

/** How differences are told, as parts of a sentence. */
export type DifferenceWords = {
  parts: Record<'scheme' | 'host' | 'port' | 'path' | 'query', string>
  part(name: string, sent: string, right: string): string
  quoted(value: string): string
  /** A port or a query that is not there. */
  usual: string
  nothing: string
  letterCase: string
  slashMore: string
  slashLess: string
  fragment: string
  spelling: string
  incomplete(right: string): string
}

const englishDifferences: DifferenceWords = {
  parts: { scheme: 'scheme', host: 'host', port: 'port', path: 'path', query: 'query' },
  part: (name, sent, right) => `its ${name} is ${sent} instead of ${right}`,
  quoted: (value) => `"${value}"`,
  usual: 'the usual one',
  nothing: 'none',
  letterCase: 'its path differs in upper and lower case',
  slashMore: 'it has a slash too many at its end',
  slashLess: 'it lacks the slash at its end',
  fragment: 'it has a fragment',
  spelling: 'it is spelled in another way, and addresses are compared letter by letter',
  incomplete: (right) => `it is not a complete address, such as "${right}"`,
}

function shown(value: string, name: string, { usual, nothing, quoted }: DifferenceWords): string {
  if (value === '') return name === 'port' ? usual : nothing
  return quoted(value)
}

function slashDifference(sent: string, right: string, said: DifferenceWords): string | undefined {
  if (sent === `${right}/`) return said.slashMore
  return `${sent}/` === right ? said.slashLess : undefined
}

/** How many differences there are, and then how much of the beginning is the same. */
function distance(sent: string, right: string): number {
  let same = 0
  while (same < sent.length && sent[same] === right[same]) same++
  return addressDifferences(sent, right).length + 1 / (same + 2)
}
