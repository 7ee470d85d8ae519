import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { hospital } from '../../../src/fhir/seed/hospital.ts'

const tell = resolve(import.meta.dirname, 'tell-counts.ts')

test('a hospital of 20,000 patients is told in a heap of 96 MB: nothing is kept', () => {
  const told = execFileSync(process.execPath, ['--max-old-space-size=96', tell, '20000'])
  const counts: Record<string, number> = JSON.parse(told.toString('utf8'))
  expect(counts).toMatchObject({
    Patient: 20_000,
    Location: 22,
    Practitioner: 70,
    PractitionerRole: 70,
    Group: 3,
  })
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  expect(total / 20_000).toBeGreaterThan(50)
  expect(total / 20_000).toBeLessThan(60)
  expect(counts.Appointment).toBeGreaterThan(6500)
  expect(counts.Appointment).toBeLessThan(7500)
})

test('no two of 20,000 patients share an id or a record number, and no one’s name begins like the Lindqvists’', () => {
  const ids = new Set<string>()
  const numbers = new Set<string>()
  const alike: string[] = []
  for (const resource of hospital({ patients: 20_000 })) {
    if (resource.resourceType !== 'Patient') continue
    ids.add(resource.id)
    numbers.add((resource.identifier as { value: string }[])[0]?.value ?? '')
    if (/"(family|given)":\[?"[^\]]*"?Lind/.test(JSON.stringify(resource.name))) alike.push(resource.id)
  }
  expect(ids.size).toBe(20_000)
  expect(numbers.size).toBe(20_000)
  expect(alike.sort()).toEqual([
    'ana-lindqvist',
    'anders-lindqvist',
    'maja-lindgren',
    'marta-lindqvist',
    'ove-lindstrom',
  ])
})
