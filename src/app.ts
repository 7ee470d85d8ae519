import { join, relative } from 'node:path'
import Koa from 'koa'
import { type Audit, createAudit } from './audit/audit.ts'
import { DEMO_BACKEND } from './clients/demo-backend.ts'
import { createJwksCache } from './clients/jwks-cache.ts'
import { type ClientRegistry, createClientRegistry } from './clients/registry.ts'
import type { Config } from './config/load.ts'
import { smartVocabulary } from './fhir/access/vocabulary.ts'
import { type Definitions, loadDefinitions } from './fhir/definitions/definitions.ts'
import { fhirServer, openFhirStore } from './fhir/fhir.ts'
import { MRN_SYSTEM } from './fhir/seed/demo.ts'
import type { FhirStore } from './fhir/store/store.ts'
import { createSeal, type Seal, sealingKey } from './keys/seal.ts'
import { createSigningKeys, type SigningKeys } from './keys/signing-keys.ts'
import { watchKeys } from './keys/watched-keys.ts'
import { LanyardError } from './lib/errors.ts'
import { guardedFetch } from './lib/guarded-fetch.ts'
import type { Clock } from './lib/time.ts'
import type { Log } from './observe/log.ts'
import { createMetrics } from './observe/metrics.ts'
import type { RequestState } from './observe/request-context.ts'
import { requestLog } from './observe/request-log.ts'
import { createAccessTokens } from './oidc/access-tokens.ts'
import { assertionAlgorithms } from './oidc/assertion-rules.ts'
import { clientAuthentication } from './oidc/client-authentication.ts'
import { introspectionEndpoint, introspectScope } from './oidc/introspection.ts'
import { revocationEndpoint } from './oidc/revocation.ts'
import { oauthRoutes } from './oidc/routes.ts'
import { grantTypes, tokenEndpoint } from './oidc/token-endpoint.ts'
import { createUsedAssertions } from './oidc/used-assertions.ts'
import type { DemoBackend } from './pages/first-token.ts'
import { pages as htmlPages } from './pages/routes.ts'
import { type Abilities, advertisedScopes, endpointsOf } from './smart/discovery.ts'
import { parseScopes, type Vocabulary } from './smart/scope.ts'
import type { Database } from './store/database.ts'
import { migrate, pendingMigrations } from './store/migrate.ts'
import { openDatabase } from './store/open.ts'
import { startSweeping } from './store/sweep.ts'
import { discoveryRoutes } from './wellknown/discovery-routes.ts'
import { healthRoutes } from './wellknown/health-routes.ts'
import { hostProblem, loopbackTwinsOf, onlyOurHost } from './wellknown/host.ts'
import { strictTransport } from './wellknown/transport.ts'

