import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoints } from '../../smart/discovery.ts'

/** The kinds of apps, in the order of how many there are. */
export const appKinds = ['browser', 'server', 'server-key', 'native', 'backend'] as const
export type AppKind = (typeof appKinds)[number]

/** A piece of code with the values of this server in it. */
export type QuickStart = {
  /** The file that it is made from, e.g. `backend.py`. */
  file: string
  language: string
  text: string
  /** What matters most in it, piece by piece. */
  steps: readonly { step: Step; text: string }[]
}

/** What a piece does: signs an assertion, sends a person to sign in, … */
export type Step = (typeof steps)[number]
const steps = ['sign', 'ask', 'trade', 'present', 'read', 'search'] as const

/** What goes into the holes of the code, beside the addresses of this server. */
export type Holes = { clientId: string; kid: string; alg?: string; javaSigner?: string }

const languages: Readonly<Record<string, string>> = {
  js: 'JavaScript',
  py: 'Python',
  sh: 'curl',
  swift: 'Swift',
  kt: 'Kotlin',
  java: 'Java',
  cs: 'C#',
}

const filesOf: Readonly<Record<AppKind | 'assertion', readonly string[]>> = {
  browser: ['browser.js'],
  server: ['server.py'],
  'server-key': ['server-key.js'],
  native: ['native.swift', 'native.kt'],
  backend: ['backend.sh', 'backend.js', 'backend.py'],
  assertion: ['assertion.js', 'assertion.py', 'assertion.java', 'assertion.cs'],
}

/** Code that cannot be run as it stands: it shows the part that is particular to SMART. */
export const outlines: readonly AppKind[] = ['native']

export type QuickStarts = ReturnType<typeof loadQuickStarts>

/**
 * Reads the code of the quick starts, once.
 * @param folder `views/quick-starts`
 */
export function loadQuickStarts(folder: string, endpoints: Endpoints) {
  const texts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  return (kind: AppKind | 'assertion', holes: Holes): QuickStart[] =>
    filesOf[kind].map((file) => {
      const text = filled(texts.get(file) ?? '', { ...endpoints, ...holes })
      return {
        file,
        language: languages[file.split('.')[1] ?? ''] ?? '',
        text: text.replace(mark, ''),
        steps: stepsIn(text),
      }
    })
}

/** Comments that stand around a piece, such as `//: trade` and `//:`; nobody is shown them. */
const mark = /^[ \t]*(?:\/\/|#):(?: (\w+))?\n/gm

function stepsIn(text: string): QuickStart['steps'] {
  // Split by a pattern with a group, it is text and name in turn; a mark without a name ends a piece.
  const parts = text.split(mark)
  // In the order in which they happen, which is not always that of the code.
  return steps.flatMap((step) => {
    const name = parts.findIndex((part, index) => index % 2 === 1 && part === step)
    return name < 0 ? [] : [{ step, text: outdented(parts[name + 1] ?? '') }]
  })
}

function outdented(text: string): string {
  const margin = /^ */.exec(text)?.[0] ?? ''
  return text.replaceAll(new RegExp(`^${margin}`, 'gm'), '').trimEnd()
}

/** What stands in a hole stands inside quotes, so nothing may leave them. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`a quick start has a hole {{${name}}} that nothing fills`)
    return value.replaceAll(/["'\\`$\n]/g, '')
  })
}
