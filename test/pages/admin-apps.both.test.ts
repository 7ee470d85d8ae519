import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/lib/time.ts'
import { type Browser, createBrowser, formOf, textOf, tickedIn } from '../support/browser-client.ts'
import { certificate } from '../support/certificate.ts'
import { ecKey, rsaKey } from '../support/client-keys.ts'
import { auditRows, basic, post } from '../support/oauth.ts'
import { engine, noon, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, says, signedInAs, startConsole, withFiles } from './admin.ts'

let server: TestServer
let iris: Browser
let otto: Browser
let irisId: string
let id: string
let count = 0
beforeAll(async () => {
  ;({ server, iris, irisId, otto } = await startConsole(engine))
})
afterAll(() => server.close())
beforeEach(async () => {
  id = `app-${++count}`
  await server.house.clients.add(web(), 'command')
})

const web = (more: object = {}) => ({
  client_id: id,
  client_name: `Growth Chart ${count}`,
  redirect_uris: ['https://growth.example/cb'],
  scope: 'launch openid patient/Patient.r patient/Observation.rs',
  ...more,
})
const at = (part: string) => `/admin/apps/${id}/${part}`
const found = () => server.house.clients.find(id)
const lastAct = async () =>
  (await auditRows(server)).filter((row) => row.client_id === id && row.event !== 'token.issue').at(-1)

