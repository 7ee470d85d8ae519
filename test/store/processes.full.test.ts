import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SigningKey } from '../../src/keys/signing-keys.ts'
import { pendingMigrations } from '../../src/store/migrate.ts'
import { emptyDatabase, type TestDatabase } from '../support/database.ts'
import { lanyardProcess, type Place } from '../support/process.ts'

// Several processes on one database, as several nodes and commands are.
describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let database: TestDatabase
  let place: Place
  beforeEach(async () => {
    database = await emptyDatabase(engine)
    const folder = mkdtempSync(join(tmpdir(), 'lanyard-processes-'))
    place = { folder, environment: { LANYARD_DATABASE_URL: database.url } }
  })
  afterEach(async () => {
    rmSync(place.folder, { recursive: true })
    await database.remove()
  })

  /** Runs commands at once; all must succeed. */
  async function atOnce(...commands: string[][]): Promise<unknown[]> {
    const ended = await Promise.all(commands.map((words) => lanyardProcess([...words, '--json'], place)))
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(ended.map(() => ({ code: 0, err: '' })))
    return ended.map(({ out }) => JSON.parse(out))
  }

  test('of processes that migrate at once one does it, and all succeed', async () => {
    const migrate = ['migrate']
    const done = (await atOnce(migrate, migrate, migrate)) as { migrations: string[] }[]
    const counts = done.map(({ migrations }) => migrations.length).sort((a, b) => a - b)
    expect(counts.slice(0, 2)).toEqual([0, 0])
    expect(counts[2]).toBeGreaterThan(1)
    expect(await pendingMigrations(await database.open())).toEqual([])
  })

  test('of processes that make keys at once one does it, and each uses the same sealing key', async () => {
    await atOnce(['migrate'])
    const [, , first] = await atOnce(['keys', 'list'], ['keys', 'list'], ['keys', 'rotate'])
    await atOnce(['keys', 'rotate'], ['keys', 'rotate'])
    const [after] = (await atOnce(['keys', 'list'])) as SigningKey[][]
    for (const alg of ['ES256', 'RS256']) {
      const states = (after ?? []).filter((key) => key.alg === alg).map((key) => key.state)
      expect(states.sort()).toEqual(['current', 'next', 'previous', 'previous', 'previous'])
    }
    const kids = new Set((after ?? []).map((key) => key.kid))
    expect((first as SigningKey[]).every((key) => kids.has(key.kid))).toBe(true)
  })
})
