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
}

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
    filesOf[kind].map((file) => ({
      file,
      language: languages[file.split('.')[1] ?? ''] ?? '',
      text: filled(texts.get(file) ?? '', { ...endpoints, ...holes }),
    }))
}

/** What stands in a hole stands inside quotes, so nothing may leave them. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`a quick start has a hole {{${name}}} that nothing fills`)
    return value.replaceAll(/["'\\`$\n]/g, '')
  })
}
