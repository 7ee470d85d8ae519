import { expect, test } from 'vitest'
import { openWard } from './ward.ts'

test.each(['sqlite', 'postgres'] as const)(
  'ENF-09 a thousand scopes are enforced like one, on %s',
  async (engine) => {
    const ward = await openWard({}, engine)
    const many = Array.from({ length: 990 }, (_, index) => `patient/Observation.rs?category=c${index}`)
    // So long a scope is no JWT's.
    const holder = await ward.asOpaque([
      ...many,
      'patient/Observation.rs?category=survey',
      'patient/Practitioner.rs',
    ])
    expect(await holder.finds('Observation')).toEqual(['Observation/ann-survey'])
    expect((await holder.get('Observation/ann-survey')).status).toBe(200)
    expect((await holder.get('Observation/ann-lab')).status).toBe(404)
    expect(await holder.finds('Practitioner')).toEqual([])
    await ward.close()
  },
)
