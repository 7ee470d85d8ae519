import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const tell = resolve(import.meta.dirname, 'tell-counts.ts')

type Told = { counts: Record<string, number>; ids: number; numbers: number; alike: string[] }

test('a hospital of 20,000 patients is told in a heap of 96 MB: nothing is kept, and no two of them are one', () => {
  const told = execFileSync(process.execPath, ['--max-old-space-size=96', tell, '20000'])
  const { counts, ids, numbers, alike }: Told = JSON.parse(told.toString('utf8'))
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
  expect([ids, numbers]).toEqual([20_000, 20_000])
  expect(alike).toEqual([
    'ana-lindqvist',
    'anders-lindqvist',
    'maja-lindgren',
    'marta-lindqvist',
    'ove-lindstrom',
  ])
})
