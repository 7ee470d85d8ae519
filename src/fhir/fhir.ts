import { lazy } from '../lib/lazy.ts'
import type { Clock } from '../lib/time.ts'
import type { Endpoints } from '../smart/discovery.ts'
import type { Database } from '../store/database.ts'
import { patientCompartment } from './access/compartment.ts'
import type { Definitions } from './definitions/definitions.ts'
import { createExtract } from './extract/extract.ts'
import { capabilityOf } from './http/capability.ts'
import type { EverythingRule } from './http/everything-handler.ts'
import { fhirRoutes } from './http/fhir-routes.ts'
import type { LinkSeal } from './http/page-link.ts'
import { type LaneDeps, readLane } from './http/read-lane.ts'
import type { IntegrityRules } from './store/integrity.ts'
import { loadNames } from './store/names.ts'
import { createFhirStore, type FhirStore } from './store/store.ts'
import { createValidate } from './validate/validate.ts'

/** Opens the store of resources: for the server, and for import and seed. */
export async function openFhirStore(deps: {
  db: Database
  definitions: Definitions
  clock: Clock
  fhirBase: string
  /** What must hold between resources that clients write; nothing, unless it is said. */
  integrity?: IntegrityRules
}): Promise<FhirStore> {
  const { db, definitions, integrity = { references: 'off', deletion: 'any' } } = deps
  return createFhirStore({
    ...deps,
    integrity,
    names: await loadNames(db, definitions),
    extract: createExtract(definitions, { base: deps.fhirBase }),
    patientsOf: patientCompartment(definitions),
  })
}

type ServerDeps = Omit<
  LaneDeps,
  'reading' | 'searching' | 'writing' | 'auditEvents' | 'capability' | 'metadataUrl'
> & {
  db: Database
  store: FhirStore
  endpoints: Endpoints
  systems: Readonly<Record<string, string>>
  pageSize: number
  maxPageSize: number
  /** Whether a PUT may give a resource an id that is not there. */
  updateCreate: boolean
  everything: EverythingRule
  /** Which types are never deleted. */
  keeps: (type: string) => boolean
  seal: LinkSeal
  clock: Clock
}

/** The FHIR server: all of it as one middleware, and the short way for plain reads. */
export function fhirServer(deps: ServerDeps) {
  const { store, definitions, endpoints, systems, pageSize, maxPageSize, updateCreate, keeps, seal } = deps
  const { fhirBase } = endpoints
  const options = { definitions, fhirBase, systems, pageSize, maxPageSize }
  const { db, clock } = deps
  const started = clock()
  const all: LaneDeps = {
    ...deps,
    metadataUrl: endpoints.protectedResource,
    capability: lazy(() =>
      capabilityOf(definitions, endpoints, {
        date: started,
        updateCreate,
        basic: deps.ways.basic !== undefined,
        open: deps.ways.nobody !== undefined,
      }),
    ),
    reading: { store, definitions, fhirBase },
    writing: { store, options, updateCreate, keeps, validate: createValidate(definitions) },
    searching: { store, seal, options },
    auditEvents: { db, clock, seal, options, server: { issuer: endpoints.issuer, fhirBase } },
  }
  return { routes: fhirRoutes(all), readLane: readLane(all) }
}
