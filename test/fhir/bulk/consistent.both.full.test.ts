import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ask, exported } from '../../support/exporting.ts'
import { type FhirServer, fhirServer, type Json } from '../http/fhir-server.ts'

const COUNT = 3000
const observation = (index: number, value: number) => ({
  resourceType: 'Observation',
  id: `o-${index}`,
  status: 'final',
  code: { text: 'x' },
  valueInteger: value,
})

let server: FhirServer
let ask: Ask
beforeAll(async () => {
  server = await fhirServer()
  // Here time must pass: which change came first is the question.
  Object.defineProperty(server.clock, 'now', { get: Date.now })
  for (let at = 0; at < COUNT; at += 1000)
    await server.store(Array.from({ length: 1000 }, (_, index) => observation(at + index, 0)))
  const token = await server.tokenFor('system/*.cruds')
  ask = (path, { headers, ...init } = {}) =>
    server.send(path, { ...init, headers: { authorization: `Bearer ${token}`, ...headers } })
})
afterAll(async () => await server?.close())

type Change = { id: string; version: number; at: number; gone: boolean }

/** Changes one resource after the other, until it is told to stop; what was done, as the server told it. */
function writing(first: number, step: number) {
  const changes: Change[] = []
  let going = true
  const run = async (): Promise<void> => {
    for (let turn = 0; going; turn++) {
      const index = (first + turn * step) % COUNT
      const id = `o-${index}`
      const isDeletion = turn % 10 === 9
      const response = await ask(`Observation/${id}`, {
        method: isDeletion ? 'DELETE' : 'PUT',
        headers: { 'content-type': 'application/fhir+json' },
        ...(isDeletion ? {} : { body: JSON.stringify(observation(index, turn + 1)) }),
      })
      if (!response.status.toString().startsWith('2')) throw new Error(response.text)
      const version = Number(/"(\d+)"/.exec(response.headers.get('etag') ?? '')?.[1] ?? 0)
      const at = isDeletion ? 0 : Date.parse(response.body.meta.lastUpdated)
      changes.push({ id, version, at, gone: isDeletion })
    }
  }
  const done = run()
  return {
    changes,
    async stop(): Promise<Change[]> {
      going = false
      await done
      return changes
    },
  }
}

/** What a resource was at a moment: its version, or nothing where it was deleted. */
async function stateAt(id: string, moment: number): Promise<string | undefined> {
  const { body } = await ask(`Observation/${id}/_history?_count=100`)
  const entries: Json[] = body.entry
  const found = entries.find(
    ({ resource, response }) => Date.parse(resource?.meta.lastUpdated ?? response.lastModified) <= moment,
  )
  return found?.resource === undefined ? undefined : JSON.stringify(found.resource)
}

test('BULK-11 BULK-12 while others write, an export shows one moment: all up to it, nothing behind it', async () => {
  const since = new Date(Date.now()).toISOString()
  await new Promise((go) => setTimeout(go, 5))
  const writers = [0, 1, 2, 3].map((first) => writing(first * 700, 7))
  // Each has changed something before.
  while (writers.some(({ changes }) => changes.length < 3)) await new Promise((go) => setTimeout(go, 5))
  const [whole, changed] = [
    await exported(server, ask, '$export?_type=Observation'),
    await exported(server, ask, `$export?_type=Observation&_since=${since}`),
  ]
  const changes = (await Promise.all(writers.map((writer) => writer.stop()))).flat()
  const touched = [...new Set(changes.map(({ id }) => id))]
  expect(touched.length).toBeGreaterThan(20)

  for (const { manifest, resources, deleted } of [whole, changed]) {
    const moment = Date.parse(manifest.transactionTime)
    const shown = new Map(resources.map((resource) => [resource.id, JSON.stringify(resource)]))
    expect(shown.size).toBe(resources.length)
    const isPartial = manifest.deleted !== undefined
    for (const id of touched) {
      const state = await stateAt(id, moment)
      if (!isPartial) expect(shown.get(id), id).toEqual(state)
      // What did not change since is no part of it.
      else if (shown.has(id)) expect(shown.get(id), id).toEqual(state)
      else if (state === undefined) expect(deleted, id).toContain(`Observation/${id}`)
      else expect(JSON.parse(state).meta.versionId, id).toBe('1')
      if (state !== undefined) expect(deleted).not.toContain(`Observation/${id}`)
    }
    if (!isPartial) {
      const untouched = COUNT - touched.length
      expect(resources.filter(({ id }) => !touched.includes(id)).length).toBe(untouched)
    }
  }
  // Changes were made on both sides of the moment, or nothing was proven.
  const moment = Date.parse(whole.manifest.transactionTime)
  expect(changes.some(({ at }) => at > 0 && at <= moment)).toBe(true)
  expect(changes.some(({ at }) => at > moment)).toBe(true)
})
