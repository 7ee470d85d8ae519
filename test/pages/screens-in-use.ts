import type { Page } from 'playwright-core'
import type { BusyHospital } from '../support/busy-hospital.ts'
import { certificate } from '../support/certificate.ts'
import { rsaKey, signAssertion } from '../support/client-keys.ts'
import { noon } from '../support/server.ts'

/** A screen: its address, and what a person does there to get to a page that has none. */
export type Screen = { path: string; act?: (page: Page) => Promise<unknown> }
/** Who looks at what; nobody has not signed in. */
export type Visits = readonly (readonly [who: string | undefined, screens: readonly (string | Screen)[]])[]

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click()
const fill = (page: Page, name: string, value: string) => page.locator(`[name="${name}"]`).first().fill(value)
/** Fills fields in by their names and presses a button. */
const sends =
  (button: string, fields: Record<string, string> = {}) =>
  async (page: Page) => {
    for (const [name, value] of Object.entries(fields)) await fill(page, name, value)
    await press(page, button)
  }
/** The same, where what is sent is refused on the form. */
const isTold = (button: string, fields: Record<string, string>) => async (page: Page) => {
  await sends(button, fields)(page)
  await page.locator('#errors').waitFor()
}
const chosen = 'app=growth&user=clinician&q=Lindqvist&patient=anders-lindqvist'
const long = 'workbench-of-the-northern-region-with-a-long-identifier'

