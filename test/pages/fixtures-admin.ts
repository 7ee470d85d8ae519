import type { Client } from '../../src/clients/client.ts'
import { metadataSchema } from '../../src/clients/metadata.ts'
import { DAY, HOUR } from '../../src/lib/time.ts'
import type { AdminFrame } from '../../src/pages/admin/admin-page.ts'
import { accessPage } from '../../src/pages/admin/apps/access-page.ts'
import { credentialsPage } from '../../src/pages/admin/apps/credentials-page.ts'
import { look } from '../../src/pages/admin/apps/key-source.ts'
import { appsPage } from '../../src/pages/admin/apps/list-page.ts'
import { startOf } from '../../src/pages/admin/apps/new-fields.ts'
import { chooseKindPage, newAppPage, reviewNewPage } from '../../src/pages/admin/apps/new-page.ts'
import { remindPage } from '../../src/pages/admin/apps/remind-page.ts'
import { scopesFormOf } from '../../src/pages/admin/apps/scopes-form.ts'
import { scopesPage } from '../../src/pages/admin/apps/scopes-page.ts'
import { secretPage } from '../../src/pages/admin/apps/secret-page.ts'
import { settingsPage } from '../../src/pages/admin/apps/settings-page.ts'
import { usePage } from '../../src/pages/admin/apps/use-page.ts'
import { confirmPage } from '../../src/pages/admin/confirm-page.ts'
import { dashboardPage } from '../../src/pages/admin/dashboard/dashboard-page.ts'
import type { Admin } from '../../src/pages/admin/door.ts'
import { registrationsPage, reviewPage } from '../../src/pages/admin/registrations/registrations-page.ts'
import { stalePage } from '../../src/pages/admin/stale-page.ts'
import type { Page } from '../../src/pages/render.ts'
import type { Words } from '../../src/pages/words/en.ts'
import type { Vocabulary } from '../../src/smart/scope.ts'
import { ecKey } from '../support/client-keys.ts'
import type { Texts } from './fixture-data.ts'

const key = (kid: string, more: object = {}) => ({ ...ecKey(kid).jwk, ...more })
const keys = [
  key('gc-2026-06', { exp: 1_811_808_000 }),
  key('gc-2025-12', { exp: 1_797_206_400 }),
  key('x', { alg: 'ES256' }),
]
const vitals = 'category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs'
const scope = `launch openid fhirUser offline_access patient/Patient.r patient/Observation.crs?${vitals} user/*.rs __introspect`
const vocabulary: Vocabulary = {
  isResourceType: () => true,
  isLowerCaseType: () => true,
  criterionProblem: () => undefined,
  isExtension: (name) => name.startsWith('__'),
}
const wave = Array.from({ length: 24 }, (_, hour) => 40 + Math.round(30 * Math.sin(hour / 4)))

