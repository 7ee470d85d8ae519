import { access } from './admin/access.ts'
import { app, done, mistakes } from './admin/app.ts'
import { apps } from './admin/apps.ts'
import { audit } from './admin/audit.ts'
import { credentials } from './admin/credentials.ts'
import { dashboard } from './admin/dashboard.ts'
import { flights } from './admin/flights.ts'
import { frame } from './admin/frame.ts'
import { members } from './admin/members.ts'
import { newApp, registrations } from './admin/new-app.ts'
import { owner } from './admin/owner.ts'
import { people } from './admin/people.ts'
import { roles } from './admin/roles.ts'
import { branding, settings, signingKeys } from './admin/server.ts'
import { simulator } from './admin/simulator.ts'
import { use } from './admin/use.ts'

/** The console. Each part has a file of its own in the folder `admin`. */
export const admin = {
  frame,
  yes: 'Yes',
  no: 'No',
  pages: {
    label: 'Pages',
    first: 'First page',
    next: 'Next page',
  },
  checks: { ok: 'passed', failed: 'failed', skipped: 'not reached' },
  reason: {
    label: 'Reason for this change',
    hint: 'Kept in the audit log beside your name.',
  },
  search: 'Search',
  showAll: 'Show all',
  save: 'Save changes',
  discard: 'Discard',
  stale: {
    title: 'Somebody else was faster',
    heading: 'Somebody else changed this meanwhile',
    /** Who did what when, after the state that the form was made from. */
    lead: 'Nothing of yours was saved. Compare what is there now with what you wrote, then save yours over it or leave it.',
    changes: 'What happened meanwhile',
    by: '{who!} changed {what}',
    unknown: 'Somebody',
    compare: 'Now, and as you wrote it',
    columns: { member: 'Field', now: 'Now', yours: 'Yours' },
    same: 'Nothing differs: what you wrote is there already.',
    button: 'Save mine over it',
    keep: 'Leave it as it is now',
  },
  members,
  dashboard,
  apps,
  app,
  credentials,
  access,
  newApp,
  registrations,
  owner,
  people,
  roles,
  use,
  audit,
  signingKeys,
  settings,
  branding,
  done,
  /** By how an error begins, in English. */
  mistakes,
  flights,
  simulator,
}