/** Every page of the demo, and the pages in between. */
export function visitsOf(hospital: BusyHospital): Visits {
  const { server, backend, flights, ownApp, ownService } = hospital
  /** An assertion with as many mistakes as one can have at once. */
  const ill = signAssertion(server, backend.id, backend.key, {
    header: { typ: 'at+jwt', jku: 'https://elsewhere.example/jwks', crit: ['exp'] },
    claims: { sub: 'another', aud: server.fhir, exp: 1, nbf: noon, iat: noon, jti: 7 },
    signature: (bytes) => bytes.fill(7, 0, 8),
  })
  const pem = certificate(rsaKey().privateKey, noon, noon + 86_400_000, 'Northwind')
  const pastes = (path: string, button: string, fields: Record<string, string>): Screen => ({
    path: `/developer/tools/${path}`,
    act: sends(button, fields),
  })
  const broken = 'not a token'
  return [
    [
      undefined,
      [
        '/',
        '/help',
        '/nowhere',
        '/oauth2/authorize',
        '/set-up',
        '/account?error=access_denied',
        { path: '/account', act: isTold('Sign in', { username: 'iris', password: 'wrong' }) },
        '/developer',
        '/developer?kind=server',
        '/developer?kind=native',
        '/developer?kind=backend',
        '/developer/tools',
        '/developer/tools/scopes?scope=launch/patient+openid+patient/Observation.rs?category=laboratory+user/*.cruds+nonsense&client=growth',
        '/developer/tools/token',
        pastes('token', 'Look inside', { token: hospital.token }),
        pastes('token', 'Look inside', { token: broken }),
        '/developer/tools/assertion',
        pastes('assertion', 'Examine', { assertion: ill, client_id: 'someone-else' }),
        pastes('assertion', 'Examine', { assertion: broken, keys: '{' }),
        '/developer/tools/keys',
        pastes('keys', 'Convert', { certificate: pem }),
        pastes('keys', 'Make a key pair', {}),
        '/developer/explorer?type=Observation',
        '/developer/explorer/try',
        `/shared/flight/${flights.shared}`,
        '/shared/flight/nothing',
      ],
    ],
    [
      'anders',
      [
        '/account',
        hospital.narrow,
        `${hospital.narrow}/withdraw`,
        '/account/sessions',
        '/account/security',
        {
          path: '/account/security',
          act: isTold('Change password', { current: 'wrong', password: 'short', again: 'other' }),
        },
        '/account/activity',
        '/account/sign-out',
        '/admin',
      ],
    ],
    [
      'dev',
      [
        '/developer/apps',
        '/developer/apps/new',
        '/developer/apps/new?kind=browser',
        '/developer/apps/new?kind=service',
        {
          path: '/developer/apps/new?kind=server',
          act: isTold('Register it', { client_name: 'X', redirect_uris: 'http://evil.example' }),
        },
        ownApp,
        ownService,
        `${ownApp}/edit`,
        `${ownService}/keys`,
        hospital.ownFlight,
        { path: ownApp, act: sends('Prepare the launch') },
        `${ownApp}/launch`,
        `${ownApp}/reminders`,
        `${ownApp}/remove`,
        `/developer/tools/assertion?failed=${ownService.split('/').at(-1)}`,
        {
          path: '/developer/apps/new?kind=server',
          act: sends('Register it', {
            client_name: 'Lighthouse',
            redirect_uris: 'https://light.example/cb',
            scope: 'openid',
          }),
        },
        { path: '/developer/apps', act: followed('Lighthouse', 'Make a new secret') },
      ],
    ],
    ['newcomer', ['/developer/apps', '/account', '/account/activity']],
    [
      'otto',
      [
        '/admin/apps/growth/settings',
        '/admin/apps/growth/access',
        '/admin/users/iris',
        '/admin/settings/branding',
        '/admin/users/new',
      ],
    ],
    [
      'iris',
      [
        '/admin',
        '/admin?span=week',
        '/admin/apps',
        '/admin/apps?q=nothing-of-that-name',
        '/admin/apps/new',
        '/admin/apps/new?kind=browser',
        '/admin/apps/new?kind=service',
        {
          path: '/admin/apps/new?kind=browser',
          act: sends('Continue to the review', {
            client_name: 'New',
            redirect_uris: 'https://new.example/cb',
          }),
        },
        {
          path: '/admin/apps/new?kind=browser',
          act: isTold('Continue to the review', { client_name: 'X', redirect_uris: 'http://evil.example' }),
        },
        '/admin/apps/growth/settings',
        `/admin/apps/${long}/settings`,
        {
          path: '/admin/apps/growth/settings',
          act: isTold('Save changes', { client_name: 'X', redirect_uris: 'x' }),
        },
        { path: '/admin/apps/growth/settings', act: overtaken(hospital) },
        '/admin/apps/growth/access',
        `/admin/apps/${long}/access`,
        `/admin/apps/${long}/scopes`,
        '/admin/apps/growth/use',
        '/admin/apps/growth/use?span=week',
        '/admin/apps/cohort/credentials',
        '/admin/apps/nightly/credentials',
        '/admin/apps/tower/credentials',
        '/admin/apps/growth/fetch',
        '/admin/apps/growth/logo',
        '/admin/apps/tower/secret',
        hospital.remind,
        { path: '/admin/apps/tower/secret', act: sends('Make a new secret') },
        '/admin/apps/growth/disable',
        '/admin/apps/disabled/enable',
        '/admin/apps/growth/end',
        '/admin/apps/growth/remove',
        hospital.endGrant,
        '/admin/registrations',
        '/admin/apps/waiting/review',
        '/admin/users',
        '/admin/users?q=nobody-of-that-name',
        '/admin/users/new',
        {
          path: '/admin/users/new',
          act: isTold('Add the user', { username: 'x y', display_name: 'X' }),
        },
        '/admin/users/maximilian.featherstonehaugh-montgomery',
        '/admin/users/anders',
        '/admin/users/anders/disable',
        '/admin/users/gone/enable',
        '/admin/users/anders/remove',
        hospital.endSession,
        hospital.endApp,
        '/admin/users/anders/unlock',
        '/admin/users/anders/link',
        { path: '/admin/users/gone/link', act: sends('Make the link') },
        { path: '/admin/users/newcomer/link', act: chooses('short') },
        '/admin/sessions',
        '/admin/roles',
        '/admin/roles/new',
        { path: '/admin/roles/new', act: isTold('See what changes', { role: 'x y', title: 'X' }) },
        '/admin/roles/frontdesk',
        '/admin/roles/frontdesk/edit',
        '/admin/roles/frontdesk/disable',
        '/admin/roles/frontdesk/enable',
        '/admin/roles/frontdesk/remove',
        '/admin/try',
        '/admin/try?user=frontdesk&scope=user/*.rs&path=/Appointment',
        '/admin/api-keys',
        '/admin/api-keys/new',
        {
          path: '/admin/api-keys/new',
          act: isTold('Make the key', { name: 'X', user: 'nobody', scope: 'system/*.rs' }),
        },
        {
          path: '/admin/api-keys/new',
          act: sends('Make the key', { name: 'Ward', user: 'iris', scope: 'user/Patient.rs' }),
        },
        hospital.revokeKey,
        '/admin/issuers',
        '/admin/simulator',
        `/admin/simulator?${chosen}`,
        { path: `/admin/simulator?${chosen}`, act: sends('Launch') },
        { path: '/admin/simulator?app=growth&user=clinician', act: alone },
        '/admin/flights',
        '/admin/flights?reference=nothing',
        `/admin/flights/${flights.good}`,
        `/admin/flights/${flights.bad}`,
        { path: `/admin/flights/${flights.bad}`, act: sends('Make a link') },
        '/admin/audit',
        '/admin/audit?user=nobody',
        '/admin/audit?from=yesterday',
        '/admin/audit/1',
        '/admin/audit/999999',
        '/admin/audit/verify',
        { path: '/admin/audit', act: sends('Check now') },
        '/admin/keys',
        '/admin/keys/rotate',
        '/admin/settings',
        '/admin/settings/branding/logo',
        '/admin/settings/branding',
        { path: '/admin/settings/branding', act: isTold('Save changes', { accent: '#ffcc00' }) },
        {
          path: '/admin/settings/branding',
          act: sends('Save changes', { name: 'Northern Region', accent: '#7a1f5c' }),
        },
      ],
    ],
  ]
}

