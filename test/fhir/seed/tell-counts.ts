import { hospital } from '../../../src/fhir/seed/hospital.ts'

// In a process of its own, whose heap the test limits: how many resources of each type a hospital has, how many
// different ids and record numbers its patients have, and who of them has a name that begins like the Lindqvists’.
const counts: Record<string, number> = {}
const ids = new Set<string>()
const numbers = new Set<string>()
const alike: string[] = []
for (const resource of hospital({ patients: Number(process.argv[2]) })) {
  counts[resource.resourceType] = (counts[resource.resourceType] ?? 0) + 1
  if (resource.resourceType !== 'Patient') continue
  ids.add(resource.id)
  numbers.add((resource.identifier as { value: string }[])[0]?.value ?? '')
  if (/"(family|given)":\[?"[^\]]*"?Lind/.test(JSON.stringify(resource.name))) alike.push(resource.id)
}
process.stdout.write(JSON.stringify({ counts, ids: ids.size, numbers: numbers.size, alike: alike.sort() }))
