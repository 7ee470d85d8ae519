import type { Mutant } from './mutants.ts'

/** A mutant with the number by which it is switched on. */
export type Numbered = Mutant & { number: number }

/**
 * The text of a file with all its mutants in it, of which the variable `MUTANT` switches one on: each function that one
 * of them changes stands there once as it is and once for each, behind one that chooses at each call.
 * @throws if a mutant is not in a function of the file's top level
 */
export function switched(text: string, mutants: readonly Numbered[]): string {
  const found = [...text.matchAll(/^(export )?((?:async )?function\*? )(\w+)[\s\S]*?^}$/gm)]
  for (const { name, find } of mutants)
    if (!found.some(([whole]) => whole.includes(find))) throw new Error(`not in a function: ${name}`)
  return found.reduceRight((changed, match) => {
    const [whole, exported = '', keyword = '', name = ''] = match
    const here = mutants.filter(({ find }) => whole.includes(find))
    if (here.length === 0) return changed
    const under = (other: string, body: string) =>
      body.replace(`${exported}${keyword}${name}`, () => keyword + other)
    const choice = here.map(({ number }) => `${number}: ${name}$${number}`).join(', ')
    const versions = [
      under(`${name}$`, whole),
      ...here.map(({ number, find, replace }) =>
        under(
          `${name}$${number}`,
          whole.replace(find, () => replace),
        ),
      ),
      `${exported}function ${name}(...given) {\n  return ({ ${choice} }[process.env.MUTANT] ?? ${name}$)(...given)\n}`,
    ]
    return changed.slice(0, match.index) + versions.join('\n\n') + changed.slice(match.index + whole.length)
  }, text)
}
