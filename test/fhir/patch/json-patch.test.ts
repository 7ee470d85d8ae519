import { describe, expect, test } from 'vitest'
import { applyPatch, readPatch } from '../../../src/fhir/patch/json-patch.ts'

const patched = (document: unknown, ...operations: object[]) =>
  JSON.parse(JSON.stringify(applyPatch(JSON.stringify(document), readPatch(operations))))

// After the examples of RFC 6902, appendix A.
describe('REST-09 JSON Patch', () => {
  test.for<[string, unknown, object, unknown]>([
    ['adds a member', { a: 1 }, { op: 'add', path: '/b', value: 2 }, { a: 1, b: 2 }],
    ['adds in the middle of a list', { a: [1, 3] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2, 3] }],
    ['adds at the end of a list', { a: [1] }, { op: 'add', path: '/a/-', value: 2 }, { a: [1, 2] }],
    ['removes a member', { a: 1, b: 2 }, { op: 'remove', path: '/b' }, { a: 1 }],
    ['removes from a list', { a: [1, 2, 3] }, { op: 'remove', path: '/a/1' }, { a: [1, 3] }],
    ['replaces', { a: { b: 1 } }, { op: 'replace', path: '/a/b', value: { c: 2 } }, { a: { b: { c: 2 } } }],
    ['replaces in a list', { a: [1, 2] }, { op: 'replace', path: '/a/0', value: 9 }, { a: [9, 2] }],
    ['moves', { a: { b: 1 }, c: {} }, { op: 'move', from: '/a/b', path: '/c/d' }, { a: {}, c: { d: 1 } }],
    ['moves within a list', { a: [1, 2, 3] }, { op: 'move', from: '/a/0', path: '/a/2' }, { a: [2, 3, 1] }],
    ['copies', { a: { b: [1] } }, { op: 'copy', from: '/a', path: '/c' }, { a: { b: [1] }, c: { b: [1] } }],
    ['unescapes', { 'a/b': 1, 'm~n': 2 }, { op: 'remove', path: '/a~1b' }, { 'm~n': 2 }],
    [
      'tests',
      { a: { x: 1, y: [2.5] } },
      { op: 'test', path: '/a', value: { y: [2.5], x: 1 } },
      { a: { x: 1, y: [2.5] } },
    ],
  ])('REST-09 %s', ([, before, operation, after]) => {
    expect(patched(before, operation)).toEqual(after)
  })

  test.for<[string, unknown, object]>([
    ['a test that fails', { a: '10' }, { op: 'test', path: '/a', value: 10 }],
    ['a parent that is not there', { a: 1 }, { op: 'add', path: '/b/c', value: 2 }],
    ['a member that is not there', { a: 1 }, { op: 'remove', path: '/b' }],
    ['a replacement of nothing', { a: 1 }, { op: 'replace', path: '/b', value: 2 }],
    ['an index beyond the end', { a: [1] }, { op: 'add', path: '/a/2', value: 2 }],
    ['an index with a leading zero', { a: [1, 2] }, { op: 'remove', path: '/a/01' }],
    ['a path through a text', { a: 'b' }, { op: 'add', path: '/a/length', value: 2 }],
    ['a move into itself', { a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }],
    ['what every object has', { a: 1 }, { op: 'test', path: '/constructor', value: 1 }],
  ])('REST-09 %s is 422', ([, before, operation]) => {
    expect(() => patched(before, operation)).toThrow(expect.objectContaining({ status: 422 }))
  })

  test.for<[string, unknown]>([
    ['no list', {}],
    ['nothing', []],
    ['an unknown operation', [{ op: 'merge', path: '/a' }]],
    ['the root', [{ op: 'replace', path: '', value: {} }]],
    ['a bad escape', [{ op: 'remove', path: '/a~2' }]],
    ['no path', [{ op: 'remove' }]],
    ['no value', [{ op: 'add', path: '/a' }]],
    ['no from', [{ op: 'copy', path: '/a' }]],
    ['what is not JSON’s', [{ op: 'add', path: '/__proto__/x', value: 1 }]],
    ['too many', Array(1001).fill({ op: 'remove', path: '/a' })],
    ['no object', [null, 1]],
  ])('REST-09 %s is 400', ([, patch]) => {
    expect(() => readPatch(patch)).toThrow(expect.objectContaining({ status: 400 }))
  })

  test('REST-09 numbers keep their figures, and are compared by value', () => {
    const operations = readPatch([
      { op: 'test', path: '/a', value: 1.5 },
      { op: 'copy', from: '/a', path: '/b' },
    ])
    expect(JSON.stringify(applyPatch('{"a":1.50,"c":2.0}', operations))).toBe('{"a":1.50,"c":2.0,"b":1.50}')
  })

  test('REST-09 copies cannot grow without end', () => {
    const doubling = Array.from({ length: 100 }, (_, index) => ({
      op: 'copy',
      from: '/a',
      path: `/a/x${index}`,
    }))
    expect(() => patched({ a: { x: 'x' } }, ...doubling)).toThrow('too large')
  })
})