describe('settings', () => {
  const fields = {
    client_name: 'New name',
    owner: 'Paediatrics',
    redirect_uris: 'https://a.example/1\r\nhttps://a.example/2',
  }

  test('AUD-09 what is saved works at once, and the audit has who, why, before and after', async () => {
    const done = await iris.submit(await iris.open(at('settings')), {
      ...fields,
      verified: 'yes',
      reason: 'CSR-118',
    })
    expect([done.status, done.url]).toEqual([200, server.url + at('settings')])
    says(done, 'Saved. New name works like this from now on.')
    says(done, 'Verified')
    const { metadata } = (await found()) ?? {}
    expect(metadata).toMatchObject({ owner: 'Paediatrics', verified: true, scope: web().scope })
    expect(metadata?.redirect_uris).toEqual(['https://a.example/1', 'https://a.example/2'])
    const act = await lastAct()
    expect([act?.event, act?.user_id]).toEqual(['client.update', irisId])
    expect(act?.detail).toContain('"why":"CSR-118"')
    expect(act?.detail).toContain('"owner":{"after":"Paediatrics"}')
  })

  test('what is wrong stands at its field with the fix, in the language of the page; what was typed stays', async () => {
    const bad = { ...fields, redirect_uris: 'http://evil.example/cb' }
    const answer = await iris.submit(await iris.open(at('settings')), bad)
    expect(answer.status).toBe(400)
    const nameless = { ...fields, client_name: '' }
    says(await iris.submit(await iris.open(at('settings')), nameless), 'Name: Fill this in')
    says(answer, 'http://evil.example/cb: Start the address with https://')
    expect(answer.html).toContain('<title>Error: ')
    expect(answer.html).toMatch(/<input id="owner"[^>]*value="Paediatrics"/)
    expect(await found()).toMatchObject({ version: 1 })
    const spanish = createBrowser(server, { 'accept-language': 'es' })
    await spanish.submit(await spanish.open('/account'), {
      username: 'iris',
      password: 'correct horse battery',
    })
    says(await spanish.submit(await spanish.open(at('settings')), bad), 'Empiece la dirección con https://')
  })

  test('of two admins the second is told who was first, sees both states, and decides', async () => {
    await addUser(server.house, { username: `second-${id}`, display_name: 'Second', roles: ['admin'] })
    const second = await signedInAs(server, `second-${id}`)
    const mine = await second.open(at('settings'))
    await iris.submit(await iris.open(at('settings')), {
      client_name: 'Of Iris',
      owner: 'Hers',
      redirect_uris: 'https://a.example/',
    })
    const told = await second.submit(mine, {
      client_name: 'Of the second',
      owner: 'Hers',
      redirect_uris: 'https://a.example/',
    })
    expect(told.status).toBe(409)
    says(told, 'Iris Okafor changed name, owner, return addresses')
    says(told, /name Of Iris Of the second/)
    expect(await found()).toMatchObject({ metadata: { client_name: 'Of Iris' }, version: 2 })
    const over = await second.submit(told, {})
    says(over, 'Saved. Of the second')
    expect(await found()).toMatchObject({ metadata: { client_name: 'Of the second' }, version: 3 })
  })

  test('the second is told too whose form came back first, with what was wrong or for another look', async () => {
    const forms = {
      settings: [
        { client_name: 'Mine', redirect_uris: 'http://evil.example/' },
        { client_name: 'Mine', redirect_uris: 'https://a.example/' },
      ],
      access: [
        { consent: 'ask', access_token_lifetime: 'many' },
        { consent: 'ask', access_token_lifetime: '300' },
      ],
      scopes: [{ do: 'more' }, { do: 'save' }],
      credentials: [
        { do: 'check', from: 'keys', jwks: JSON.stringify({ keys: [ecKey('mine').jwk] }) },
        { do: 'save', from: 'keys', jwks: JSON.stringify({ keys: [ecKey('mine').jwk] }) },
      ],
    } as const
    for (const [part, [first, second]] of Object.entries(forms)) {
      const form = await iris.open(at(part))
      const theirs = `Theirs before ${part}`
      await server.house.clients.update(id, web({ client_name: theirs }))
      const again = await iris.submit(form, first as never)
      expect([part, again.html.includes('name="version"')]).toEqual([part, true])
      expect([part, (await iris.submit(again, second as never)).status]).toEqual([part, 409])
      expect((await found())?.metadata.client_name).toBe(theirs)
    }
  })

  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  test('a logo is a copy of ours that everybody may load; what is no picture is refused', async () => {
    const page = async () => ({
      ...(await iris.open(at('settings'))),
      html: formAt((await iris.open(at('settings'))).html, 'logo'),
    })
    const kept = await withFiles(iris, await page(), { do: 'set' }, { logo: ['x.svg', png] })
    says(kept, 'Saved.')
    const hash = (await found())?.logo
    const logo = await createBrowser(server).ask(`/logos/${hash}`)
    expect([logo.status, logo.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(logo.headers.get('content-security-policy')).toContain("default-src 'none'")
    const refused = await withFiles(
      iris,
      await page(),
      { do: 'set' },
      { logo: ['x.png', Buffer.from('<svg onload="x()">')] },
    )
    expect(refused.status).toBe(400)
    says(refused, 'Choose a PNG, JPEG or WebP picture')
    expect((await withFiles(iris, await page(), { do: 'remove' }, {})).status).toBe(200)
    expect((await found())?.logo).toBeUndefined()
    expect((await createBrowser(server).ask(`/logos/${hash}`)).status).toBe(404)
    expect((await createBrowser(server).ask('/logos/..%2fx')).status).toBe(404)
  })
})

describe('credentials', () => {
  const change = async (fields: Record<string, string>, files: Record<string, [string, Buffer]> = {}) =>
    await withFiles(iris, await iris.open(at('credentials')), fields, files)
  const jwks = (...keys: object[]) => Buffer.from(JSON.stringify({ keys }))

  test('a set of keys is looked at key by key before it is saved; only usable ones are kept', async () => {
    const good = ecKey('good').jwk
    const weak = { ...good, kid: 'other', alg: 'ES256' }
    const looked = await change({ from: 'keys', do: 'check' }, { jwks_file: ['keys.json', jwks(good, weak)] })
    says(looked, '1 of 2 keys usable')
    says(looked, /other ES256, P-384 Not stated Not used Fits neither RS384 nor ES384/)
    expect(await found()).toMatchObject({ version: 1 })
    const saved = await change({ from: 'keys', do: 'save', jwks: jwks(good, weak).toString() })
    says(saved, 'Saved.')
    expect((await found())?.metadata.jwks?.keys.map(({ kid }) => kid)).toEqual(['good'])
    expect((await found())?.hasSecret).toBe(false)
  })

  test('CAUTH-16 a private key is named as such, and nothing is saved', async () => {
    const burnt = { ...ecKey().jwk, d: 'the-private-part' }
    const exposed = 'JWKS as text: A private key was given. Consider it exposed: make a new pair'
    // As a set, as a key alone, and behind a mistake of another kind.
    for (const text of [
      jwks(burnt).toString(),
      JSON.stringify(burnt),
      jwks({ kty: 'EC' }, burnt).toString(),
    ]) {
      const answer = await change({ from: 'keys', do: 'save', jwks: text })
      expect(answer.status).toBe(400)
      says(answer, exposed)
      expect(answer.html).not.toContain('the-private-part')
    }
    says(
      await change({ from: 'keys', do: 'check', jwks: jwks(burnt).toString() }),
      'A private key was given. Consider it exposed',
    )
    says(await change({ from: 'keys', do: 'save', jwks: 'nonsense' }), 'This is not a JWKS')
    expect(await found()).toMatchObject({ version: 1 })
    const alone = JSON.stringify(ecKey('alone').jwk)
    says(await change({ from: 'keys', do: 'save', jwks: alone }), 'Saved.')
    expect((await found())?.metadata.jwks?.keys.map(({ kid }) => kid)).toEqual(['alone'])
  })

  test('a certificate in DER form shows its facts before and after it is saved', async () => {
    const pem = certificate(rsaKey().privateKey, noon - DAY, noon + 20 * DAY, 'growth.example')
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    const looked = await change({ from: 'certificate', do: 'check' }, { x509_file: ['c.der', der] })
    says(looked, /Subject CN=growth.example Issuer CN=growth.example/)
    says(looked, '20 days')
    const x509 = /<textarea id="x509"[^>]*>([^<]*)</.exec(looked.html)?.[1] ?? ''
    says(await change({ from: 'certificate', do: 'save', x509 }), 'Saved.')
    const { x509: kept } = (await found())?.metadata ?? {}
    says(await iris.open(at('credentials')), `Key ID ${kept?.thumbprint}`)
    // What else there is to set can be set all the same.
    const redirects = { client_name: 'Growth', redirect_uris: 'https://growth.example/cb' }
    says(await iris.submit(await iris.open(at('settings')), redirects), 'Saved.')
    expect((await found())?.metadata.x509).toEqual(kept)
    says(await change({ from: 'certificate', do: 'save', x509: 'x' }), 'This is not a certificate')
  })

  test('CAUTH-01 a new secret is shown once; the old one is good beside it until the time that was chosen', async () => {
    const { secret = '' } = await server.house.clients.newSecret(id)
    const tries = (one: string) =>
      post(
        server,
        '/oauth2/token',
        { grant_type: 'refresh_token', refresh_token: 'x' },
        { authorization: basic(id, one) },
      )
    const shown = await iris.submit(await iris.open(at('secret')), { overlap: '24', reason: 'yearly' })
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const next = /id="client-secret">([\w-]{43})</.exec(shown.html)?.[1] ?? ''
    says(shown, 'The old secret works too until 2 March 2026, 12:00 UTC.')
    const errors = async () => (await Promise.all([secret, next].map(tries))).map(({ body }) => body.error)
    expect(await errors()).toEqual(['unauthorized_client', 'unauthorized_client'])
    says(await iris.open(at('credentials')), 'Works until 2 March 2026')
    expect((await iris.open(at('credentials'))).html).not.toContain(next)
    server.clock.advance(DAY)
    expect(await errors()).toEqual(['invalid_client', 'unauthorized_client'])
    server.clock.advance(-DAY)
    const act = await lastAct()
    expect([act?.event, act?.user_id]).toEqual(['client.secret', irisId])
    expect(JSON.stringify(act)).not.toContain(next)
  })

  test('keys at an address are fetched at once, and what went wrong is said exactly', async () => {
    await change({ from: 'url', do: 'save', jwks_uri: 'http://localhost:1/jwks' })
    const page = await iris.open(at('credentials'))
    says(page, 'Not since this server was started')
    const fetched = await iris.submit(page, {})
    says(fetched, /1 March 2026, 12:00 UTC, without success/)
    says(fetched, 'What went wrong: connect ECONNREFUSED')
  })
})

describe('access', () => {
  test('the matrix shows types by letters; the form says the same scopes, and changes them', async () => {
    const page = await iris.open(at('access'))
    says(page, /Observation patient –\s*No Yes – No – No Yes Everything/)
    says(page, 'Lab results')
    const form = await iris.open(at('scopes'))
    expect(tickedIn(form, 'context')).toEqual(['launch', 'openid'])
    const rows: [string, string][] = [
      ['type-0', 'Patient'],
      ['level-0', 'patient'],
      ['letters-0', 'r'],
      ['letters-0', 's'],
      ['type-1', 'Observation'],
      ['level-1', 'patient'],
      ['where-1', 'category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs'],
      ['letters-1', 'r'],
      ['letters-1', 'c'],
    ]
    const saved = await iris.submit(form, [
      ...rows,
      ['context', 'launch'],
      ['others', '__introspect'],
      ['do', 'save'],
    ])
    says(saved, 'Saved.')
    says(saved, 'Vital signs, such as blood pressure')
    expect((await found())?.metadata.scope).toBe(
      'launch patient/Patient.rs patient/Observation.cr?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs __introspect',
    )
    const bad = await iris.submit(await iris.open(at('scopes')), [
      ...rows,
      ['type-2', 'Nonsense'],
      ['letters-2', 'r'],
      ['level-2', 'user'],
      ['do', 'save'],
    ])
    expect(bad.status).toBe(400)
    says(bad, 'is not a resource type of FHIR R4')
    says(await iris.submit(await iris.open(at('scopes')), [...rows, ['do', 'more']]), 'What Growth Chart')
  })

  test('an app that is let ask to refresh is registered for it, as is a service not; nothing else is lost', async () => {
    const grants = async () => (await found())?.metadata.grant_types
    const refreshing: [string, string][] = [
      ['type-0', 'Patient'],
      ['level-0', 'patient'],
      ['letters-0', 'r'],
      ['context', 'offline_access'],
      ['do', 'save'],
    ]
    expect(await grants()).toEqual(['authorization_code'])
    says(await iris.submit(await iris.open(at('scopes')), refreshing), 'Saved.')
    expect(await grants()).toEqual(['authorization_code', 'refresh_token'])
    says(
      await iris.submit(await iris.open(at('scopes')), refreshing.slice(0, 3).concat([['do', 'save']])),
      'Saved.',
    )
    expect(await grants()).toEqual(['authorization_code', 'refresh_token'])

    const service = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt' }
    const keys = { jwks: { keys: [ecKey('s').jwk] } }
    await server.house.clients.update(id, { ...web(), redirect_uris: undefined, ...service, ...keys })
    says(await iris.submit(await iris.open(at('scopes')), refreshing), 'Saved.')
    expect(await grants()).toEqual(['client_credentials'])
  })

  test('scopes in the words of SMART 1.0 stay as they are where they are left alone', async () => {
    await server.house.clients.update(id, web({ scope: 'patient/Observation.read user/*.*' }))
    const form = await iris.open(at('scopes'))
    const rows: [string, string][] = [0, 1].flatMap((row): [string, string][] => [
      [`type-${row}`, ['Observation', '*'][row] ?? ''],
      [`level-${row}`, ['patient', 'user'][row] ?? ''],
      ...[...(['rs', 'cruds'][row] ?? '')].map((letter): [string, string] => [`letters-${row}`, letter]),
    ])
    await iris.submit(form, [...rows, ['do', 'save']])
    expect((await found())?.metadata.scope).toBe('patient/Observation.read user/*.*')
  })

  test('whether people are asked', async () => {
    await iris.submit(await iris.open(at('access')), { consent: 'policy' })
    expect((await found())?.metadata.skip_consent).toBe(true)
    await iris.submit(await iris.open(at('access')), { consent: 'ask' })
    expect((await found())?.metadata.skip_consent).toBeUndefined()
  })
})

describe('use', () => {
  test('REVO-05 a grant is ended by an admin: nobody else’s, and once', async () => {
    const { house } = server
    const user = await addUser(house, { display_name: 'Dr Samir Haddad' })
    const granted = async (clientId: string) => {
      const grant = await house.grants.create({
        clientId,
        userId: user.id,
        scope: 'patient/Patient.r',
        context: { patient: 'ana' },
        refresh: 'offline',
        sessionUid: undefined,
        duration: 'hour',
        flightId: undefined,
      })
      return grant?.id ?? ''
    }
    const grant = await granted(id)
    const page = await iris.open(at('use'))
    says(page, /Dr Samir Haddad ana this minute Not yet 12:02 UTC No record/)
    const done = await iris.submit(await iris.open(at(`use/${grant}`)), { reason: 'left the hospital' })
    says(done, 'Ended. What Growth Chart')
    says(done, 'Nobody allows it anything')
    expect(await house.grants.find(grant)).toBeUndefined()
    const act = await lastAct()
    expect([act?.event, act?.reason, act?.user_id]).toEqual(['grant.revoke', 'ended-by-admin', irisId])
    expect(act?.detail).toContain(`"user":"${user.id}"`)
    const foreign = await granted('app-1')
    expect((await iris.ask(at(`use/${foreign}`))).status).toBe(404)
    const body = new URLSearchParams({ csrf: await csrfOf(iris) })
    const refused = await iris.ask(at(`use/${foreign}`), { method: 'POST', body })
    expect([refused.status, (await house.grants.find(foreign))?.id]).toEqual([404, foreign])
  })

  test('disable, enable, end all and remove ask first, and then act', async () => {
    const does = async (part: string) => await iris.submit(await iris.open(at(part)), { reason: 'a drill' })
    says(await does('disable'), `Growth Chart ${count} is disabled. Its tokens have stopped working.`)
    expect((await found())?.status).toBe('disabled')
    says(await does('enable'), 'is enabled')
    const before = (await found())?.grantId
    says(await does('end'), 'people are asked again')
    expect((await found())?.grantId).not.toBe(before)
    const gone = await does('remove')
    expect(gone.url).toBe(`${server.url}/admin/apps`)
    expect(await found()).toBeUndefined()
    expect((await iris.ask(at('use'))).status).toBe(404)
  })
})

describe('a new app', () => {
  test('three steps: its kind, its fields, a look; the secret is shown once', async () => {
    const fields = await iris.open('/admin/apps/new?kind=server')
    const values = {
      client_name: 'Ward Board',
      client_id: `ward-${id}`,
      redirect_uris: 'https://ward.example/cb',
      from: 'secret',
    }
    const scopes = { 'type-0': 'Patient', 'level-0': 'patient', 'letters-0': 'r', context: 'launch' }
    const wrong = await withFiles(iris, fields, { ...values, redirect_uris: '', do: 'review' }, {})
    expect(wrong.status).toBe(400)
    says(wrong, 'Return addresses: Give at least one address')
    const review = await withFiles(iris, fields, { ...values, ...scopes, do: 'review' }, {})
    says(review, 'Register Ward Board?')
    says(review, `Client ID ward-${id} Method Secret, by HTTP Basic client_secret_basic How it gets tokens`)
    says(review, 'Somebody signs in and allows it; It goes on by itself after that authorization_code')
    expect(textOf(review.html)).not.toMatch(/Client_id|Grant types|Way to authenticate/)
    says(review, /Patient patient – No Yes/)
    expect(await server.house.clients.find(`ward-${id}`)).toBeUndefined()
    const shown = await iris.submit(review, { do: 'register', reason: 'ordered' })
    expect(shown.html).toMatch(/id="client-secret">[\w-]{43}</)
    expect(await server.house.clients.find(`ward-${id}`)).toMatchObject({
      origin: 'console',
      metadata: { scope: 'launch patient/Patient.r', grant_types: ['authorization_code', 'refresh_token'] },
    })
    says(await iris.submit(review, { do: 'register' }), 'Client ID: Choose another one: it is taken')
    says(await iris.submit(review, { do: 'edit' }), 'New app on a server')
  })

  test.each(['browser', 'native', 'service'])('of kind %s has only the fields that fit', async (kind) => {
    const { html } = await iris.open(`/admin/apps/new?kind=${kind}`)
    expect(html.includes('name="redirect_uris"')).toBe(kind !== 'service')
    expect(html.includes('name="jwks_uri"')).toBe(kind === 'service')
    expect(html.includes('value="secret"')).toBe(false)
  })
})

describe('registrations', () => {
  test('an app that waits is on the list, and is let in or refused with a reason', async () => {
    const waiting = async (name: string) =>
      (
        await server.house.clients.add(
          web({ client_id: name, client_name: name, scope: 'patient/*.rs' }),
          'developer',
          { waiting: true },
        )
      ).client.id
    const [first, second] = [await waiting(`in-${id}`), await waiting(`out-${id}`)]
    const list = await iris.open('/admin/registrations')
    says(list, first)
    says(list, second)
    const review = await iris.open(`/admin/apps/${first}/review`)
    says(review, 'It asks for every type of data')
    says(await iris.submit(review, { decision: 'active', reason: 'checked' }), `${first} is enabled`)
    expect((await server.house.clients.find(first))?.status).toBe('active')
    await iris.submit(await iris.open(`/admin/apps/${second}/review`), {
      decision: 'refused',
      reason: 'no owner',
    })
    expect((await server.house.clients.find(second))?.status).toBe('refused')
    const rows = (await auditRows(server)).filter((row) => row.client_id === second)
    expect(rows.at(-1)).toMatchObject({
      event: 'client.refuse',
      detail: expect.stringContaining('"why":"no owner"'),
    })
    says(await iris.open(`/admin/apps/${first}/review`), 'This app does not wait any more.')
  })
})

describe('an auditor', () => {
  const parts = ['settings', 'credentials', 'access', 'use', 'review'] as const
  const changes = [
    ...parts.filter((part) => part !== 'use'),
    'logo',
    'fetch',
    'secret',
    'scopes',
    'disable',
    'enable',
    'end',
    'remove',
    'use/x',
  ] as const

  test('sees every page, and no button that changes anything', async () => {
    for (const path of ['/admin', '/admin/apps', '/admin/registrations', ...parts.map(at)]) {
      const page = await otto.open(path)
      expect([path, page.status]).toEqual([path, 200])
      // What is posted by no button: a form that is shown is switched off.
      expect([
        path,
        page.html
          .replace(/<form class="search[\s\S]*?<\/form>/g, '')
          .match(/<button(?! class="button small menu")/g),
      ]).toEqual([path, null])
      says(page, 'Auditor, read only')
    }
  })

  test('is refused whatever is posted, and each page that asks before a change', async () => {
    const csrf =
      formOf(await otto.open('/account/security')).hidden.find(([name]) => name === 'csrf')?.[1] ?? ''
    for (const path of ['/admin/apps/new', ...changes.map(at)]) {
      const body = new URLSearchParams({
        csrf,
        version: '1',
        kind: 'service',
        do: 'save',
        decision: 'active',
      })
      const answer = await otto.ask(path, { method: 'POST', body })
      expect([path, answer.status]).toEqual([path, 403])
      says(answer, 'You may look, and change nothing')
    }
    for (const path of ['/admin/apps/new', ...(['secret', 'scopes', 'disable', 'remove'] as const).map(at)])
      expect([path, (await otto.ask(path)).status]).toEqual([path, 403])
    expect(await found()).toMatchObject({ version: 1, status: 'active' })
  })

  test('AUTHZ-17 nor does an admin change anything without the token of the form', async () => {
    for (const path of ['/admin/apps/new', ...changes.map(at)]) {
      const answer = await iris.ask(path, { method: 'POST', body: new URLSearchParams({ version: '1' }) })
      expect([path, answer.status]).toEqual([path, 403])
    }
    expect(await found()).toMatchObject({ version: 1 })
  })
})

test('an app from the clients folder is shown, and changed in its file only; it can be disabled', async () => {
  await server.house.clients.update(id, web(), { origin: 'config' })
  const page = await iris.open(at('settings'))
  says(page, 'This app comes from a file in the clients folder')
  expect(page.html).not.toContain('Save changes')
  says(await iris.submit(await iris.open(at('disable')), {}), 'is disabled')
})

test('the dashboard tells what happened, and who changed what', async () => {
  server.clock.advance(HOUR)
  await iris.submit(await iris.open(at('disable')), { reason: 'staging host retired' })
  const page = await iris.open('/admin')
  says(page, /Sign-ins [1-9]/)
  says(
    page,
    new RegExp(`Iris Okafor disabled Growth Chart ${count} 1 March 2026 Reason: staging host retired`),
  )
  says(page, 'Audit trail : well Is being written')
  expect((await iris.open('/admin?span=week')).status).toBe(200)
})

/** The one form of a page whose address ends so. */
function formAt(html: string, end: string): string {
  return html.match(new RegExp(`<form[^>]*action="[^"]*/${end}"[\\s\\S]*?</form>`))?.[0] ?? ''
}
