import { expect, test } from 'vitest'
import { hospital } from '../../../src/fhir/seed/hospital.ts'

test('a hospital of 20,000 patients is told in seconds, in a steady amount of memory', () => {
  const counts: Record<string, number> = {}
  let total = 0
  const begun = performance.now()
  for (const { resourceType } of hospital({ patients: 20_000 })) {
    counts[resourceType] = (counts[resourceType] ?? 0) + 1
    total++
  }
  expect(total / ((performance.now() - begun) / 1000)).toBeGreaterThan(40_000)
  expect(process.memoryUsage().heapUsed).toBeLessThan(400 * 2 ** 20)
  expect(counts).toMatchObject({
    Patient: 20_000,
    Location: 22,
    Practitioner: 70,
    PractitionerRole: 70,
    Group: 3,
  })
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
