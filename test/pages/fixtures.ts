import { resolve } from 'node:path'
import { LanyardError } from '../../src/lib/errors.ts'
import { activityPage } from '../../src/pages/account/activity-page.ts'
import { accountAppsPage } from '../../src/pages/account/apps-page.ts'
import { narrowPage } from '../../src/pages/account/narrow-page.ts'
import { securityPage } from '../../src/pages/account/security-page.ts'
import { sessionsPage } from '../../src/pages/account/sessions-page.ts'
import { withdrawPage } from '../../src/pages/account/withdraw-page.ts'
import { loadAssets } from '../../src/pages/assets.ts'
import { errorPage } from '../../src/pages/error-page.ts'
import { helpPage } from '../../src/pages/help.ts'
import { landingPage } from '../../src/pages/landing.ts'
import type { PatientCard } from '../../src/pages/person.ts'
import { createRender, type Page, type Render } from '../../src/pages/render.ts'
import { chooseContextPage } from '../../src/pages/sign-in/choose-context-page.ts'
import { chooseEncounterPage } from '../../src/pages/sign-in/choose-encounter-page.ts'
import { choosePatientPage } from '../../src/pages/sign-in/choose-patient-page.ts'
import { type ConsentModel, consentPage } from '../../src/pages/sign-in/consent-page.ts'
import { signInPage } from '../../src/pages/sign-in/sign-in-page.ts'
import { signOutPage } from '../../src/pages/sign-in/sign-out-page.ts'
import { signedOutPage } from '../../src/pages/sign-in/signed-out-page.ts'
import type { Words } from '../../src/pages/words/en.ts'
import { endpointsOf } from '../../src/smart/discovery.ts'
import { at, events, grantsOf, line, lines, session, type Texts, wildcard } from './fixture-data.ts'
import { adminFixtures } from './fixtures-admin.ts'

export const viewsFolder = resolve(import.meta.dirname, '../../views')

/** The pages with the stylesheet and the script they name, as the server has them. */
export function dressed(site = 'Alder Valley Hospital'): {
  render: Render
  assets: ReturnType<typeof loadAssets>
} {
  const assets = loadAssets(resolve(viewsFolder, 'assets'))
  return { render: createRender({ folder: viewsFolder, site, demo: false, asset: assets.address }), assets }
}

/** The day of the drawings. */
const now = Date.UTC(2026, 10, 21, 9, 46)

