import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'
import { randomFrom } from '../extract/sample.ts'
import { asker, populate } from './arrange.ts'
import { compareMany } from './compare.ts'
import { generator } from './generate.ts'
import type { Resource } from './resource.ts'
import { worldOf } from './world.ts'

const folder = resolve(import.meta.dirname, '../../../../shared/data/r4-10')
const isThere = existsSync(folder)

test.skipIf(!isThere)(
  `ENF-02 ENF-07 the oracle agrees on public data too${isThere ? '' : ': skipped, as ../shared/data/r4-10 is absent'}`,
  async () => {
    const server = await startServer()
    const resources = readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Resource),
    )
    const world = worldOf(server.fhir, resources)
    await populate(server, world)
    const made = generator(world, randomFrom(Number(process.env.ORACLE_SEED ?? 1)), ['20', '50', '100'])
    const tally = await compareMany(world, await asker(server), made, { grants: 120, questions: 8 })
    expect(tally.withMatches / tally.asked).toBeGreaterThan(0.2)
    await server.close()
  },
)
