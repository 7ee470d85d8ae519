import { afterAll, beforeAll, expect, test } from 'vitest'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { randomFrom } from '../extract/sample.ts'
import { asker, populate } from './arrange.ts'
import { type Ask, compareMany } from './compare.ts'
import { generator } from './generate.ts'
import { syntheticWorld, type World } from './world.ts'

const seed = Number(process.env.ORACLE_SEED ?? 1)
const grants = Number(process.env.ORACLE_GRANTS ?? (engine === 'postgres' ? 150 : 40))

let server: TestServer
let world: World
let ask: Ask

beforeAll(async () => {
  server = await startServer({ engine })
  world = syntheticWorld(server.fhir, seed)
  await populate(server, world)
  ask = await asker(server)
})
afterAll(async () => await server?.close())

test('ENF-02 ENF-07 random reads and searches under random grants agree with a plain oracle', async () => {
  const random = randomFrom(seed)
  const tally = await compareMany(world, ask, generator(world, random), { grants, questions: 12 })
  // It would prove little if nearly all were refused, or nothing found.
  expect(tally.withMatches / tally.asked).toBeGreaterThan(0.2)
  expect(tally.refused / tally.asked).toBeGreaterThan(0.1)
  expect(tally.hidden / tally.asked).toBeGreaterThan(0.03)
})
