import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../support/shared-data.ts'
import { type FhirServer, fhirServer, includedIn, type Json, linkOf } from '../http/fhir-server.ts'
import { realSearches } from './real-searches.ts'

const folder = sharedData('r4-10')
const all: Json[] =
  folder === undefined
    ? []
    : readdirSync(folder).flatMap((file) =>
        readFileSync(join(folder, file), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line)),
      )
const ofType = (type: string): Json[] => all.filter(({ resourceType }) => resourceType === type)

/** All ids, page by page. */
async function everyId(server: FhirServer, path: string): Promise<string[]> {
  const ids: string[] = []
  let url: string | undefined = `${path}&_count=37`
  while (url !== undefined) {
    const { status, text, body } = await server.get(url)
    if (status !== 200) throw new Error(`${path}: ${text}`)
    ids.push(...(body.entry ?? []).map(({ resource }: Json) => resource.id))
    url = linkOf(body, 'next')
  }
  return ids.sort()
}

describe.skipIf(folder === undefined)(
  `public data${folder === undefined ? ' (skipped: ../shared/data/r4-10 is absent)' : ''}`,
  () => {
    test.for(['sqlite', 'postgres'] as const)(
      'SRCH-01 to SRCH-12 searches find what a plain filter finds, on %s',
      async (engine) => {
        const server = await fhirServer(all, { engine })
        const { searches, who } = realSearches(all)
        const wrong: object[] = []
        let empty = 0
        for (const [query, type, matches] of searches) {
          const expected = ofType(type)
            .filter(matches)
            .map(({ id }) => id)
          const found = await everyId(server, `${type}?${query}`)
          if (expected.length === 0) empty++
          const missing = expected.filter((id) => !found.includes(id))
          const extra = found.filter((id) => !expected.includes(id))
          const twice = found.length - new Set(found).size
          if (missing.length + extra.length + twice > 0) wrong.push({ type, query, missing, extra, twice })
        }
        expect(wrong).toEqual([])
        // A comparison of nothing with nothing would prove little.
        expect([searches.length >= 60, empty <= 6]).toEqual([true, true])

        const { body } = await server.get(
          `Encounter?patient=${who}&_count=5&_include=Encounter:participant&_revinclude=Observation:encounter`,
        )
        const page: Json[] = body.entry.filter(({ search }: Json) => search.mode === 'match')
        const visits = page.map(({ resource }) => resource)
        const staff = visits.flatMap(({ participant = [] }) =>
          participant.map(({ individual }: Json) => individual.reference),
        )
        const noted = ofType('Observation').filter(({ encounter }) =>
          visits.some(({ id }) => encounter?.reference === `Encounter/${id}`),
        )
        expect(includedIn(body)).toEqual(
          [...new Set([...staff, ...noted.map(({ id }) => `Observation/${id}`)])].sort(),
        )
        await server.close()
      },
    )
  },
)
