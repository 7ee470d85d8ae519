import { type Audit, createAudit } from './audit/audit.ts'
import { createUsage, type Usage } from './audit/usage.ts'
import { type BrandingRegister, createBranding } from './branding/branding.ts'
import { createLogos, type Logos } from './clients/logos.ts'
import { type ClientOverview, createClientOverview } from './clients/overview.ts'
import { type ClientRegistry, createClientRegistry, type OnClientChange } from './clients/registry.ts'
import { createReminders, type Reminders } from './clients/reminders.ts'
import type { Config } from './config/load.ts'
import { ruleProblems } from './fhir/access/rule-problems.ts'
import { smartVocabulary } from './fhir/access/vocabulary.ts'
import { type Definitions, loadDefinitions } from './fhir/definitions/definitions.ts'
import { openFhirStore } from './fhir/fhir.ts'
import type { FhirStore } from './fhir/store/store.ts'
import { type ApiKeys, createApiKeys } from './keys/api-keys.ts'
import { createSeal, type Seal, sealingKey } from './keys/seal.ts'
import { createSigningKeys, type SigningKeys } from './keys/signing-keys.ts'
import { type Consents, createConsents } from './launches/consents.ts'
import { createFlightLinks, type FlightLinks } from './launches/flight-links.ts'
import { createFlights, type Flights } from './launches/flights.ts'
import { createLaunchGrants, type LaunchGrants } from './launches/grants.ts'
import { createGrantsOfClient, type GrantsOfClient } from './launches/grants-of-client.ts'
import { createLaunchHandles, type LaunchHandles, toldOfLaunch } from './launches/handles.ts'
import { createRefreshTokens, type RefreshTokens } from './launches/refresh-tokens.ts'
import type { Act } from './lib/act.ts'
import type { Changed } from './lib/changed.ts'
import { LanyardError } from './lib/errors.ts'
import { type Clock, instant, MINUTE, SECOND } from './lib/time.ts'
import type { Log } from './observe/log.ts'
import { adminScope, auditorScope } from './oidc/admin-client.ts'
import type { Visible } from './oidc/authorize/context.ts'
import { introspectScope } from './oidc/introspection.ts'
import { launchScope } from './oidc/launch-endpoint.ts'
import { type CreateLaunch, createLaunches } from './oidc/new-launch.ts'
import { apiKeyMaker, type MakeApiKey } from './oidc/ways-in/new-api-key.ts'
import { endpointsOf } from './smart/discovery.ts'
import { parseScopes, type Vocabulary } from './smart/scope.ts'
import type { Database } from './store/database.ts'
import { migrate, pendingMigrations } from './store/migrate.ts'
import { openDatabase } from './store/open.ts'
import { createFirstAdmin, type FirstAdmin } from './users/first-admin.ts'
import { createPasswords } from './users/passwords.ts'
import { createUserRegistry, type UserRegistry } from './users/registry.ts'
import { createRoleRegister, type RoleRegister } from './users/roles.ts'

/** The database with its registers: what every command works on. */
export type House = {
  config: Config
  log: Log
  clock: Clock
  db: Database
  seal: Seal
  audit: Audit
  usage: Usage
  clients: ClientRegistry
  overview: ClientOverview
  roles: RoleRegister
  users: UserRegistry
  handles: LaunchHandles
  grants: LaunchGrants
  grantsOfClient: GrantsOfClient
  logos: Logos
  reminders: Reminders
  brand: BrandingRegister
  refreshTokens: RefreshTokens
  consents: Consents
  flights: Flights
  flightLinks: FlightLinks
  keys: SigningKeys
  apiKeys: ApiKeys
  definitions: Definitions
  vocabulary: Vocabulary
  close(): Promise<void>
}

/**
 * Opens the database and builds the registers. SQLite is brought to this version; PostgreSQL is not, since
 * several nodes may run on it (`lanyard migrate`).
 * @throws LanyardError `configuration`
 */
