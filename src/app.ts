import type { RequestListener } from 'node:http'
import Koa from 'koa'
import { createActivity } from './audit/activity.ts'
import { createActs } from './audit/acts.ts'
import { createAuditChecks } from './audit/checks.ts'
import { createAuditLook } from './audit/look.ts'
import { startFlushing } from './audit/usage.ts'
import { watchBranding } from './branding/watched-branding.ts'
import { demoBackendOf, demoLaunchOf, demoPeopleOf, sandboxOf } from './cli/demo-offers.ts'
import { explainIn } from './cli/explain.ts'
import { peopleOf } from './cli/people.ts'
import { API_EXPLORER } from './clients/api-explorer.ts'
import { endingCredentials } from './clients/ending.ts'
import { createJwksCache } from './clients/jwks-cache.ts'
import { createOwnApps } from './clients/own-apps.ts'
import { shownSettings } from './config/shown-settings.ts'
import { auditEventsOf } from './fhir/audit-events/render.ts'
import { fhirExports } from './fhir/bulk/bulk.ts'
import { fhirServer } from './fhir/fhir.ts'
import { isPlainRead } from './fhir/http/read-lane.ts'
import { createLookup } from './fhir/lookup/lookup.ts'
import { openApiOf } from './fhir/openapi/openapi.ts'
import { MRN_SYSTEM } from './fhir/seed/demo.ts'
import { apiKeysOf, fhirStoreOf, firstAdminOf, type House, launchesOf } from './house.ts'
import { watchKeys } from './keys/watched-keys.ts'
import { createDiscoveryTrail } from './launches/discovery-trail.ts'
import { guardedFetch } from './lib/guarded-fetch.ts'
import { createMetrics } from './observe/metrics.ts'
import type { RequestState } from './observe/request-context.ts'
import { requestLog } from './observe/request-log.ts'
import { abilitiesWith } from './oidc/abilities.ts'
import { createAccessTokens } from './oidc/access-tokens.ts'
import { adminClient } from './oidc/admin-client.ts'
import { assertionDoctor } from './oidc/assertion-doctor.ts'
import { accountSignIn } from './oidc/authorize/provider-client.ts'
import { clientAuthentication } from './oidc/client-authentication.ts'
import { explainFailed } from './oidc/failed-assertion-doctor.ts'
import { createFailedAssertions } from './oidc/failed-assertions.ts'
import { introspectionEndpoint } from './oidc/introspection.ts'
import { launchEndpoint } from './oidc/launch-endpoint.ts'
import { launching } from './oidc/launching.ts'
import { revocationEndpoint } from './oidc/revocation.ts'
import { oauthRoutes } from './oidc/routes.ts'
import { offeredGrantTypes, tokenEndpoint } from './oidc/token-endpoint.ts'
import { assertionWasUsed, createUsedAssertions } from './oidc/used-assertions.ts'
import { userinfoEndpoint } from './oidc/userinfo.ts'
import { outsideTokens } from './oidc/ways-in/outside-tokens.ts'
import { standingOfOutsiders } from './oidc/ways-in/outsiders.ts'
import { waysIn } from './oidc/ways-in/ways-in.ts'
import { pages as htmlPages } from './pages/routes.ts'
import { endpointsOf, smartConfiguration } from './smart/discovery.ts'
import { styleOf } from './smart/style.ts'
import { startSweeping } from './store/sweep.ts'
import { createSignIn } from './users/sign-in.ts'
import { discoveryRoutes } from './wellknown/discovery-routes.ts'
import { healthRoutes } from './wellknown/health-routes.ts'
import { hostProblem, loopbackTwinsOf, onlyOurHost } from './wellknown/host.ts'
import { strictTransport, transportHeaders } from './wellknown/transport.ts'

/** A server that is ready to answer. */
export type App = {
  handle: RequestListener
  /** The addresses of its pages, and what makes them ready. */
  pages: Pick<ReturnType<typeof htmlPages>, 'addresses' | 'warm'>
  /** Ends what runs in the background; the house stays open. */
  stop(): Promise<void>
}

