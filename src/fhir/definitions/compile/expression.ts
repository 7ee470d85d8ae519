/** What one step of an official search expression does. */
export type Operation =
  | { do: 'child'; name: string }
  | { do: 'type'; name: string } // ofType(Quantity)
  | { do: 'where'; name: string; value: string } // where(system='email')
  | { do: 'target'; type: string } // where(resolve() is Patient)
  | { do: 'at'; index: number } // [0]

export type Expression = {
  /** The branches of the union `a | b`. */
  branches: Operation[][]
  /** `x.exists() and x != false`: the value is whether this holds. */
  truth: boolean
}

/**
 * Reads the few shapes of FHIRPath that the 1,800 branches of the official search parameters are made of;
 * throws on any other. (An engine at run time would cost 30 times the time: fhir-layer.md.)
 */
export function parseExpression(text: string): Expression {
  const truth = /^(.+)\.exists\(\) and \1 != false$/.exec(text)
  const branches = (truth?.[1] ?? text).split('|').map((branch) => parseBranch(branch.trim()))
  return { branches, truth: truth !== null }
}

const OPERATIONS: [RegExp, (a: string, b: string) => Operation][] = [
  [/^\.?(?:ofType|as)\((\w+)\)/, (name) => ({ do: 'type', name })],
  [/^ as (\w+)/, (name) => ({ do: 'type', name })],
  [/^\.where\(resolve\(\) is (\w+)\)/, (type) => ({ do: 'target', type })],
  [/^\.where\((\w+)='([^']*)'\)/, (name, value) => ({ do: 'where', name, value })],
  [/^\[(\d+)\]/, (index) => ({ do: 'at', index: Number(index) })],
  [/^\.?(\w+)(?![\w(])/, (name) => ({ do: 'child', name })],
]

function parseBranch(branch: string): Operation[] {
  const operations: Operation[] = []
  let rest = withoutGroups(branch)
  while (rest !== '') {
    const before = rest
    for (const [pattern, operation] of OPERATIONS) {
      const match = pattern.exec(rest)
      if (!match) continue
      operations.push(operation(match[1] ?? '', match[2] ?? ''))
      rest = rest.slice(match[0].length)
      break
    }
    if (rest === before) throw new Error(`${branch} (at '${rest}')`)
  }
  return operations
}

/** Parentheses that only group, as in `(Observation.value as Quantity)`, mean nothing in these shapes. */
function withoutGroups(text: string): string {
  const open: boolean[] = []
  let kept = ''
  for (const [at, letter] of [...text].entries()) {
    if (letter === '(') open.push(/\w/.test(text[at - 1] ?? ''))
    const isCall = letter === '(' ? open.at(-1) : letter === ')' ? open.pop() : true
    if (isCall) kept += letter
  }
  return kept
}
