import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configReference } from '../../src/config/document.ts'
import { environmentName, settingMeta, settingNames } from '../../src/config/schema.ts'

test('config/README.md is what the schema says', () => {
  const written = readFileSync(new URL('../../config/README.md', import.meta.url), 'utf8')
  expect(written, 'run `npx node src/config/generate.ts`').toBe(configReference())
})

test.each(settingNames)('%s has a type in words, a description and a row', (name) => {
  const { type, description, fileOnly } = settingMeta(name)
  expect(type).not.toBe('undefined')
  expect(description).toMatch(/^[`A-Z].*[.]$/)
  expect(configReference()).toContain(`| \`${name}\`<br>`)
  expect(configReference().includes(`\`${environmentName(name)}\``)).toBe(fileOnly !== true)
})
