import { isExactNumber, parseExact } from '../../lib/exact-json.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { subsettedMeta } from '../definitions/subsetted.ts'
import { isElement } from '../extract/values.ts'
import { elementPath } from './element-path.ts'

type Json = Record<string, unknown>
/** What becomes of a property and of what is in it. */
type Node = {
  /** It is not shown at all. */
  gone: boolean
  /** References to these types, and to what nobody can tell the type of, are not shown. */
  targets: Set<string>
  children: Map<string, Node>
}

/** A stored body, with the number of what is hidden of it: -1 for nothing. */
export type ShownRow = { body: string; shown?: number | string | null | undefined }

/**
 * The body as it may leave the store.
 * @param redactions what is hidden, by number; without any, nothing is hidden of any row
 */
export function bodyShown(
  { body, shown }: ShownRow,
  redactions: readonly (readonly string[])[],
  definitions: () => Definitions,
): string {
  if (redactions.length === 0) return body
  const how = shown === null || shown === undefined ? Number.NaN : Number(shown)
  if (how === -1) return body
  const hidden = redactions[how]
  if (hidden === undefined) throw new Error('a body of which nobody knows what may be shown')
  return redacted(body, hidden, definitions())
}

/** Trees by the types and paths that they were made for. */
const trees = new WeakMap<Definitions, Map<string, Node>>()

/**
 * A resource without its hidden elements, and without everything that would betray them: narrative, contained and
 * nested resources, the words beside references. A tag says that it is not the whole.
 * @param body the stored JSON text
 * @param hidden paths, one at least; those that the type does not have hide nothing of it
 */
export function redacted(body: string, hidden: readonly string[], definitions: Definitions): string {
  const resource = parseExact(body) as Json
  const { resourceType, id, meta, text: _text, contained: _contained, ...rest } = resource
  const shown = withoutHidden(rest, treeOf(definitions, String(resourceType), hidden)) ?? {}
  return JSON.stringify({ resourceType, id, meta: subsettedMeta(meta), ...shown })
}

function treeOf(definitions: Definitions, type: string, hidden: readonly string[]): Node {
  const known = trees.get(definitions) ?? new Map<string, Node>()
  trees.set(definitions, known)
  const key = `${type} ${hidden.join()}`
  const tree = known.get(key) ?? grown(definitions, type, hidden)
  // Roles are few; a register that changes all the time must not fill the memory.
  if (known.size > 1000) known.clear()
  known.set(key, tree)
  return tree
}

function grown(definitions: Definitions, type: string, hidden: readonly string[]): Node {
  const root = { ...newNode(), children: backboneOf(definitions, type, new Map()) }
  for (const text of hidden) {
    const path = elementPath(definitions, type, text)
    if (path === undefined) continue
    let nodes = [root]
    for (const properties of path.steps)
      nodes = nodes.flatMap((node) => properties.map((name) => childOf(node, name)))
    for (const node of nodes) {
      if (path.targets === undefined) node.gone = true
      else for (const target of path.targets) node.targets.add(target)
    }
  }
  return root
}

/**
 * The backbone elements of a type and what is in them. Those that R4 defines once and uses at several places share
 * what is in them: the answers to a question within a question are hidden with those to the question.
 */
function backboneOf(
  definitions: Definitions,
  type: string,
  known: Map<string, Node['children']>,
): Node['children'] {
  const before = known.get(type)
  if (before !== undefined) return before
  const children: Node['children'] = new Map()
  known.set(type, children)
  for (const { properties, types } of definitions.elements(type)) {
    // A backbone element is named by its path; an element of one has no choice of types.
    const backbone = types.find(({ name }) => name.includes('.'))
    if (backbone === undefined) continue
    for (const name of properties)
      children.set(name, { ...newNode(), children: backboneOf(definitions, backbone.name, known) })
  }
  return children
}

function newNode(): Node {
  return { gone: false, targets: new Set(), children: new Map() }
}

function childOf(node: Node, name: string): Node {
  const child = node.children.get(name) ?? newNode()
  node.children.set(name, child)
  return child
}

/** An element without what is hidden; undefined where nothing is left (REST-18). */
function withoutHidden(element: Json, node: Node | undefined): Json | undefined {
  const kept: Json = {}
  for (const [name, value] of Object.entries(element)) {
    // What extends a primitive goes with it.
    const own = name.startsWith('_') ? name.slice(1) : name
    const child = node?.children.get(own)
    if (child?.gone || (own === 'display' && !isCode(element))) continue
    const left = shownOf(value, child)
    if (left !== undefined) kept[name] = left
  }
  return Object.keys(kept).length === 0 ? undefined : kept
}

function shownOf(value: unknown, node: Node | undefined): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => shownOf(item, node)).filter((item) => item !== undefined)
    return items.some((item) => item !== null) ? items : undefined
  }
  if (!isElement(value) || isExactNumber(value)) return value
  // Resources within resources and narratives say in their own way what the rest says.
  if (typeof value.resourceType === 'string' || typeof value.div === 'string') return undefined
  if (node !== undefined && node.targets.size > 0 && isReferenceTo(value, node.targets)) return undefined
  return withoutHidden(value, node)
}

/** A Coding says by its display what its code says; of a Reference, the display is what it refers to. */
function isCode(element: Json): boolean {
  return 'system' in element || 'code' in element
}

const NAMED = /(?:^|\/)([A-Z][A-Za-z]*)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

/** Whether an element is a reference to one of these types, or to something whose type it does not tell. */
function isReferenceTo(element: Json, targets: ReadonlySet<string>): boolean {
  const { reference, type, identifier } = element
  // Of a choice, what is no reference refers to nothing.
  if (reference === undefined && type === undefined && identifier === undefined) return false
  const named = typeof reference === 'string' ? NAMED.exec(reference)?.[1] : undefined
  const told = typeof type === 'string' ? type : undefined
  if (named !== undefined && targets.has(named)) return true
  if (told !== undefined && targets.has(told)) return true
  return typeof reference === 'string'
    ? named === undefined
    : told === undefined || !/^[A-Z][A-Za-z]*$/.test(told)
}
