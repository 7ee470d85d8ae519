import { afterAll, beforeAll, expect, test } from 'vitest'
import { smartVocabulary } from '../../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { openFhirStore } from '../../../src/fhir/fhir.ts'
import { asHolder } from '../../../src/fhir/lookup/sight.ts'
import type { Stored } from '../../../src/fhir/store/item.ts'
import type { Session } from '../../../src/fhir/store/store.ts'
import { parseScopes } from '../../../src/smart/scope.ts'
import { engine, migratedDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let nodes: Session[]
const definitions = loadDefinitions()
const note = async () => {}

beforeAll(async () => {
  database = await migratedDatabase()
  const { scopes } = parseScopes('system/*.cruds', smartVocabulary(definitions, []))
  const access = asHolder(scopes, { patient: undefined, user: undefined }, 'named')
  nodes = []
  // As two processes on one database would. SQLite's writers of one process share a connection: a second one would
  // wait for the first in the thread that both need.
  const connections =
    engine === 'postgres' ? [await database.open(), await database.open()] : [await database.open()]
  for (const db of [...connections, ...connections].slice(0, 2)) {
    const store = await openFhirStore({ db, definitions, clock: () => 0, fhirBase: 'http://here/fhir' })
    nodes.push(store.as(access))
  }
})
afterAll(() => database.remove())

const flag = (id: string, code: string): Stored => ({
  resourceType: 'Flag',
  id,
  code: { coding: [{ system: `urn:${code}`, code }] },
  subject: { reference: `Patient/${code}` },
})
const anyNode = (index: number): Session => nodes[index % 2] as Session
const update = (index: number, resource: Stored, versions?: number[]) =>
  anyNode(index).change(note, (change) => change.update(resource, { versions, mayCreate: true }))

test('REST-08 writers on two nodes: one of each version wins, and no version is lost', async () => {
  await update(0, flag('a', 'first'))
  const tries = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => update(index, flag('a', `try-${index}`), [1])),
  )
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of tries)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'precondition-failed' })
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, index) => update(index, flag('a', `x-${index}`))),
  )
  expect(all.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 10 }, (_, index) => index + 3),
  )
  for (const { version, body } of all) {
    expect((await anyNode(version).vread('Flag', 'a', version)).body).toBe(body)
  }
})

test('REST-07 writers on two nodes that name the same new things get one row of each', async () => {
  await Promise.all(Array.from({ length: 10 }, (_, index) => update(index, flag(`n-${index}`, 'shared'))))
  const [first] = await (await database.open()).kysely
    .selectFrom('resource')
    .select((it) => it.fn.countAll().as('n'))
    .where('id', '=', 'shared')
    .execute()
  expect(Number(first?.n)).toBe(1)
})

test('REST-06 what is thrown in a change takes everything back', async () => {
  const failing = anyNode(0).change(note, async (change) => {
    await change.create(flag('half', 'half'))
    throw new Error('on purpose')
  })
  await expect(failing).rejects.toThrow('on purpose')
  await expect(anyNode(1).read('Flag', 'half')).rejects.toMatchObject({ code: 'not-found' })
  const noted = anyNode(0).change(
    async () => {
      throw new Error('no audit')
    },
    (change) => change.create(flag('half', 'half')),
  )
  await expect(noted).rejects.toThrow('no audit')
  await expect(anyNode(1).read('Flag', 'half')).rejects.toMatchObject({ code: 'not-found' })
})
