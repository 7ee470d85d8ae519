import { type CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launcher } from '../../support/launched-token.ts'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'

// How fast a search is on a million resources cannot be tested here; that it begins at an index can. The engines say
// how they would go about each statement.

let server: FhirServer
const statements: CompiledQuery<unknown>[] = []

beforeAll(async () => {
  const patients = ['ann', 'bob'].map((id) => ({
    resourceType: 'Patient',
    id,
    name: [{ family: id }],
    birthDate: '1980-05-05',
    gender: 'female',
  }))
  const observations = ['one', 'two'].map((id) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] },
    subject: { reference: 'Patient/ann' },
    performer: [{ reference: 'Practitioner/gp' }],
    effectiveDateTime: '2024-03-05T10:00:00Z',
    valueQuantity: { value: 170, unit: 'cm' },
  }))
  server = await fhirServer([...patients, ...observations, { resourceType: 'Practitioner', id: 'gp' }])
  const { db } = server.house
  for (const road of ['read', 'search'] as const) {
    const original = db[road]
    db[road] = async <Row>(query: CompiledQuery<Row>): Promise<Row[]> => {
      statements.push(query)
      return await original<Row>(query)
    }
  }
})
afterAll(() => server?.close())

/** What the engine would go through from one end to the other to answer a statement. */
async function wholeTables(query: CompiledQuery<unknown>): Promise<string[]> {
  const { kysely, dialect } = server.house.db
  if (dialect === 'sqlite') {
    const { rows } = await kysely.executeQuery({
      ...query,
      sql: `explain query plan ${query.sql}`,
    } as CompiledQuery<{ detail: string }>)
    return rows.map(({ detail }) => detail).filter((detail) => isOfTable(detail, query.sql))
  }
  return await kysely.transaction().execute(async (trx) => {
    // Two rows are read fastest as they lie; what is asked here is whether there is another way.
    await sql`set local enable_seqscan = off`.execute(trx)
    const { rows } = await trx.executeQuery({ ...query, sql: `explain ${query.sql}` } as CompiledQuery<{
      'QUERY PLAN': string
    }>)
    return rows
      .map((row) => row['QUERY PLAN'])
      .filter((line) => /Seq Scan on (resource|history|compartment|ix_)/.test(line))
  })
}

/** Whether a line says that a table is scanned, or all of a type; what a subquery yields is walked of course. */
function isOfTable(detail: string, text: string): boolean {
  if (/resource_updated \(type=\?\)/.test(detail)) return true
  const [, alias] = /^SCAN (\w+)(?! VIRTUAL)/.exec(detail) ?? []
  return new RegExp(`\\b(resource|history|compartment|ix_\\w+)"? "?${alias}\\b`).test(text)
}

const asked = [
  'Patient?identifier=MRN|1',
  'Patient?name=an',
  'Patient?birthdate=1980-05-05',
  'Patient?birthdate=ge1980&birthdate=lt1981',
  'Observation?patient=ann&code=8302-2&date=ge2015&_sort=-date',
  'Observation?code=8302-2',
  'Observation?code=8302-2,29463-7&_total=accurate',
  'Observation?date=gt2024-03-01',
  'Observation?date=2024-03&_sort=date',
  'Observation?value-quantity=gt160',
  'Observation?code-value-quantity=8302-2$gt160',
  'Observation?patient.name=ann',
  'Patient?_has:Observation:patient:code=8302-2',
  'Patient?_has:Observation:patient:date=2024-03-05',
  'Observation?patient=ann&_include=Observation:performer',
  'Patient?_id=ann&_revinclude=Observation:patient',
  'Patient/ann/Observation',
  'Patient/ann/*',
]

test.for(asked)('SRCH-01 begins at an index: %s', async (path) => {
  statements.length = 0
  expect((await server.get(path)).status).toBe(200)
  expect(statements.length).toBeGreaterThan(0)
  for (const statement of statements) {
    expect(await wholeTables(statement), statement.sql).toEqual([])
  }
})

test('SRCH-01 a patient scope begins at the record, also for what the record refers to', async () => {
  const { token } = await launcher(server)
  const authorization = `Bearer ${await token({ scope: 'patient/*.rs', patient: 'ann' })}`
  for (const path of [
    'Observation',
    'Practitioner',
    'Provenance',
    'Observation?_include=Observation:performer',
  ]) {
    statements.length = 0
    expect((await server.get(path, { authorization })).status).toBe(200)
    for (const statement of statements) {
      expect(await wholeTables(statement), statement.sql).toEqual([])
    }
  }
})