/** Every page in every state, by name, as in ../shared/design/ui and beyond. */
export function fixtures(words: Words, text: Texts = (usual) => usual): Record<string, Page> {
  const flow = { action: `/sign-in/${text('4f81')}`, csrf: text('csrf-token'), closesIn: 3600 }
  const pulse = {
    name: text('Pulse Diary'),
    verified: true,
    logo: text('/logos/pulse-diary.svg'),
    redirectUri: 'https://pulsediary.example/callback',
    clientId: text('pulse-diary-web'),
    publisher: text('Northwind Health Ltd'),
  }
  const tales = {
    name: text('Tall Tales'),
    verified: false,
    // Not shown before somebody has looked at it.
    logo: '/logos/tall-tales.svg',
    redirectUri: 'com.tall-tales.app:/cb',
    clientId: text('dyn-4f81c2'),
  }
  const person = (id: string, name: string, birthDate: string, gender: string, mrn: string): PatientCard => ({
    id: text(id),
    name: text(name),
    given: text(name.split(' ')[0] ?? ''),
    birthDate,
    gender,
    recordNumber: text(`MRN ${mrn}`),
  })
  const ana = person('ana-lindqvist', 'Ana Lindqvist', '2014-03-14', 'female', '104-882-17')
  const many = [
    ana,
    person('p1', 'Anders Lindqvist', '1979-09-02', 'male', '100-317-52'),
    person('p2', 'Maja Lindgren', '2025-11-30', 'female', '118-940-03'),
    { ...person('p3', 'Ove Lindström', '1941-06-08', 'male', '097-220-64'), deceased: true },
    { id: 'p4', name: text('Lind') },
  ]
  const recent = [
    person('p5', 'Elif Demir', '1988-01-19', 'female', '109-115-80'),
    person('p6', 'Tomas Berg', '1962-05', 'male', '095-671-22'),
    person('p7', 'Noor Aziz', '2001', 'other', '112-408-39'),
  ]
  const clinician = { name: text('Dr Samir Haddad') }
  const marta = { name: text('Marta Lindqvist') }
  const chooser = { ...flow, client: pulse, user: clinician, now }
  const consent: ConsentModel = {
    ...flow,
    client: { ...pulse, kind: 'public', privacy: 'https://pulsediary.example/privacy', since: at('03-02') },
    user: { ...marta, relation: 'MTH' },
    patient: ana,
    lines: lines(text),
    offline: { ticked: true },
    durations: [
      { value: 'hour', count: 1, unit: 'hour', until: now + 3_600_000, checked: false },
      { value: 'months', count: 3, unit: 'month', until: Date.UTC(2027, 1, 19), checked: true },
      { value: 'year', count: 1, unit: 'year', until: Date.UTC(2027, 10, 21), checked: false },
    ],
    scopes: text('launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs'),
    notGranted: [{ scope: text('patient/Nonsense.rs'), sentence: text('There is no such type in FHIR R4.') }],
    now,
  }
  const unverified: ConsentModel = {
    ...consent,
    client: { ...tales, kind: 'public', since: at('11-19') },
    lines: [line('patient/Patient.rs', text('Ana’s name'), { required: true }), wildcard(text)],
    offline: undefined,
    durations: [
      { value: 'hour', count: 1, unit: 'hour', until: now + 3_600_000, checked: true },
      { value: 'days', count: 7, unit: 'day', until: at('11-28'), checked: false, longest: true },
    ],
    notGranted: [],
  }
  const head = { ...marta, signOut: '/account/sign-out', console: true }
  const account = { user: head, now }
  const mother = { name: text('Ana Lindqvist'), given: text('Ana'), relation: 'MTH' }
  const grants = grantsOf({ pulse, tales, mother, marta, text })
  const apps = [{ value: 'pulse-diary-web', label: text('Pulse Diary') }]
  const records = [{ value: 'ana', label: text('Ana Lindqvist') }]
  const form = { csrf: flow.csrf, action: '/account/x' }
  const endpoints = endpointsOf('https://auth.example.org')
  const mistake = new LanyardError('invalid-request', text('No.'), {
    reason: 'redirect-mismatch',
    word: text('x'),
  })
  return {
    start: landingPage({
      words,
      endpoints,
      site: text('Alder Valley Hospital'),
      demo: true,
      backend: { clientId: text('demo-backend'), keyFile: text('data/demo-backend.jwk.json') },
      glance: { launch: '/demo/app/launch.html', ehr: '/demo/ehr-launch', csrf: flow.csrf },
    }),
    help: helpPage(words),
    error: errorPage(mistake, { words, endpoints, clock: () => now, reference: text('7F3K-29QD-XM41') }),
    'sign-in': signInPage({ ...flow, client: pulse, cancel: true }, words),
    'sign-in-account': signInPage(
      { ...flow, demo: { usernames: ['patient', 'clinician', 'admin'], password: 'lanyard-demo' } },
      words,
    ),
    'sign-in-error': signInPage(
      { ...flow, client: pulse, cancel: true, username: text('marta.lindqvist'), failure: { triesLeft: 3 } },
      words,
    ),
    'sign-in-blocked': signInPage({ ...flow, client: tales, failure: { retryAfter: 900 } }, words),
    'sign-in-again': signInPage(
      { ...flow, client: tales, username: text('marta'), again: 'same', failure: { triesLeft: 1 } },
      words,
    ),
    'sign-in-another': signInPage({ ...flow, client: tales, again: 'another' }, words),
    'sign-in-admin': signInPage({ ...flow, purpose: 'admin' }, words),
    'choose-patient': choosePatientPage(
      { ...chooser, searchAction: '/sign-in/4f81', q: text('lind'), cards: many, more: true, recent },
      words,
    ),
    'choose-patient-empty': choosePatientPage(
      { ...chooser, searchAction: '/sign-in/4f81', q: text('lindqvst'), cards: [], more: false, recent },
      words,
    ),
    'choose-patient-child': choosePatientPage(
      { ...chooser, user: marta, q: '', cards: many.slice(0, 2), more: false },
      words,
    ),
    'choose-patient-nobody': choosePatientPage({ ...chooser, q: '', cards: [], more: false }, words),
    'choose-encounter': chooseEncounterPage(
      {
        ...chooser,
        patient: ana,
        cards: [
          {
            id: 'e1',
            kind: text('Emergency visit'),
            start: '2026-11-20T07:10:00+01:00',
            where: text('Emergency room'),
            status: 'in-progress',
          },
          { id: 'e2', kind: text('Check-up'), start: '2026-03-01', end: '2026-03-04', status: 'finished' },
          { id: 'e3' },
        ],
        more: true,
      },
      words,
    ),
    'choose-encounter-none': chooseEncounterPage({ ...chooser, cards: [], more: false }, words),
    'choose-context': chooseContextPage(
      {
        ...chooser,
        patient: ana,
        cards: [
          { value: 'ImagingStudy/1', title: text('X-ray of the left hand'), detail: text('3 Mar 2026') },
          { value: 'ImagingStudy/2', title: text('Ultrasound') },
        ],
        more: true,
      },
      words,
    ),
    'choose-context-none': chooseContextPage({ ...chooser, client: tales, cards: [], more: false }, words),
    consent: consentPage(consent, words),
    'consent-unverified': consentPage(unverified, words),
    'consent-own': consentPage(
      {
        ...consent,
        client: { ...tales, publisher: text('Somebody'), kind: 'confidential', since: now },
        user: { ...marta, relation: 'self' },
        onlyNew: true,
        durations: [],
        lines: consent.lines.slice(2, 4),
      },
      words,
    ),
    'consent-without-patient': consentPage(
      { ...consent, patient: undefined, offline: undefined, durations: [], lines: consent.lines.slice(0, 1) },
      words,
    ),
    'sign-out': signOutPage(
      { action: '/oauth2/logout/confirm', fields: { xsrf: text('x'), logout: 'yes' }, stay: '/account' },
      words,
    ),
    'signed-out': signedOutPage(
      { signIn: '/account', client: { name: text('Pulse Diary'), returnTo: 'https://pulsediary.example/' } },
      words,
    ),
    'account-apps': accountAppsPage({ ...account, grants }, words),
    'account-apps-done': accountAppsPage(
      { ...account, grants: [], done: { what: 'withdrawn', app: text('Pulse Diary') } },
      words,
    ),
    'account-withdraw': withdrawPage(
      { ...account, ...form, grant: { client: pulse, patient: mother } },
      words,
    ),
    'account-withdraw-own': withdrawPage(
      { ...account, ...form, grant: { client: tales, patient: { ...mother, relation: 'self' } } },
      words,
    ),
    'account-withdraw-records': withdrawPage({ ...account, ...form, grant: { client: tales } }, words),
    'account-narrow': narrowPage(
      { ...account, ...form, client: pulse, patient: ana, lines: lines(text) },
      words,
    ),
    'account-sessions': sessionsPage(
      {
        ...account,
        ...form,
        sessions: [
          session('s1', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', true),
          session('s2', 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Safari/537.36'),
          { ...session('s3', text('curl/8')), address: text('2001:db8::8a2e:370:7334') },
        ],
        ended: true,
      },
      words,
    ),
    'account-security': securityPage({ ...account, ...form, username: text('marta'), least: 12 }, words),
    'account-security-error': securityPage(
      {
        ...account,
        ...form,
        username: text('marta'),
        least: 12,
        failures: [
          { field: 'current', reason: 'blocked', retryAfter: 60 },
          { field: 'password', reason: 'short' },
          { field: 'again', reason: 'different' },
        ],
      },
      words,
    ),
    'account-security-changed': securityPage(
      { ...account, ...form, username: 'marta', least: 12, changed: true },
      words,
    ),
    'account-activity': activityPage(
      {
        ...account,
        events: events(text),
        filter: { records, apps, record: '', app: 'pulse-diary-web' },
        older: text('1699'),
      },
      words,
    ),
    'account-activity-empty': activityPage(
      { ...account, events: [], filter: { records, apps, record: '', app: '' } },
      words,
    ),
    ...adminFixtures(words, text, now),
  }
}