/** The database with its registers: what every command works on. */
export type House = {
  config: Config
  log: Log
  clock: Clock
  db: Database
  seal: Seal
  audit: Audit
  clients: ClientRegistry
  keys: SigningKeys
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
  const { log, clock, db, seal } = bare
  const definitions = loadDefinitions()
  const vocabulary = smartVocabulary(definitions, [introspectScope])
  const audit = createAudit(db, clock, (error) => log.error({ err: error }, 'audit rows could not be stored'))
  const scopeProblems = (scope: string) =>
    parseScopes(scope, vocabulary).problems.map((problem) => problem.sentence)
  const clients = createClientRegistry(db, clock, scopeProblems, (kysely, { event, clientId, origin }) =>
    audit.inTransaction(kysely, { event, outcome: 'success', clientId, detail: { origin } }),
  )
  const keys = createSigningKeys(db, seal, clock, (kysely, { event, made }) =>
    audit.inTransaction(kysely, { event, outcome: 'success', detail: { made } }),
  )
  const close = async (): Promise<void> => {
    await audit.flush()
    await db.close()
  }
  return { ...bare, audit, clients, keys, definitions, vocabulary, close }
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

/** A server that is ready to answer. */
export type App = {
  handle: ReturnType<Koa['callback']>
  /** Ends what runs in the background; the house stays open. */
  stop(): Promise<void>
}

/** Builds each part of the server once and hands it what it needs. The only wiring. */
export async function buildApp(house: House): Promise<App> {
  const { config, log, clock, db, audit, clients, vocabulary } = house
  const endpoints = endpointsOf(config.baseUrl)
  const demo = config.mode === 'demo'
  const metrics = createMetrics()
  const { ring, stop: stopWatching } = await watchKeys(db, house.keys, log)

  const tokens = createAccessTokens({
    db,
    clock,
    ring,
    issuer: endpoints.issuer,
    fhirBase: endpoints.fhirBase,
    vocabulary,
  })
  const fetchPolicy = { allowLoopback: demo, privateHosts: config.jwksPrivateHosts }
  const jwks = createJwksCache((url) => guardedFetch(url, fetchPolicy), clock)
  const authenticate = clientAuthentication({
    clients,
    jwks,
    clock,
    useAssertion: createUsedAssertions(db),
    audiences: audiencesOf(config.baseUrl, demo),
  })
  const oauth = oauthRoutes({
    token: tokenEndpoint({
      authenticate,
      audit,
      metrics,
      credentials: { tokens, vocabulary, fhirBase: endpoints.fhirBase, lifetime: config.backendTokenSeconds },
    }),
    introspection: introspectionEndpoint({ authenticate, tokens, audit }),
    revocation: revocationEndpoint({ authenticate, tokens, audit, issuer: endpoints.issuer }),
    audit,
    log,
    metrics,
    allowsOrigin: clients.allowsOrigin,
  })
  const misdirected = hostProblem(config.baseUrl, demo)
  const fhir = fhirServer({
    ...house,
    misdirected,
    store: await fhirStoreOf(house),
    endpoints,
    check: tokens.check,
    shared: config.fhirSharedResources,
    metrics,
    allowsOrigin: clients.allowsOrigin,
    systems: demo ? { MRN: MRN_SYSTEM, ...config.identifierSystems } : config.identifierSystems,
    pageSize: config.fhirPageSize,
    maxPageSize: config.fhirMaxPageSize,
    seal: house.seal.for('page-link'),
  })
  const health = healthRoutes({ metrics, ready: () => answers(db) })
  const discovery = discoveryRoutes({ endpoints, abilities, ring })
  const pages = htmlPages({ endpoints, demo, clock, log, demoBackend: () => demoBackendOf(house) })

  const app = new Koa<RequestState>({ proxy: config.trustProxy })
  // A connection that broke in the middle of an answer; Koa itself would write it to standard error.
  app.on('error', (error: unknown) => log.info({ err: error }, 'answer not finished'))
  app.use(requestLog({ log, metrics }))
  app.use(strictTransport(config.baseUrl))
  // The busiest first, with nothing before it that it does not need.
  app.use(fhir)
  app.use(pages.errors)
  app.use(pages.assets)
  app.use(onlyOurHost(misdirected))
  app.use(oauth.routes())
  app.use(discovery.routes())
  app.use(health.routes())
  app.use(pages.routes)

  const stopSweeping = startSweeping(db, clock, (error) =>
    log.error({ err: error }, 'expired rows could not be removed'),
  )
  return {
    handle: app.callback(),
    async stop() {
      await stopWatching()
      await stopSweeping()
    },
  }
}

/** The store of FHIR resources, as the server and the commands that fill it open it. */
export function fhirStoreOf({ config, db, definitions, clock }: House): Promise<FhirStore> {
  const { fhirBase } = endpointsOf(config.baseUrl)
  return openFhirStore({ db, definitions, clock, fhirBase })
}

/** What works at this point; discovery says nothing else. */
const abilities: Abilities = {
  grantTypes,
  authMethods: ['private_key_jwt'],
  assertionAlgorithms: Object.keys(assertionAlgorithms),
  capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  scopes: [...advertisedScopes('system'), introspectScope],
}

/** CAUTH-07: the token endpoint and the issuer, with the loopback names of the same server in demo mode. */
function audiencesOf(baseUrl: string, demo: boolean): string[] {
  return (demo ? loopbackTwinsOf(baseUrl) : [baseUrl]).flatMap((base) => [
    endpointsOf(base).token,
    base,
    `${base}/`,
  ])
}

/** The demo's backend service while it may be used, for the commands on the start page. */
async function demoBackendOf({ config, clients }: House): Promise<DemoBackend | undefined> {
  const client = await clients.find(DEMO_BACKEND.clientId)
  if (client?.status !== 'active') return undefined
  // As seen from where the server was started, which is where the commands are run.
  const keyFile = relative(process.cwd(), join(config.dataDir, DEMO_BACKEND.keyFile))
  return { clientId: client.id, keyFile }
}

async function answers(db: Database): Promise<void> {
  await db.kysely.selectFrom('change').select('name').limit(1).execute()
}