/** The empty pages of a server on which nobody has been yet: how its first admin comes in, and what they see. */
export function firstVisits(setUp: string): Visits {
  const first = { username: 'iris', display_name: 'Iris Okafor', password: 'correct horse battery' }
  return [
    [undefined, ['/', '/help', '/nowhere', '/oauth2/authorize', '/developer', setUp]],
    [
      undefined,
      [
        { path: setUp, act: isTold('Begin', { ...first, password: 'short' }) },
        { path: setUp, act: sends('Begin', first) },
      ],
    ],
    [
      'iris',
      [
        '/admin',
        '/admin/apps',
        '/admin/registrations',
        '/admin/roles',
        '/admin/api-keys',
        '/admin/issuers',
        '/admin/simulator',
        '/admin/flights',
      ],
    ],
  ]
}

/** Follows links by their names. */
function followed(...names: string[]) {
  return async (page: Page) => {
    for (const name of names) await page.getByRole('link', { name }).first().click()
  }
}

/** Opens a link by which somebody chooses a password, and chooses this one. */
function chooses(secret: string) {
  return async (page: Page) => {
    await press(page, 'Make the link')
    await page.goto((await page.locator('.code code').innerText()).trim())
    await page.locator('[type=password]').first().fill(secret)
    await page.locator('main form button.primary').click()
    await page.locator('#errors').waitFor()
  }
}

/** A launch that the app begins by itself, and the browser made ready for it. */
async function alone(page: Page) {
  await page.getByText('The app itself').first().click()
  await press(page, 'Launch')
  await page.goto(
    (await page.getByRole('link', { name: 'Make this browser ready' }).getAttribute('href')) ?? '',
  )
}

/** Somebody else saves first. */
function overtaken({ server: { house } }: BusyHospital) {
  return async (page: Page) => {
    const there = await house.clients.find('growth')
    await house.clients.update('growth', { ...there?.metadata, owner: 'Paediatrics, ward 3' })
    await sends('Save changes', { owner: 'Somebody' })(page)
  }
}