/** The pages of the console in their states, by name. */
export function adminFixtures(words: Words, text: Texts, now: number): Record<string, Page> {
  const frame: AdminFrame = {
    user: { name: text('Iris Okafor') },
    role: 'admin',
    waiting: { registrations: 2 },
  }
  const admin = {
    words,
    csrf: text('csrf-token'),
    frame,
    mayChange: true,
    actor: { role: 'admin', requestId: 'r' },
  } as Admin
  const auditor = { ...admin, mayChange: false, frame: { ...frame, role: 'auditor' as const } }
  const client = (more: object = {}, state: Partial<Client> = {}): Client => ({
    id: 'growth-chart',
    ownerUser: undefined,
    // Whatever a client is called, the schema has taken it.
    metadata: {
      ...metadataSchema.parse({
        client_name: 'x',
        redirect_uris: ['https://growth.aldervalley.example/callback'],
        launch_uris: ['https://growth.aldervalley.example/launch'],
        scope,
        verified: true,
        ...more,
      }),
      client_name: text('Growth Chart'),
      owner: text('Paediatrics, Alder Valley Hospital'),
      contacts: [text('growth@aldervalley.example')],
    },
    status: 'active',
    origin: 'console',
    hasSecret: true,
    secretHash: 'x',
    previousSecret: undefined,
    grantId: 'g',
    logo: undefined,
    version: 3,
    created: now - 90 * DAY,
    updated: now,
    ...state,
  })
  const signed = { token_endpoint_auth_method: 'private_key_jwt' }
  const url = client({ ...signed, jwks_uri: 'https://growth.aldervalley.example/jwks.json' })
  const given = client({ ...signed, jwks: { keys: keys.slice(0, 2) } })
  const fields = { from: 'keys', jwks_uri: '', jwks: JSON.stringify({ keys }), x509: '' } as const
  const looked = look(fields)
  const service = client({
    ...signed,
    jwks: { keys },
    grant_types: ['client_credentials'],
    scope: 'system/Patient.rs',
  })
  const figure = { total: 1284, before: 1200, slots: wave }
  const dashboard = {
    span: 'day' as const,
    from: now - DAY,
    now,
    signIns: figure,
    tokens: { ...figure, before: 0 },
    refused: {
      ...figure,
      total: 37,
      peak: { id: 'growth-chart', name: text('Growth Chart'), count: 14, at: now },
    },
    tokenTime: { all: 18, slots: wave },
    health: [
      { what: 'database' as const, state: 'ok' as const, milliseconds: 2, dialect: 'sqlite' as const },
      { what: 'fhir' as const, state: 'warn' as const, milliseconds: 410 },
      { what: 'audit' as const, state: 'danger' as const },
      { what: 'disk' as const, state: 'ok' as const, free: 6e11, total: 1e12 },
      { what: 'keys' as const, state: 'warn' as const, before: now + 9 * DAY },
    ],
    waiting: [{ ...service, kind: 'service' as const, used: undefined }],
    keysDue: [
      { name: text('sig-2025-12'), alg: 'ES256', end: now + 9 * DAY, client: undefined },
      {
        name: text('cb-prod-1'),
        alg: 'RS384',
        end: now - DAY,
        client: { id: 'growth-chart', name: text('Growth Chart') },
      },
    ],
    acts: [
      {
        seq: 1,
        at: now,
        event: 'client.update',
        clientId: 'growth-chart',
        userId: 'u',
        detail: { changed: { client_name: {} }, why: text('clinical safety review passed') },
        who: text('Iris Okafor'),
        app: text('Growth Chart'),
      },
      {
        seq: 0,
        at: now,
        event: 'x.y',
        clientId: undefined,
        userId: undefined,
        detail: {},
        who: undefined,
        app: undefined,
      },
    ],
  }
  const listed = {
    client_id: text('growth-chart'),
    client_name: text('Growth Chart'),
    kind: 'server' as const,
    status: 'waiting' as const,
    verified: false,
    owner: text('Paediatrics'),
    used: new Date(now - 120_000).toISOString(),
  }
  const list = {
    frame,
    mayChange: true,
    counts: { active: 38, waiting: 2, refused: 1, disabled: 1 },
    wanted: { q: text('growth'), kind: 'server', status: '' },
    first: false,
    now,
  }
  const use = {
    used: undefined,
    grants: 2,
    more: false,
    sessions: 2,
    people: 38,
    launches: wave,
    visitors: wave,
    requests: wave,
    tokens: wave,
    refused: wave,
  }
  const app = {
    ...startOf('service'),
    values: { client_name: text('Cohort Builder'), owner: text('Research Office') },
    keys: { ...fields, jwks: text(fields.jwks) },
  }
  const name = text('Growth Chart')
  const crumbs = [{ name, href: '/admin/apps' }]
  const owner = {
    account: { username: text('dora'), displayName: text('Dora Develops') },
    others: [{ ...service, kind: 'service' as const, used: undefined }],
  }
  return {
    'admin-dashboard': dashboardPage(frame, dashboard, words),
    'admin-apps': appsPage(
      { ...list, apps: [listed, { ...listed, used: undefined, owner: undefined }], next: text('n') },
      words,
    ),
    'admin-apps-empty': appsPage({ ...list, apps: [], done: text('Saved.') }, words),
    'admin-app-settings': settingsPage({
      client: url,
      admin,
      owner: { account: undefined, others: [] },
      now,
    }),
    'admin-app-settings-error': settingsPage({
      client: url,
      admin,
      owner,
      now,
      posted: {
        values: { client_name: text('Growth Chart'), redirect_uris: text('http://x') },
        verified: false,
        reason: text('why'),
        problems: [{ path: 'redirect_uris', message: '"http://x" must begin with https://' }],
      },
      logoProblem: text('Choose a smaller file'),
    }),
    'admin-app-settings-auditor': settingsPage({ client: url, admin: auditor, owner, now }),
    'admin-app-credentials': credentialsPage({
      client: given,
      admin,
      attempt: undefined,
      reminders: [{ clientId: given.id, credential: 'gc-2025-12', ends: 1_797_206_400_000, at: now - DAY }],
      now: 1_797_206_400_000 - 9 * DAY,
      posted: { fields: { ...fields, jwks: text(fields.jwks) }, looked, reason: '', problems: [] },
    }),
    'admin-app-secret': secretPage(admin, {
      id: 'growth-chart',
      name,
      secret: text('s3cret'),
      until: now + DAY,
    }),
    'admin-app-access': accessPage({ client: url, admin, vocabulary, tokens: { app: 3600, service: 300 } }),
    'admin-app-scopes': scopesPage({
      client: url,
      admin,
      form: scopesFormOf(scope, vocabulary),
      blank: 1,
      reason: text('why'),
      problems: [{ path: 'scope', message: text('no such type') }],
    }),
    'admin-app-use': usePage({
      client: url,
      admin,
      span: 'day',
      use: {
        ...use,
        calls: [{ interaction: 'read', type: 'Patient', count: 12 }],
        refusals: [{ reason: text('type-not-granted'), count: 3 }],
      },
      isService: false,
      grants: [
        {
          id: 'g1',
          person: text('Dr Samir Haddad'),
          patient: text('ana'),
          username: text('haddad'),
          created: now - DAY,
          used: now - HOUR,
          expires: now,
          ends: 'session',
          flight: '8NQ3VWX1TM',
        },
        { id: 'g2', person: text('Dr Lena Fors'), created: now, expires: now, ends: 'time' },
      ],
      next: 'x',
      first: true,
      now,
    }),
    'admin-app-new-kind': chooseKindPage(admin),
    'admin-app-new': newAppPage({ admin, app, blank: 1, looked, problems: [], now }),
    'admin-app-new-review': reviewNewPage(admin, app, looked, vocabulary, now),
    'admin-registrations': registrationsPage(admin, {
      waiting: dashboard.waiting,
      next: 'x',
      done: undefined,
    }),
    'admin-review': reviewPage(admin, {
      client: { ...service, status: 'waiting' },
      owner,
      vocabulary,
      now,
    }),
    'admin-app-remind': remindPage(admin, {
      client: { ...given, metadata: { ...given.metadata, contacts: ['a@b.example', text('07 555')] } },
      ending: { what: 'key', name: text('gc-2025-12'), end: now + 9 * DAY, alg: 'RS384' },
      owner,
      before: { clientId: given.id, credential: 'gc-2025-12', ends: now + 9 * DAY, at: now - DAY },
      now,
    }),
    'admin-confirm': confirmPage(frame, words, {
      part: 'apps',
      crumbs,
      heading: words.admin.use.asks.remove.heading(name),
      effect: words.admin.use.asks.remove.effect,
      danger: true,
      button: words.admin.use.asks.remove.button,
      keep: words.admin.use.asks.remove.keep,
      action: '/x',
      keepHref: '/y',
      csrf: text('c'),
      version: 3,
    }),
    'admin-stale': stalePage(frame, words, {
      part: 'apps',
      crumbs,
      changes: [{ who: text('Iris Okafor'), at: now, what: ['name'], reason: text('because') }],
      differences: [{ member: 'name', now: text('One'), yours: text('Other') }],
      action: '/x',
      csrf: text('c'),
      version: 4,
      fields: [['client_name', text('Other')]],
      keepHref: '/y',
    }),
  }
}
