import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { cachedStatements } from '../../src/store/statements.ts'

test('a text is prepared once; of more than 500 the one that was not used for longest goes', () => {
  const db = new Sqlite(':memory:')
  const statement = cachedStatements(db)
  const text = (number: number) => `select ${number} as n`
  const first = statement(text(0))
  expect(statement(text(0))).toBe(first)
  const second = statement(text(1))
  for (let number = 2; number < 500; number++) statement(text(number))
  // Both are still there; the use of the first makes the second the oldest.
  expect(statement(text(0))).toBe(first)
  statement(text(500))
  expect(statement(text(0))).toBe(first)
  expect(statement(text(1))).not.toBe(second)
  db.close()
})
