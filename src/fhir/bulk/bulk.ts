import { join } from 'node:path'
import type { Config } from '../../config/load.ts'
import type { Database } from '../../store/database.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { ExportHttpDeps } from './deps.ts'
import { type ExportsDeps, startExports } from './exports.ts'
import { exportFolders } from './folders.ts'
import { createJobs } from './jobs.ts'

type Deps = Pick<ExportsDeps, 'store' | 'clock' | 'log' | 'lives'> & {
  db: Database
  config: Pick<Config, 'databaseUrl' | 'dataDir' | 'exportHours' | 'exportsPerClient'>
  definitions: Definitions
  fhirBase: string
  systems: Readonly<Record<string, string>>
  audit: ExportHttpDeps['audit']
}

/** Bulk exports: their register, what works on them in the background, and what requests need of both. */
export function fhirExports(deps: Deps): ExportHttpDeps & { stop(): Promise<void> } {
  const { config, definitions, fhirBase, systems } = deps
  const own = {
    ...deps,
    databaseUrl: config.databaseUrl,
    context: { definitions, fhirBase, systems },
    jobs: createJobs({ ...deps, perClient: config.exportsPerClient, keepHours: config.exportHours }),
    folders: exportFolders(join(config.dataDir, 'exports')),
  }
  const exports = startExports(own)
  return { ...own, exports, stop: exports.stop }
}
