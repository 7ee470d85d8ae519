import { LanyardError } from '../../lib/errors.ts'
import { parseExact } from '../../lib/exact-json.ts'

/**
 * JSON Patch (RFC 6902). Our own, since it works on JSON whose numbers are kept as they were written: what a patch
 * does not touch keeps its figures.
 */
export type Operation = {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  path: readonly string[]
  from: readonly string[]
  value: unknown
}
type Container = Record<string, unknown> | unknown[]

const names: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const MOST_OPERATIONS = 1000
/** Characters that `copy` may make of itself. */
const MOST_COPIED = 4 * 1024 * 1024

/** @throws LanyardError `invalid-request` for what is no patch */
export function readPatch(value: unknown): Operation[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_OPERATIONS)
    throw unreadable(`must be a list of 1 to ${MOST_OPERATIONS} operations`)
  return value.map(readOperation)
}

function readOperation(value: unknown): Operation {
  const { op, path, from, ...rest } = (isContainer(value) ? value : {}) as Record<string, unknown>
  if (!names.has(op)) throw unreadable('knows add, remove, replace, move, copy and test')
  const needsFrom = op === 'move' || op === 'copy'
  const needsValue = op === 'add' || op === 'replace' || op === 'test'
  if (needsValue && !('value' in rest)) throw unreadable(`needs a value to ${String(op)}`)
  return {
    op: op as Operation['op'],
    path: readPointer(path),
    from: needsFrom ? readPointer(from) : [],
    value: rest.value,
  }
}

/** RFC 6901; what would reach into JavaScript itself is no element of any resource. */
function readPointer(text: unknown): string[] {
  if (typeof text !== 'string' || !/^(?:\/(?:[^~/]|~[01])*)+$/.test(text))
    throw unreadable('needs a path below the root, such as /name/0/family')
  const path = text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (path.includes('__proto__')) throw unreadable('cannot reach "__proto__"')
  return path
}

/**
 * Applies the operations one after the other, all or none.
 * @param body the resource as JSON; it stays as it is
 * @throws LanyardError with status 422 for one that cannot be applied, or a test that fails
 */
export function applyPatch(body: string, operations: readonly Operation[]): unknown {
  const root = parseExact(body) as Container
  let copied = 0
  for (const { op, path, from, value } of operations) {
    switch (op) {
      case 'add':
        add(root, path, value)
        break
      case 'remove':
        remove(root, path)
        break
      case 'replace':
        remove(root, path)
        add(root, path, value)
        break
      case 'move': {
        if (from.length < path.length && from.every((part, index) => part === path[index]))
          throw unprocessable(from, 'cannot be moved into itself')
        add(root, path, remove(root, from))
        break
      }
      case 'copy': {
        const text = JSON.stringify(valueAt(root, from))
        copied += text.length
        if (copied > MOST_COPIED) throw unprocessable(from, 'is too large to copy')
        // In a list, since a number by itself is not looked at closely.
        add(root, path, (parseExact(`[${text}]`) as unknown[])[0])
        break
      }
      case 'test':
        if (!isSame(valueAt(root, path), value)) throw unprocessable(path, 'is not what the test expects')
    }
  }
  return root
}

function add(root: Container, path: readonly string[], value: unknown): void {
  const { container, name } = placeOf(root, path)
  if (!Array.isArray(container)) container[name] = value
  else if (name === '-') container.push(value)
  else container.splice(indexIn(container, name, container.length, path), 0, value)
}

function remove(root: Container, path: readonly string[]): unknown {
  const value = valueAt(root, path)
  const { container, name } = placeOf(root, path)
  if (Array.isArray(container)) container.splice(Number(name), 1)
  else delete container[name]
  return value
}

function valueAt(root: Container, path: readonly string[]): unknown {
  const { container, name } = placeOf(root, path)
  if (Array.isArray(container)) return container[indexIn(container, name, container.length - 1, path)]
  if (!Object.hasOwn(container, name)) throw unprocessable(path, 'is not there')
  return container[name]
}

/** The object or list that a path ends in; all but its last part must be there. */
function placeOf(root: Container, path: readonly string[]): { container: Container; name: string } {
  const parent = path.length > 1 ? valueAt(root, path.slice(0, -1)) : root
  if (!isContainer(parent)) throw unprocessable(path, 'is not there')
  return { container: parent, name: path.at(-1) ?? '' }
}

function indexIn(list: unknown[], name: string, last: number, path: readonly string[]): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : list.length + 1
  if (index > last) throw unprocessable(path, 'is not there')
  return index
}

/** RFC 6902 §4.6: numbers are equal by value, objects whatever their order. */
function isSame(a: unknown, b: unknown): boolean {
  const [left, right] = [plain(a), plain(b)]
  if (!isContainer(left) || !isContainer(right)) return left === right
  const [own, other] = [Object.entries(left), new Map(Object.entries(right))]
  return (
    Array.isArray(left) === Array.isArray(right) &&
    own.length === other.size &&
    own.every(([name, value]) => other.has(name) && isSame(value, other.get(name)))
  )
}

/** A number that is kept as it was written, as a number. */
function plain(value: unknown): unknown {
  return isContainer(value) || typeof value !== 'object' || value === null
    ? value
    : Number(JSON.stringify(value))
}

/** Raw numbers are frozen objects without a prototype, and no containers. */
function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== null
}

function unreadable(what: string): LanyardError {
  return new LanyardError('invalid-request', `A JSON Patch ${what}.`, {
    word: 'structure',
    reason: 'patch-unreadable',
  })
}

function unprocessable(path: readonly string[], what: string): LanyardError {
  const pointer = `/${path.join('/')}`.slice(0, 100)
  return new LanyardError('invalid-request', `The patch cannot be applied: ${pointer} ${what}.`, {
    word: 'processing',
    reason: 'patch-failed',
    status: 422,
  })
}
