import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../../src/store/database.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { randomFrom } from '../extract/sample.ts'
import { asker, populate } from './arrange.ts'
import { type Ask, difference } from './compare.ts'
import { generator } from './generate.ts'
import { show } from './question.ts'
import { type Grant, type ModelScope, scopeText, sightOf } from './sight.ts'
import { syntheticWorld, type World } from './world.ts'

// Law 3, seen from the database: narrowing is part of the statement, so nothing that a grant does not open leaves
// the database at all, be it as a result, at the other end of a chain, or as a number.

type Statement = { sql: string; parameters: readonly unknown[]; rows: readonly Record<string, unknown>[] }

let server: TestServer
let world: World
let ask: Ask
let keys: Map<number, string>
let statements: Statement[] = []

beforeAll(async () => {
  server = await startServer({ engine })
  world = syntheticWorld(server.fhir, 7)
  await populate(server, world)
  const rows = await server.house.db.kysely
    .selectFrom('resource')
    .innerJoin('fhir_type', 'fhir_type.id', 'resource.type')
    .select(['rid', 'name', 'resource.id'])
    .execute()
  keys = new Map(rows.map(({ rid, name, id }) => [rid, `${name}/${id}`]))
  listen(server.house.db)
  ask = await asker(server)
})
afterAll(async () => await server?.close())

/** Keeps every statement that is read with, and what it brought. */
function listen(db: Database): void {
  for (const road of ['read', 'search'] as const) {
    const original = db[road]
    db[road] = async <Row>(query: Parameters<typeof original<Row>>[0]): Promise<Row[]> => {
      const rows = await original<Row>(query)
      statements.push({ ...query, rows: rows as Record<string, unknown>[] })
      return rows
    }
  }
}

/** To what resources that are seen refer, by row ids only; whether that is seen is asked by who finds it. */
const ofTargets = ({ sql }: Statement): boolean => sql.startsWith('select distinct f.target as rid')
/** Statements that look at resources, not only at their names or at what refers to them. */
const ofResources = ({ sql }: Statement): boolean => /\bresource "?[rb]"?\b/.test(sql)
const takesBodies = ({ sql }: Statement): boolean => /\bbody\b/.test(sql)
/** An old version is fetched by its resource's row, which is visible, and judged before it leaves the store. */
const isOldVersion = ({ sql }: Statement): boolean =>
  /^select "updated", "body" from "history" where "rid" = \S+ and "version" = \S+$/.test(sql)

test('ENF-07 ENF-16 no statement brings a row out of the database that the grant does not open', async () => {
  const { grant, question } = generator(world, randomFrom(7))
  let looked = 0
  for (let i = 0; i < (engine === 'postgres' ? 40 : 20); i++) {
    const given = grant()
    const sight = sightOf(given, world)
    for (let j = 0; j < 12; j++) {
      const asked = question(given)
      statements = []
      await difference(given, asked, world, ask)
      const bringing = statements.filter((one) => ofResources(one) && !ofTargets(one))
      for (const { sql, rows } of bringing) {
        const shown = rows.filter((row) => 'rid' in row && row.body !== null)
        const unseen = shown
          .map(({ rid }) => keys.get(Number(rid)) ?? '?')
          .filter((key) => {
            const resource = world.byKey.get(key)
            return resource === undefined || !(sight.sees('read', resource) || sight.sees('search', resource))
          })
        looked += shown.length
        expect(unseen, `${scopeText(given)}\n${show(asked)}\n${sql}`).toEqual([])
      }
    }
  }
  expect(looked).toBeGreaterThan(100)
})

const limit = 'the-limit-of-the-scope'
const everyType = (level: ModelScope['level'], where: ModelScope['where']): ModelScope => ({
  level,
  type: '*',
  letters: 'rs',
  where,
})
const limited: readonly [string, Partial<Grant>, ModelScope][] = [
  ['a patient', { patient: 'ann' }, everyType('patient', [])],
  ['a tag', {}, everyType('system', [['_tag', limit]])],
  ['a patient and a tag', { patient: 'ann' }, everyType('patient', [['_tag', limit]])],
  [
    'some patients of a user',
    { user: { fhirUser: undefined, patients: ['ann', 'bob'] } },
    everyType('user', []),
  ],
]

test.each(limited)(
  'ENF-07 every statement of a grant limited to %s holds that limit',
  async (_, who, scope) => {
    const grant: Grant = { scopes: [scope], identity: false, patient: undefined, user: undefined, ...who }
    const patients = grant.patient === undefined ? (grant.user?.patients ?? []) : [grant.patient]
    const rids = [...keys]
      .filter(([, key]) => [...patients].some((id) => key === `Patient/${id}`))
      .map(([rid]) => rid)
    const marks = [...(scope.where.length > 0 ? [limit] : []), ...rids]
    const { question } = generator(world, randomFrom(8))
    statements = []
    for (let i = 0; i < 40; i++) await difference(grant, question(grant), world, ask)

    const reading = statements
      .filter((one) => takesBodies(one) || ofResources(one))
      .filter((one) => !isOldVersion(one))
    expect(reading.filter(takesBodies).length).toBeGreaterThan(12)
    for (const { sql, parameters } of reading) {
      // Each row of a resource that is chosen by its type is chosen within the limit, too.
      const chosen = sql.match(/(?<![\w"])"?(?:r|h\d)"?\."?type"? (?:=|in)/g) ?? []
      const open = /select r\.type from resource r/.test(sql) ? 0 : Math.max(1, chosen.length)
      for (const mark of marks) {
        const held = parameters.filter((parameter) => parameter === mark).length
        const never = sql.match(/1 = 0/g)?.length ?? 0
        expect(held + never, `${mark} in ${sql}`).toBeGreaterThanOrEqual(open)
      }
    }
  },
)
