import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createCheckpoints } from '../../../src/fhir/import/checkpoints.ts'
import { importFiles } from '../../../src/fhir/import/files.ts'
import { importAll } from '../../../src/fhir/import/import.ts'
import type { FhirStore } from '../../../src/fhir/store/store.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let store: FhirStore
let folder: string

beforeAll(async () => {
  server = await startServer({ engine })
  store = await fhirStoreOf(server.house)
})
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-import-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more })
const lines = (...values: unknown[]) =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n')

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function run(path: string, through: Pick<FhirStore, 'write'> = store) {
  const bad: string[] = []
  const deps = {
    store: through,
    definitions: server.house.definitions,
    checkpoints: createCheckpoints(server.house.db),
  }
  const report = {
    bad: (where: string, complaint: string) =>
      void bad.push(`${where.replace(`${folder}/`, '')} ${complaint}`),
    progress: () => {},
  }
  const tally = await importAll(importFiles(path), report, deps)
  return { tally, bad }
}

async function bodyOf(type: string, id: string): Promise<Record<string, unknown>> {
  const { db } = server.house
  const row = await db.kysely
    .selectFrom('resource as r')
    .innerJoin('fhir_type as t', 't.id', 'r.type')
    .select('r.body')
    .where('t.name', '=', type)
    .where('r.id', '=', id)
    .executeTakeFirst()
  return row?.body ? JSON.parse(row.body) : {}
}

describe('what comes in', () => {
  test('a folder with NDJSON, gzipped NDJSON, single resources and Bundles, also in subfolders', async () => {
    file('a.ndjson', lines(patient('f1'), '', patient('f2')))
    file('deep/b.ndjson.gz', gzipSync(lines(patient('f3'), patient('f4'))))
    file('deep/c.json', JSON.stringify(patient('f5'), null, 2))
    file(
      'deep/d.json.gz',
      gzipSync(
        JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient('f6') }] }),
      ),
    )
    file('deep/notes.txt', 'not ours')
    const { tally, bad } = await run(folder)
    expect([tally.files, tally.created, tally.bad, bad]).toEqual([4, 6, 0, []])
  })

  test('references of a Bundle by urn:uuid become references to its resources', async () => {
    const entry = [
      { fullUrl: 'urn:uuid:7f1f4c80-0000-4000-8000-000000000001', resource: patient('bundled') },
      {
        resource: {
          resourceType: 'Basic',
          id: 'note',
          subject: { reference: 'urn:uuid:7f1f4c80-0000-4000-8000-000000000001' },
        },
      },
    ]
    await run(file('bundle.json', JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })))
    expect(await bodyOf('Basic', 'note')).toMatchObject({ subject: { reference: 'Patient/bundled' } })
  })

  test('decimals keep their figures, and own version and time replace those of the file', async () => {
    const text =
      '{"resourceType":"Basic","id":"exact","meta":{"versionId":"77","lastUpdated":"1999-01-01T00:00:00Z","profile":["http://p"]},"extension":[{"url":"u","valueDecimal":1.00}]}'
    await run(file('exact.ndjson', text))
    expect(await bodyOf('Basic', 'exact')).toMatchObject({
      meta: { versionId: '1', lastUpdated: '2026-03-01T12:00:00.000Z', profile: ['http://p'] },
    })
    const [row] = await server.house.db.kysely
      .selectFrom('resource')
      .select('body')
      .where('id', '=', 'exact')
      .execute()
    expect(row?.body).toContain('"valueDecimal":1.00')
  })

  test('the same again changes nothing; what changed becomes a new version, the old one history', async () => {
    const path = file('twice.ndjson', lines(patient('t1', { active: true }), patient('t2')))
    await run(path)
    expect((await run(path)).tally).toMatchObject({ created: 0, updated: 0, unchanged: 2 })
    writeFileSync(path, lines(patient('t1', { active: false }), patient('t2')))
    expect((await run(path)).tally).toMatchObject({ created: 0, updated: 1, unchanged: 1 })
    expect(await bodyOf('Patient', 't1')).toMatchObject({ active: false, meta: { versionId: '2' } })
  })
})

