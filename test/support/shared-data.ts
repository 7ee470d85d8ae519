import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * A folder of the public data beside the checkout, which is no part of the project.
 * @returns its path, or nothing where it is absent; then the test that asks says so and skips
 */
export function sharedData(folder: string): string | undefined {
  const path = resolve(import.meta.dirname, '../../../shared/data', folder)
  if (existsSync(path)) return path
  process.stderr.write(`${path} is absent: tests that need it are skipped\n`)
  return undefined
}
