import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { switched } from './switched.ts'

const root = resolve(import.meta.dirname, '../..')

test.each(mutants)('the mutant "$name" still finds its place, and its killer is there', (mutant) => {
  const { file, find, replace, killer } = mutant
  const text = readFileSync(resolve(root, file), 'utf8')
  expect(text.split(find).length - 1, `how often ${file} holds: ${find}`).toBe(1)
  expect(switched(text, [{ ...mutant, number: 0 }])).toContain(replace)
  expect(replace).not.toBe(find)
  expect(existsSync(resolve(root, killer)), killer).toBe(true)
})

test('mutants have names of their own', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})
