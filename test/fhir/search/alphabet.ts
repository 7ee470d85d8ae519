import { type FhirServer, fhirServer } from '../http/fhir-server.ts'

export const letters = [...'abcdefghijklmnopqrs']
/**
 * Nineteen Observations, written in an order that is that of no key; every third has no date, no number, no
 * performer, and every value is there several times, so that ties must be broken. Each has several categories
 * and codes, so that it stands in an index several times.
 */
export const observations = letters.map((letter, index) => {
  const place = (index * 7) % letters.length
  const value = place % 5
  const has = place % 3 !== 0
  return {
    resourceType: 'Observation',
    id: letters[place] ?? letter,
    status: value % 2 === 0 ? 'final' : 'amended',
    category: [{ coding: [{ code: 'one' }, { code: 'two' }] }, { coding: [{ code: 'three' }] }],
    code: { coding: [{ code: `code-${value}` }, { system: 'urn:x', code: 'every' }] },
    ...(has
      ? {
          effectivePeriod: { start: `2020-01-0${value + 1}`, end: `2020-02-0${value + 1}` },
          valueQuantity: { value: value - 2.5 },
          performer: [{ reference: `Practitioner/gp-${value}` }],
          subject: { reference: `Patient/p-${value}` },
        }
      : {}),
    ...(has && value % 2 === 0
      ? { component: [{ code: { coding: [{ code: 'part' }] }, valueQuantity: { value: 50 } }] }
      : {}),
  }
})
export const total = letters.length + 1

/** A server with these, and one more that was written later. */
export async function alphabetServer(): Promise<FhirServer> {
  const server = await fhirServer(observations)
  // Later than the rest, and in one case a second version.
  server.clock.advance(1000)
  await server.store([
    { ...observations[3], note: [{ text: 'changed' }] },
    { resourceType: 'Observation', id: 'z', status: 'final', code: { text: 'x' } },
  ])
  return server
}
