/**
 * The address of a list that comes nearest to one that is not in it.
 * @returns nothing for an empty list
 */
export function nearestAddress(sent: string, right: readonly string[]): string | undefined {
  return right.toSorted((a, b) => distance(sent, a) - distance(sent, b))[0]
}

/** In what two addresses differ, as parts of a sentence; at least one, as they are compared letter by letter. */
export function addressDifferences(sent: string, right: string): string[] {
  // As text, since a host alone and the same with a slash are one address to a browser.
  const slash = slashDifference(sent, right)
  if (slash !== undefined) return [slash]
  if (!URL.canParse(sent)) return [`it is not a complete address, such as "${right}"`]
  if (!URL.canParse(right)) return [spelling]
  const ours = new URL(sent)
  const theirs = new URL(right)
  const found = [
    part('scheme', ours.protocol.slice(0, -1), theirs.protocol.slice(0, -1)),
    part('host', ours.hostname, theirs.hostname),
    part('port', ours.port || usual, theirs.port || usual),
    pathDifference(ours.pathname, theirs.pathname),
    part('query', ours.search || nothing, theirs.search || nothing),
    ours.hash === '' ? undefined : 'it has a fragment',
  ].filter((difference) => difference !== undefined)
  return found.length === 0 ? [spelling] : found
}

const usual = 'the usual one'
const nothing = 'none'
const spelling = 'it is spelled in another way, and addresses are compared letter by letter'

function part(name: string, sent: string, right: string): string | undefined {
  return sent === right ? undefined : `its ${name} is ${quoted(sent)} instead of ${quoted(right)}`
}

function quoted(value: string): string {
  return value === usual || value === nothing ? value : `"${value}"`
}

function pathDifference(sent: string, right: string): string | undefined {
  if (sent === right) return undefined
  if (sent.toLowerCase() === right.toLowerCase()) return 'its path differs in upper and lower case'
  return slashDifference(sent, right) ?? part('path', sent, right)
}

function slashDifference(sent: string, right: string): string | undefined {
  if (sent === `${right}/`) return 'it has a slash too many at its end'
  return `${sent}/` === right ? 'it lacks the slash at its end' : undefined
}

/** How many differences there are, and then how much of the beginning is the same. */
function distance(sent: string, right: string): number {
  let same = 0
  while (same < sent.length && sent[same] === right[same]) same++
  return addressDifferences(sent, right).length + 1 / (same + 2)
}
