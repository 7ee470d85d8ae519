/** Ends a sentence about an unknown word: `; did you mean port?` if a known one is near, else `.`. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, apart: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.apart - b.apart)[0]
  return near !== undefined && near.apart <= Math.max(2, near.name.length / 4)
    ? `; did you mean ${near.name}?`
    : '.'
}

/** Levenshtein distance: how many letters apart two words are. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[b.length] ?? 0
}
