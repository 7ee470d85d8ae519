import type { Selectable } from 'kysely'
import type { Tables } from '../store/tables.ts'
import type { Account } from './user.ts'
import type { UserFile } from './user-file.ts'

export type Row = Selectable<Tables['account']>

/** The columns that a file fills, but for the password. */
export function columnsOf({ username, display_name, roles, fhir_user, patients, attributes }: UserFile) {
  return {
    username,
    display_name,
    roles: JSON.stringify(roles),
    fhir_user: fhir_user ?? null,
    patients: JSON.stringify(patients),
    attributes: JSON.stringify(attributes),
  }
}

export function accountOf(row: Row): Account {
  return {
    id: row.user_id,
    username: row.username,
    displayName: row.display_name,
    roles: JSON.parse(row.roles) as string[],
    fhirUser: row.fhir_user ?? undefined,
    patients: JSON.parse(row.patients) as Account['patients'],
    attributes: JSON.parse(row.attributes) as Account['attributes'],
    status: row.status,
    origin: row.origin,
    hasPassword: row.password_hash !== null,
    version: row.version,
    created: row.created,
    updated: row.updated,
  }
}

/** What the audit keeps of a user: no password, and no hash of one. */
export function toldOf(row: Row): Record<string, unknown> {
  const { username, displayName, roles, fhirUser, patients, attributes, status } = accountOf(row)
  return { username, display_name: displayName, roles, fhir_user: fhirUser, patients, attributes, status }
}