export async function openHouse(config: Config, log: Log, clock: Clock): Promise<House> {
  const db = await openDatabase(config.databaseUrl, config.workers)
  try {
    await bringUpToDate(db)
    return furnish({ config, log, clock, db, seal: createSeal(await sealingKey(config, db)) })
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Builds the registers on a database that is open. */
export function furnish(bare: Pick<House, 'config' | 'log' | 'clock' | 'db' | 'seal'>): House {
  const { config, log, clock, db, seal } = bare
  const definitions = loadDefinitions()
  const vocabulary = smartVocabulary(definitions, [introspectScope, launchScope, adminScope, auditorScope])
  const usage = createUsage(db, clock)
  const audit = createAudit({
    counted: usage.count,
    db,
    clock,
    secret: () => seal.secretFor('audit'),
    keepDays: config.auditDays,
    failed: (error) => log.error({ err: error }, 'audit rows could not be stored'),
  })
  type Told = Parameters<Audit['inTransaction']>
  const done = (kysely: Told[0], entry: Omit<Told[1], 'outcome'>) =>
    audit.inTransaction(kysely, { outcome: 'success', ...entry })
  const scopeProblems = (scope: string) =>
    parseScopes(scope, vocabulary).problems.map((problem) => problem.sentence)
  const tellOfClient: OnClientChange = (kysely, change) => {
    const { event, clientId, origin, act, ...what } = change
    const { userId, requestId } = act
    return done(kysely, {
      event,
      clientId,
      userId,
      requestId,
      detail: { origin, ...detailOf(what, act) },
    })
  }
  const clients = createClientRegistry(db, clock, { scopeProblems, ...config }, tellOfClient)
  const roles = createRoleRegister({
    db,
    clock,
    vocabulary,
    problemsOf: (file) => ruleProblems(file, definitions, vocabulary),
    onChange(kysely, { event, role, origin, act, ...what }) {
      const { userId, requestId } = act
      const detail = { role, origin, ...detailOf(what, act) }
      return done(kysely, { event, userId, requestId, detail })
    },
  })
  const users = createUserRegistry(db, clock, createPasswords(), roles, (kysely, change) => {
    const { event, userId: subject, username, origin, act, ...what } = change
    // Who did it; whom it was done to, where nobody is named.
    const userId = act.userId ?? subject
    const about = act.userId === undefined ? {} : { user: subject }
    return done(kysely, {
      event,
      userId,
      requestId: act.requestId,
      detail: { username, origin, ...about, ...detailOf(what, act) },
    })
  })
  const keys = createSigningKeys(db, seal, clock, (kysely, { event, made, act = {} }) =>
    done(kysely, {
      event,
      userId: act.userId,
      requestId: act.requestId,
      detail: { made, by: act.by, why: act.reason },
    }),
  )
  const apiKeys = createApiKeys(db, clock, (kysely, { event, key, act }) => {
    const { id, name, owner, roles, scope, addresses, expires } = key
    const owned = owner.kind === 'client' ? { clientId: owner.id } : { userId: owner.id }
    return done(kysely, {
      event,
      ...owned,
      ...(act.userId === undefined ? {} : { userId: act.userId }),
      requestId: act.requestId,
      detail: {
        key: id,
        name,
        [owner.kind]: owner.id,
        ...(event === 'api-key.add' ? { roles, scope, addresses, expires: instant(expires) } : {}),
        by: act.by,
        why: act.reason,
      },
    })
  })
  const handles = createLaunchHandles({
    db,
    clock,
    seconds: (config.launchMinutes * MINUTE) / SECOND,
    record: (kysely, launch) => done(kysely, { event: 'launch.create', ...toldOfLaunch(launch) }),
  })
  const flights = createFlights({
    db,
    clock,
    keepDays: config.flightDays,
    keepMinutes: config.simulatorMinutes,
    seal: () => seal.for('fhir-messages'),
    failed: (error) => log.warn({ err: error }, 'flight records could not be stored'),
  })
  const grants = createLaunchGrants({
    db,
    clock,
    flights,
    onChange: (kysely, { event, grant, reason, act = {} }) =>
      done(kysely, {
        event,
        reason,
        clientId: grant.clientId,
        // Whose it was stands in the detail, where somebody else ended it.
        userId: act.userId ?? grant.userId,
        requestId: act.requestId,
        patient: grant.context.patient,
        detail: {
          grant: grant.id,
          scope: grant.scope,
          ...(act.userId === undefined && act.by === undefined ? {} : { user: grant.userId }),
          by: act.by,
          why: act.reason,
        },
      }),
  })
  const close = async (): Promise<void> => {
    await audit.flush()
    await usage.flush().catch((error) => log.warn({ err: error }, 'counts of use could not be stored'))
    await flights.flush()
    await db.close()
  }
  return {
    ...bare,
    audit,
    usage,
    clients,
    overview: createClientOverview(db),
    roles,
    users,
    handles,
    grants,
    grantsOfClient: createGrantsOfClient(db, clock),
    logos: createLogos(db, clock, tellOfClient),
    reminders: createReminders(db, clock, tellOfClient),
    brand: createBranding(db, (kysely, { event, act, ...what }) => {
      const { userId, requestId } = act
      const detail = detailOf(what, act)
      return done(kysely, { event, userId, requestId, detail })
    }),
    refreshTokens: createRefreshTokens(db, clock),
    consents: createConsents(db, clock),
    flights,
    flightLinks: createFlightLinks(db, clock, done),
    keys,
    apiKeys,
    definitions,
    vocabulary,
    close,
  }
}

/** The facts of a change for the audit: what is what it was before, and who acted for which reason. */
function detailOf({ version, changed }: { version: number; changed: Changed }, { by, reason }: Act) {
  return { version, by, why: reason, ...(Object.keys(changed).length === 0 ? {} : { changed }) }
}

async function bringUpToDate(db: Database): Promise<void> {
  if (db.dialect === 'sqlite') {
    await migrate(db)
    return
  }
  const pending = await pendingMigrations(db)
  if (pending.length > 0) {
    throw new LanyardError(
      'configuration',
      `The database lacks ${pending.join(', ')}. Run \`npx lanyard migrate\` once, then start again.`,
    )
  }
}

/** The store of FHIR resources, as the server and the commands that fill it open it. */
export function fhirStoreOf({ config, db, definitions, clock }: House): Promise<FhirStore> {
  const { fhirBase } = endpointsOf(config.baseUrl)
  return openFhirStore({
    db,
    definitions,
    clock,
    fhirBase,
    integrity: {
      references: config.fhirReferences,
      deletion: config.fhirDelete === 'unreferenced' ? 'unreferenced' : 'any',
    },
  })
}

/** Makes EHR launches, as the endpoint and the command do. */
export function launchesOf({ config, clients, users, handles }: House, visible: Visible): CreateLaunch {
  const { fhirBase } = endpointsOf(config.baseUrl)
  return createLaunches({ clients, findUser: users.findByName, visible, handles, fhirBase })
}

/** Makes API keys, as the command and the admin API do. */
export function apiKeysOf(house: House): MakeApiKey {
  return apiKeyMaker(house)
}

/** Makes the first admin of a server that has none. */
export function firstAdminOf({ db, clock, seal, users }: House): FirstAdmin {
  return createFirstAdmin({ db, clock, secret: seal.secretFor('first-admin'), users })
}
