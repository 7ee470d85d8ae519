import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { createValidate } from '../../../src/fhir/validate/validate.ts'
import { sharedData } from '../../support/shared-data.ts'

const folder = sharedData('r4-200')

test.skipIf(folder === undefined)('REST-14 50,000 resources of another maker are valid', () => {
  const validate = createValidate(loadDefinitions())
  const files = readdirSync(folder ?? '').filter((name) => name.endsWith('.ndjson.gz'))
  let count = 0
  for (const file of files) {
    const lines = gunzipSync(readFileSync(join(folder ?? '', file)))
      .toString('utf8')
      .split('\n')
    for (const line of lines.filter(Boolean)) {
      expect(validate(JSON.parse(line))).toEqual([])
      count += 1
    }
  }
  expect(count).toBeGreaterThan(50_000)
})
