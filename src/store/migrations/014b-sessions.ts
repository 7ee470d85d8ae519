import type { Migration } from './ddl.ts'

/** The sessions of everybody by when they began: a page of them is read without the others. */
export const sessions: Migration = () => ['create index sign_in_at on sign_in (at, session_uid)']
