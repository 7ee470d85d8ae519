import pg from 'pg'
import { inject } from 'vitest'
import { randomId } from '../../src/lib/id.ts'

/**
 * A new database on the PostgreSQL of this run.
 * @param template the name of one that nobody is connected to; the new one is a copy of it
 */
export async function emptyPostgres(template = 'template1'): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `lanyard_${randomId(64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')}`
  await onPostgres(`create database ${name} template ${template}`)
  url.pathname = `/${name}`
  return url.href
}

/** Runs a statement as the server's administrator, outside of every test's database. */
export async function onPostgres(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') })
  await admin.connect()
  await admin.query(statement)
  await admin.end()
}
