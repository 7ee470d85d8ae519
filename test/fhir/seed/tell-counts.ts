import { hospital } from '../../../src/fhir/seed/hospital.ts'

// In a process of its own, whose heap the test limits: how many resources of each type a hospital has.
const counts: Record<string, number> = {}
for (const { resourceType } of hospital({ patients: Number(process.argv[2]) })) {
  counts[resourceType] = (counts[resourceType] ?? 0) + 1
}
process.stdout.write(JSON.stringify(counts))
