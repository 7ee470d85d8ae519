import type { TypeEntry } from './files.ts'
import type { ElementDefinition, ElementType } from './types.ts'

/**
 * The facts of an element as in the specification's own tables: cardinality, flags, types. For example
 * `status: 1..1 ?!Σ code`, `subject: 0..1 Σ Reference(Patient,Group)`, `value[x]: 0..1 Σ Quantity|string`.
 */
export function formatElement(element: ElementDefinition): [name: string, text: string] {
  const cardinality = `${element.min}..${element.array ? '*' : '1'}`
  const flags = `${element.modifier ? '?!' : ''}${element.summary ? 'Σ' : ''}`
  const types = element.types.map(({ name, targets }) => (targets.length ? `${name}(${targets})` : name))
  const words = [cardinality, ...(flags ? [flags] : []), types.join('|')]
  return [`${element.name}${element.choice ? '[x]' : ''}`, words.join(' ')]
}

/** Reads what `formatElement` wrote. */
export function parseElement([label, text]: readonly [name: string, text: string]): ElementDefinition {
  const choice = label.endsWith('[x]')
  const name = choice ? label.slice(0, -3) : label
  const words = text.split(' ')
  const types = (words.at(-1) ?? '').split('|').map(parseType)
  const flags = words.length === 3 ? (words[1] ?? '') : ''
  return {
    name,
    choice,
    types,
    properties: choice ? types.map((type) => choiceProperty(name, type.name)) : [name],
    min: Number.parseInt(text, 10),
    array: words[0]?.endsWith('*') ?? false,
    summary: flags.includes('Σ'),
    modifier: flags.includes('?!'),
  }
}

/** The elements of a type with those it inherits, the inherited first, as the specification lists them. */
export function elementsOf(types: Record<string, TypeEntry>, type: string): ElementDefinition[] {
  const entry = Object.hasOwn(types, type) ? types[type] : undefined
  if (!entry) return []
  const inherited = entry.base === undefined ? [] : elementsOf(types, entry.base)
  return [...inherited, ...Object.entries(entry.elements).map(parseElement)]
}

/** `value` of type `dateTime` is written `valueDateTime` (R4 formats §choice). */
export function choiceProperty(name: string, type: string): string {
  return name + type.charAt(0).toUpperCase() + type.slice(1)
}

function parseType(text: string): ElementType {
  const [name = '', targets] = text.split(/[()]/)
  return { name, targets: targets ? targets.split(',') : [] }
}
