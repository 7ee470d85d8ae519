import type { Migration } from './ddl.ts'

/** Whoever shows an app knows its logo at once. */
export const logo: Migration = ({ text }) => [`alter table client add column logo ${text}`]
