import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../lib/time.ts'
import type { ValueContext } from '../search/value.ts'
import type { FhirStore } from '../store/store.ts'
import type { Exports } from './exports.ts'
import type { ExportFolders } from './folders.ts'
import type { Jobs } from './jobs.ts'

/** What the HTTP side of exports works with. */
export type ExportHttpDeps = {
  store: FhirStore
  context: ValueContext
  clock: Clock
  jobs: Jobs
  exports: Pick<Exports, 'wake' | 'cancel'>
  folders: ExportFolders
  audit: Pick<Audit, 'inTransaction' | 'write'>
}
