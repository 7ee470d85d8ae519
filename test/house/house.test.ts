import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const source = join(root, 'src')

/** The floors, lowest first; each word is a room (folder of src). The roof is what lies above them all. */
const floors = [
  ['lib'],
  ['smart'],
  ['config', 'store', 'observe'],
  ['clients', 'users', 'launches', 'keys', 'audit', 'branding'],
  ['oidc', 'fhir', 'pages', 'wellknown'],
]
const roof = ['main.ts', 'app.ts', 'house.ts', 'cli']

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return files(path)
    return path.endsWith('.ts') ? [path] : []
  })
}

function roomOf(path: string): string {
  return relative(source, path).split('/')[0] ?? ''
}

function floorOf(room: string): number {
  const floor = floors.findIndex((rooms) => rooms.includes(room))
  if (floor >= 0) return floor
  if (roof.includes(room)) return floors.length
  throw new Error(`src/${room} stands on no floor of the house`)
}

function localImports(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...specifiers].map((match) => resolve(dirname(path), match[1] ?? ''))
}

test('each file imports only from its own room or from a lower floor', () => {
  const trespasses = files(source).flatMap((path) => {
    const room = roomOf(path)
    return localImports(path)
      .filter((target) => {
        const other = roomOf(target)
        if (other === room) return false
        return floorOf(room) === floors.length ? false : floorOf(other) >= floorOf(room)
      })
      .map((target) => `${relative(root, path)} imports ${relative(root, target)}`)
  })
  expect(trespasses).toEqual([])
})

test('no file imports itself by a detour', () => {
  const graph = new Map(files(source).map((path) => [path, localImports(path)]))
  const done = new Set<string>()
  const cycles: string[] = []
  const walk = (path: string, trail: string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].map((at) => relative(root, at)).join(' → '))
      return
    }
    if (done.has(path)) return
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  expect(cycles).toEqual([])
})

test('no file is longer than 300 lines', () => {
  const long = files(source)
    .filter((path) => !path.includes('/generated/'))
    .map((path) => [relative(root, path), readFileSync(path, 'utf8').split('\n').length] as const)
    .filter(([, lines]) => lines > 301)
    .map(([path, lines]) => `${path} has ${lines} lines`)
  expect(long).toEqual([])
})

test('only the store of the FHIR room speaks to the tables that hold FHIR data', () => {
  const tables = /\b(?:from|into|update|join|table)\s+(?:resource|history|compartment|ix_\w+)\b/i
  const strangers = files(source)
    .filter((path) => !path.startsWith(join(source, 'fhir/store/')) && !path.includes('/migrations/'))
    .filter((path) => tables.test(readFileSync(path, 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')))
    .map((path) => relative(root, path))
  expect(strangers).toEqual([])
})