describe('what does not', () => {
  test('bad lines are told by file and line, and the others come in', async () => {
    const path = file(
      'bad.ndjson',
      lines(
        patient('b1'),
        'no json',
        '[]',
        { id: 'x' },
        { resourceType: 'Project', id: 'x' },
        { resourceType: 'Patient' },
        patient('b/2'),
        '{"resourceType":"Patient","id":"nul","language":"\\u0000"}',
        patient('b3'),
      ),
    )
    const { tally, bad } = await run(path)
    expect([tally.created, tally.bad]).toEqual([2, 7])
    expect(bad).toEqual([
      'bad.ndjson:2 is not JSON',
      'bad.ndjson:3 is not a JSON object',
      'bad.ndjson:4 has no resourceType',
      'bad.ndjson:5 has the resourceType "Project", which R4 does not know',
      'bad.ndjson:6 has no id',
      'bad.ndjson:7 has an id with other characters than A-Z a-z 0-9 . - or more than 64 of them',
      'bad.ndjson:8 holds the character U+0000',
    ])
  })

  test('bad entries of a Bundle are told by their place', async () => {
    const path = file(
      'bundle.json',
      JSON.stringify({
        resourceType: 'Bundle',
        entry: [{ resource: patient('e1') }, { resource: { resourceType: 'Patient' } }, {}],
      }),
    )
    expect((await run(path)).bad).toEqual([
      'bundle.json, entry 2 has no id',
      'bundle.json, entry 3 is not a JSON object',
    ])
  })

  test('a line of more than 16 MB is left out, and what follows comes in', async () => {
    const path = file(
      'long.ndjson',
      lines(patient('l1', { language: 'x'.repeat(17 * 1024 * 1024) }), patient('l2')),
    )
    const { tally, bad } = await run(path)
    expect([tally.created, bad]).toEqual([1, ['long.ndjson:1 is longer than 16 MB']])
  })

  test('a gzip file that breaks off keeps what came before it, and is named', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 20_000 }, (_, index) => patient(`g${index}`))))
    const path = file('cut.ndjson.gz', whole.subarray(0, whole.length - 200))
    await expect(run(path)).rejects.toThrow(/cut\.ndjson\.gz cannot be read to its end/)
    expect(await bodyOf('Patient', 'g0')).toMatchObject({ id: 'g0' })
  })

  test('a path that is not there, and a folder with nothing to import', async () => {
    await expect(run(join(folder, 'nowhere'))).rejects.toThrow(/cannot be read/)
    mkdirSync(join(folder, 'empty'))
    await expect(run(join(folder, 'empty'))).rejects.toThrow(/holds no \.ndjson/)
  })
})

test('an import that was interrupted goes on behind what was stored', async () => {
  const path = file(
    'resumed.ndjson',
    lines(...Array.from({ length: 1000 }, (_, index) => patient(`r${index}`))),
  )
  let batches = 0
  const breaking: Pick<FhirStore, 'write'> = {
    write: async (...given) => {
      if (++batches > 2) throw new Error('the power went')
      return await store.write(...given)
    },
  }
  await expect(run(path, breaking)).rejects.toThrow('the power went')
  const seen: number[] = []
  const counting: Pick<FhirStore, 'write'> = {
    write: async (batch, also) => {
      seen.push(batch.length)
      return await store.write(batch, also)
    },
  }
  const { tally } = await run(path, counting)
  expect([tally.skipped, tally.created, seen.reduce((sum, one) => sum + one, 0)]).toEqual([400, 600, 600])
  // Done is done: the next import begins at the beginning.
  expect((await run(path)).tally).toMatchObject({ skipped: 0, unchanged: 1000 })
})

test('a file that changed since the interruption is read from the beginning', async () => {
  const all = Array.from({ length: 450 }, (_, index) => patient(`c${index}`))
  const path = file('changed.ndjson', lines(...all))
  let batches = 0
  const breaking: Pick<FhirStore, 'write'> = {
    write: async (...given) => {
      if (++batches > 1) throw new Error('the power went')
      return await store.write(...given)
    },
  }
  await expect(run(path, breaking)).rejects.toThrow()
  writeFileSync(path, lines(patient('c-first'), ...all))
  expect((await run(path)).tally).toMatchObject({ skipped: 0, created: 251, unchanged: 200 })
})