/** Builds each part of the server once and hands it what it needs. The only wiring. */
export async function buildApp(house: House): Promise<App> {
  const { config, log, clock, db, audit, usage, clients, roles, users, flights, vocabulary } = house
  const endpoints = endpointsOf(config.baseUrl)
  const { issuer, fhirBase } = endpoints
  const demo = config.mode === 'demo'
  const metrics = createMetrics()
  const { ring, stop: stopWatching } = await watchKeys(db, house.keys, log)
  const store = await fhirStoreOf(house)
  const lookup = createLookup({
    store,
    definitions: house.definitions,
    fhirBase,
    shared: config.fhirSharedResources,
    languages: ['en', 'es'],
  })
  const branding = await watchBranding(db, house.brand, log)
  const styleUrl = () => `${config.baseUrl}${styleOf(branding.now().accent).document.path}`

  const issuers = config.trustedIssuers
  const offered = offeredGrantTypes(issuers.length > 0)
  const abilities = abilitiesWith(offered)
  const standingOf = standingOfOutsiders({ ...house, issuers })
  const tokens = createAccessTokens({ db, clock, ring, issuer, fhirBase, vocabulary, roles, standingOf })
  const fetchPolicy = { allowLoopback: demo, privateHosts: config.jwksPrivateHosts }
  const fetch = (url: string) => guardedFetch(url, fetchPolicy)
  const jwks = createJwksCache(fetch, clock)
  const outside = outsideTokens({ ...house, issuers, secrets: config.issuerSecrets, jwks, fetch, fhirBase })
  const { check, ways } = waysIn({ ...house, tokens, outside, standingOf })
  if (config.noAuthentication)
    log.warn('AUTHENTICATION IS OFF: whoever reaches this server can read and change every record')
  const failedAssertions = createFailedAssertions({ ...house, keepDays: config.flightDays })
  const authenticate = clientAuthentication({
    noteFailure: failedAssertions.note,
    clients,
    jwks,
    clock,
    useAssertion: createUsedAssertions(db),
    audiences: audiencesOf(config.baseUrl, demo),
  })
  const trail = createDiscoveryTrail(clock)
  const { authorize, steps, sessions, cookieKeys } = launching({
    ...house,
    trail,
    smartConfiguration: smartConfiguration(endpoints, abilities),
    ring,
    endpoints,
    visible: lookup.visible,
    framed: config.frameAncestors.length > 0,
    styleUrl,
    signOutPage: (ctx, form) => pages.signOut(ctx, form),
    signedOutPage: (ctx) => pages.signedOut(ctx),
  })
  const launches = launchesOf(house, lookup.visible)
  const oauth = oauthRoutes({
    token: tokenEndpoint({
      authenticate,
      audit,
      metrics,
      flights,
      credentials: { tokens, vocabulary, fhirBase, lifetime: config.backendTokenSeconds },
      apps: {
        ...house,
        tokens,
        ring,
        issuer,
        fhirBase,
        lifetime: config.appTokenSeconds,
        sessionIsAlive: sessions.isAlive,
      },
      exchange: { ...house, tokens, outside, issuer, fhirBase, lifetime: config.appTokenSeconds },
      offered,
    }),
    introspection: introspectionEndpoint({ authenticate, tokens, audit }),
    revocation: revocationEndpoint({ ...house, authenticate, tokens, issuer }),
    userinfo: userinfoEndpoint({ tokens, users, fhirBase }),
    launch: launchEndpoint({ check: tokens.check, apiKey: ways.apiKey, createLaunch: launches }),
    audit,
    log,
    metrics,
    allowsOrigin: clients.allowsOrigin,
  })
  const request: typeof metrics.request = (route, status, seconds) => {
    metrics.request(route, status, seconds)
    if (route === '/oauth2/token') usage.timed('token', seconds)
    else if (route.startsWith('fhir ')) usage.timed('fhir', seconds)
  }
  const misdirected = hostProblem(config.baseUrl, demo)
  const systems = demo ? { MRN: MRN_SYSTEM, ...config.identifierSystems } : config.identifierSystems
  const exporting = fhirExports({ ...house, store, fhirBase, systems, lives: tokens.lives })
  const fhir = fhirServer({
    ...house,
    trail,
    exporting,
    misdirected,
    store,
    endpoints,
    check,
    ways,
    recall: tokens.recall,
    headers: transportHeaders(config.baseUrl),
    shared: config.fhirSharedResources,
    metrics: { decision: metrics.decision, request },
    allowsOrigin: clients.allowsOrigin,
    systems,
    pageSize: config.fhirPageSize,
    maxPageSize: config.fhirMaxPageSize,
    updateCreate: config.fhirUpdateCreate,
    everything: config.fhirEverything,
    keeps: (type) => config.fhirDelete === 'refuse' || config.fhirKeepTypes.includes(type),
    binaryLimit: config.fhirBinaryMegabytes * 1024 * 1024,
    seal: house.seal.for('page-link'),
  })
  const health = healthRoutes({ metrics, ready: () => answers(db) })
  const discovery = discoveryRoutes({ endpoints, abilities, ring, trail })
  const auditChecks = createAuditChecks({
    ...house,
    secret: () => house.seal.secretFor('audit'),
    failed: (error) => log.error({ err: error }, 'the audit could not be followed'),
  })
  const pages = htmlPages({
    ...house,
    endpoints,
    demo,
    open: config.noAuthentication,
    steps,
    sessions,
    lookup,
    signIn: createSignIn(house),
    accountSignIn: accountSignIn(issuer),
    createLaunch: launches,
    adminClient: adminClient(tokens.check),
    jwks,
    makeApiKey: apiKeysOf(house),
    acts: createActs(db),
    ending: endingCredentials(db, clients.list),
    signingKeys: house.keys,
    branding,
    auditLook: createAuditLook(db),
    auditChecks,
    auditEventsOf: (row) => auditEventsOf(row, { issuer, fhirBase }),
    settings: shownSettings(config),
    configFile: config.file,
    dataDir: config.dataDir,
    tokenSeconds: { app: config.appTokenSeconds, service: config.backendTokenSeconds },
    activity: createActivity(db),
    frameAncestors: config.frameAncestors,
    csrfSecret: house.seal.secretFor('forms'),
    demoBackend: () => demoBackendOf(house),
    demoLaunch: demoLaunchOf(house, launches),
    failedAssertions,
    explainFailed: (failed, client) => explainFailed(failed, client, audiencesOf(config.baseUrl, demo)),
    ownApps: createOwnApps({ ...house, demo }),
    sandbox: demo ? sandboxOf(house, launches, lookup.patient) : undefined,
    demoPeople: () => demoPeopleOf(house),
    abilities,
    fhirBase,
    trustedIssuers: config.trustedIssuers,
    firstAdmin: firstAdminOf(house),
    ...peopleOf(house),
    explain: (asked) => explainIn(house, asked),
    check: tokens.check,
    examine: assertionDoctor({
      ...house,
      jwks,
      audiences: audiencesOf(config.baseUrl, demo),
      wasUsed: (clientId, jti) => assertionWasUsed(db, clientId, jti),
    }),
    resourceTypes: house.definitions.resourceTypes,
    recordTypes: house.definitions,
    openApi: (types, scopes) => openApiOf(house.definitions, types, { endpoints, scopes }),
    explorerClient: async () =>
      (await clients.find(API_EXPLORER))?.status === 'active' ? API_EXPLORER : undefined,
  })

  // Of X-Forwarded-For only what our own proxy wrote counts: many append to what the caller made up.
  const app = new Koa<RequestState>({ proxy: config.trustProxy, maxIpsCount: 1, keys: cookieKeys })
  // Whatever a proxy in front makes of it: addresses and cookies are those of the public address (SEC-05, SEC-06).
  Object.defineProperty(app.request, 'protocol', { value: new URL(config.baseUrl).protocol.slice(0, -1) })
  // A connection that broke in the middle of an answer; Koa itself would write it to standard error.
  app.on('error', (error: unknown) => log.info({ err: error }, 'answer not finished'))
  app.use(requestLog({ log, metrics: { request } }))
  app.use(strictTransport(config.baseUrl))
  // The busiest first, with nothing before it that it does not need.
  app.use(fhir.routes)
  app.use(pages.errors)
  app.use(pages.assets)
  app.use(onlyOurHost(misdirected))
  app.use(oauth.routes())
  app.use(authorize)
  app.use(discovery.routes())
  app.use(health.routes())
  app.use(pages.routes)

  const answer = app.callback()
  const trim = async () => (await flights.trim()) + (await audit.trim()) + (await usage.trim())
  const stopCounting = startFlushing(usage, (error) =>
    log.warn({ err: error }, 'counts of use could not be stored'),
  )
  const stopSweeping = startSweeping(db, clock, trim, (error) =>
    log.error({ err: error }, 'expired rows could not be removed'),
  )
  return {
    handle(request, response) {
      if (!isPlainRead(request)) return answer(request, response)
      const lane = fhir.readLane(app.createContext(request, response))
      return lane.then((isAnswered) => (isAnswered ? undefined : answer(request, response)))
    },
    pages,
    async stop() {
      await stopWatching()
      await branding.stop()
      await failedAssertions.settled()
      await auditChecks.stop()
      await stopCounting()
      await stopSweeping()
      await exporting.stop()
    },
  }
}

/** CAUTH-07: the token endpoint and the issuer, with the loopback names of the same server in demo mode. */
function audiencesOf(baseUrl: string, demo: boolean): string[] {
  return (demo ? loopbackTwinsOf(baseUrl) : [baseUrl]).flatMap((base) => [
    endpointsOf(base).token,
    base,
    `${base}/`,
  ])
}

const answers = ({ kysely }: House['db']) => kysely.selectFrom('change').select('name').limit(1).execute()
