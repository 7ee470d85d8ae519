import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoRoles } from '../../src/cli/demo-roles.ts'
import { en } from '../../src/pages/words/en.ts'
import { roleFile } from '../../src/users/role-file.ts'
import { type Browser, textOf } from '../support/browser-client.ts'
import { answerOf, auditRows, registerBackend, token } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'
import { controlsOf } from './controls.ts'

const { roles: said, people } = en.admin
let server: TestServer
let iris: Browser
let noor: Browser
let otto: Browser
let api: (method: string, path: string, body?: unknown, seen?: number) => Promise<Response>
beforeAll(async () => {
  server = await startServer({ engine })
  for (const [username, role] of [
    ['iris', 'admin'],
    ['noor', 'admin'],
    ['otto', 'auditor'],
  ] as const)
    await addUser(server.house, { username, display_name: username, roles: [role] })
  for (const role of demoRoles) await server.house.roles.add(role, 'command')
  await server.house.roles.add(desk('rs'), 'command')
  await addUser(server.house, {
    username: 'jo',
    display_name: 'Jo Berg',
    roles: ['desk'],
    attributes: { location: 'Location/1' },
  })
  ;[iris, noor, otto] = [
    await signedInAs(server, 'iris'),
    await signedInAs(server, 'noor'),
    await signedInAs(server, 'otto'),
  ]
  const script = await registerBackend(server, { scope: '__admin' })
  const bearer = await token(server, script, { scope: '__admin' })
  api = async (method, path, body, seen) =>
    await fetch(`${server.url}/admin/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(seen === undefined ? {} : { 'if-match': `"${seen}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
})
afterAll(() => server.close())

const rule = (letters: string, more: object = {}) => ({
  types: ['Appointment'],
  letters,
  where: ['location=%user.location'],
  hide: ['comment'],
  ...more,
})
const desk = (letters: string, more: object = {}) => ({
  role: 'desk',
  title: 'Desk',
  rules: [rule(letters, more)],
})

type Pair = [string, string]
async function post(browser: Browser, path: string, fields: readonly Pair[]) {
  const body = new URLSearchParams([...fields])
  body.set('csrf', await csrfOf(browser))
  return await browser.ask(path, { method: 'POST', body })
}
/** Presses a button of a form as it stands. @param change what was typed and ticked before, undefined to untick */
async function press(
  browser: Browser,
  path: string,
  html: string,
  button: string,
  change: readonly [name: string, value: string | undefined, old?: string][] = [],
) {
  const changes = (name: string, value: string) =>
    change.find(([of, , old]) => of === name && (old === undefined || old === value))
  const kept = controlsOf(html).flatMap(([name, value]): Pair[] => {
    if (name === 'do') return []
    const found = changes(name, value)
    if (found === undefined) return [[name, value]]
    return found[1] === undefined ? [] : [[name, found[1]]]
  })
  const added = change.filter(
    ([name, value, old]) => value !== undefined && old === undefined && !kept.some(([of]) => of === name),
  )
  return await post(browser, path, [
    ...kept,
    ...added.map(([name, value]): Pair => [name, value ?? '']),
    ['do', button],
  ])
}
const open = async (browser: Browser, path: string) => (await browser.open(path)).html
const fileOfRole = async (name: string) => (await server.house.roles.find(name))?.file
const lastAudit = async () => (await auditRows(server)).at(-1)

describe('the form of a role', () => {
  test.each([...demoRoles.map(({ role }) => role), 'desk'])(
    'what the page of %s shows is what is stored: sent as it was shown, nothing differs',
    async (role) => {
      const path = `/admin/roles/${role}/edit`
      const html = await open(iris, path)
      const review = await press(iris, path, html, 'review')
      expect([review.status, textOf(review.html)]).toEqual([200, expect.stringContaining(said.review.none)])
      const before = await fileOfRole(role)
      expect((await press(iris, path, html, 'save')).status).toBe(303)
      expect(await fileOfRole(role)).toEqual(before)
    },
  )

  test('AUD-09 a role is made rule by rule, reviewed and defined; the audit says who and why', async () => {
    const path = '/admin/roles/new'
    let { html } = await press(iris, path, await open(iris, path), 'add', [
      ['role', 'ward'],
      ['title', 'Ward'],
    ])
    expect(textOf(html)).toContain(said.sentence.nothing)
    const first: [string, string][] = [
      ['more-types-0', 'Observation Condition'],
      ['letters-0', 'r'],
      ['where-0', 'patient=%patient'],
      ['more-hide-0', 'note'],
    ]
    html = (await press(iris, path, html, 'stay-0', first)).html
    expect(textOf(html)).toContain('only where patient is the patient in context, without note.')
    html = (await press(iris, path, html, 'copy-0')).html
    html = (await press(iris, path, html, 'stay-1', [['types-1', undefined, 'Condition']])).html
    const review = await press(iris, path, html, 'review', [['basic', 'read']])
    const told = textOf(review.html)
    expect(told).toContain(said.sentence.basic.read)
    expect(told).toContain(said.review.nobody)
    const saved = await press(iris, path, review.html, 'save', [['reason', 'new ward']])
    expect([saved.status, saved.location]).toEqual([303, `${server.url}/admin/roles/ward`])
    const both = { letters: 'r', where: ['patient=%patient'], hide: ['note'] }
    expect(await fileOfRole('ward')).toEqual(
      roleFile.parse({
        role: 'ward',
        title: 'Ward',
        rules: [
          { ...both, types: ['Observation', 'Condition'] },
          { ...both, types: ['Observation'] },
        ],
        basic: 'read',
      }),
    )
    expect(await lastAudit()).toMatchObject({
      event: 'role.add',
      user_id: (await server.house.users.findByName('iris'))?.id,
      detail: expect.stringContaining('new ward'),
    })
    const shown = textOf(await open(iris, '/admin/roles/ward'))
    expect(shown).toContain(said.page.nobody)
    const taken = await press(iris, path, review.html, 'save')
    expect([taken.status, textOf(taken.html)]).toEqual([400, expect.stringContaining('exists already')])
  })

  test('what cannot be is told beside its field, with what was typed', async () => {
    const path = '/admin/roles/desk/edit'
    const html = await open(iris, path)
    const wrong = await press(iris, path, html, 'review', [
      ['where-0', 'colour=red', 'location=%user.location'],
      ['more-hide-0', 'wings'],
      ['more-types-0', ''],
      ['title', ''],
    ])
    expect(wrong.status).toBe(400)
    expect(wrong.html).toContain('href="#title"')
    const second = await press(iris, path, wrong.html, 'review', [['title', 'Desk']])
    expect(second.html).toContain('href="#where-0-0"')
    expect(second.html).toContain('id="where-0-0-error"')
    expect(second.html).toContain('value="colour=red"')
    expect(second.html).toContain('id="more-hide-0-error"')
    expect((await server.house.roles.find('desk'))?.file.rules[0]?.hide).toEqual(['comment'])
  })

  test('a role begins as a copy of another, one of the server’s own too; as a file it says the same', async () => {
    const copy = await open(iris, '/admin/roles/new?from=frontdesk')
    const review = await press(iris, '/admin/roles/new', copy, 'save', [
      ['role', 'desk-two'],
      ['title', 'Desk two'],
    ])
    expect(review.status).toBe(303)
    const [one, two] = [await fileOfRole('frontdesk'), await fileOfRole('desk-two')]
    expect({ ...two, role: 'frontdesk', title: one?.title }).toEqual(one)
    expect(await open(iris, '/admin/roles/new?from=clinician')).toContain('value="*" checked')
    const file = controlsOf(await open(iris, '/admin/roles/desk-two/edit?as=file'))
    expect(JSON.parse(file.find(([name]) => name === 'file')?.[1] ?? '')).toEqual(two)
    const download = await iris.ask('/admin/roles/desk-two/download')
    expect(download.headers.get('content-disposition')).toContain('desk-two.json')
    expect(JSON.parse(download.html)).toEqual(two)
    const typed = '{"role": "half'
    const broken = await post(iris, '/admin/roles/new', [['file', typed]])
    expect([broken.status, textOf(broken.html)]).toEqual([400, expect.stringContaining(said.file.json)])
    const unreadable = JSON.stringify({ ...desk('rs', { where: ['nonsense=1'] }), role: 'other' })
    const refused = await post(iris, '/admin/roles/new', [['file', unreadable]])
    expect([refused.status, textOf(refused.html)]).toEqual([400, expect.stringContaining('nonsense')])
    expect(await server.house.roles.find('other')).toBeUndefined()
  })
})

describe('narrowing a role', () => {
  const asked = '/admin/try?user=jo&scope=user%2F*.rs&path=%2FAppointment%3Fstatus%3Dbooked'
  const edit = '/admin/roles/desk/edit'
  const question: [string, string][] = [
    ['user', 'jo'],
    ['scope', 'user/*.rs'],
    ['path', '/Appointment?status=booked'],
  ]

  test('ENF-26 the draft is tried before it is saved; the review says who loses what; then it counts', async () => {
    const before = textOf(await open(iris, asked))
    for (const text of [people.try.allowed, 'location=Location/1', 'rule 1 of role desk'])
      expect(before).toContain(text)

    const html = await open(iris, edit)
    const draft: [string, undefined, string][] = [['letters-0', undefined, 's']]
    const trial = await press(iris, edit, html, 'try', draft)
    expect(controlsOf(trial.html)).toContainEqual(['user', 'jo'])
    const compared = textOf((await press(iris, edit, trial.html, 'decide', question)).html)
    for (const text of [people.try.compared.refused, people.try.now, people.try.withDraft])
      expect(compared).toContain(text)
    expect(textOf(await open(iris, asked))).toContain(people.try.allowed)

    const review = await press(iris, edit, html, 'review', draft)
    const told = textOf(review.html)
    expect(told).toContain(said.review.affected('1'))
    expect(told).toContain('May no longer find appointments')
    expect((await press(iris, edit, review.html, 'save', [['reason', 'no lists']])).status).toBe(303)
    expect(textOf(await open(iris, asked))).toContain(people.try.refused)
    const audited = await lastAudit()
    expect(audited).toMatchObject({ event: 'role.update' })
    expect(JSON.parse(audited?.detail ?? '{}')).toMatchObject({
      role: 'desk',
      why: 'no lists',
      changed: { rules: { before: [rule('rs')], after: [rule('r')] } },
    })
  })

  test('the second of two who edit a role is told who was first, and may save theirs over it: nothing is lost', async () => {
    const mine = await open(iris, edit)
    const theirs = await open(noor, edit)
    expect((await press(noor, edit, theirs, 'save', [['title', 'Reception']])).status).toBe(303)
    for (const button of ['review', 'try', 'save']) {
      const late = await press(iris, edit, mine, button, [
        ['letters-0', undefined, 'r'],
        ['letters-0', 's'],
      ])
      expect([button, late.status]).toEqual([button, 409])
    }
    // Also after another look at the form, which is still of what she saw.
    const more = await press(iris, edit, mine, 'add')
    expect([more.status, (await press(iris, edit, more.html, 'save')).status]).toEqual([200, 409])
    const late = await press(iris, edit, mine, 'review', [['description', 'Mine']])
    expect(textOf(late.html)).toContain('noor changed title')
    expect((await fileOfRole('desk'))?.title).toBe('Reception')
    const over = await press(iris, edit, late.html, 'save')
    expect([over.status, await fileOfRole('desk')]).toMatchObject([
      303,
      { title: 'Desk', description: 'Mine' },
    ])
  })

  test('the API tells the same: holders, review, comparison; all of it in its document', async () => {
    const holders = await answerOf(await api('GET', '/roles/desk/holders'))
    expect(holders.body).toMatchObject({ users: 1, some: [{ username: 'jo' }], clients: [], api_keys: [] })
    const draft = desk('rs', { hide: ['comment', 'description'] })
    const review = await answerOf(await api('POST', '/roles/desk/review', { file: draft }))
    expect(review.body).toMatchObject({
      users: 1,
      losses: [{ of: 'rules', types: ['Appointment'], letters: 'r', gone: false, hide: ['description'] }],
      gains: [{ of: 'rules', letters: 's', gone: true }],
    })
    const question = { user: 'jo', scope: 'user/*.rs', path: '/Appointment', draft }
    const compared = await answerOf(await api('POST', '/explain', question))
    expect(compared.body).toMatchObject({ now: { allowed: false }, draft: { allowed: true } })
    const alone = await answerOf(
      await api('GET', '/explain?user=iris&role=desk&scope=user/*.rs&path=/Appointment/1'),
    )
    expect([alone.status, JSON.stringify(alone.body)]).toEqual([200, expect.stringContaining('role desk')])
    const nobody = await api('GET', '/explain?role=desk&scope=user/*.rs&path=/Appointment/1')
    expect(nobody.status).toBe(400)
    const wrong = await answerOf(await api('POST', '/roles/desk/review', { file: desk('sr') }))
    expect([wrong.status, wrong.body.errors]).toMatchObject([400, [{ path: 'rules.0.letters' }]])
    const list = await answerOf(await api('GET', '/roles'))
    expect(list.body).toMatchObject({ built_in: expect.arrayContaining([{ role: 'admin', users: 2 }]) })
  })
})

test('a role that somebody has is not deleted, and who has it is told; afterwards it is', async () => {
  const path = '/admin/roles/desk/remove'
  const asks = textOf(await open(iris, path))
  for (const text of [said.remove.held('desk'), 'Jo Berg']) expect(asks).toContain(text)
  const version = String((await server.house.roles.find('desk'))?.version)
  const refused = await post(iris, path, [['version', version]])
  expect([refused.status, textOf(refused.html)]).toEqual([409, expect.stringContaining('Jo Berg')])
  const byApi = await answerOf(await api('DELETE', '/roles/desk', undefined, Number(version)))
  expect([byApi.status, byApi.body.detail]).toEqual([409, expect.stringContaining('still held by jo')])
  await server.house.users.remove('jo')
  expect(textOf(await open(iris, path))).toContain(said.remove.removeHeading('desk'))
  expect((await post(iris, path, [['version', version]])).location).toBe(`${server.url}/admin/roles`)
  expect(await server.house.roles.find('desk')).toBeUndefined()
})

test('roles of a file and the server’s own are read only, and say so; they can be copied', async () => {
  await server.house.roles.add({ ...desk('r'), role: 'filed', title: 'Filed' }, 'config')
  const page = await open(iris, '/admin/roles/filed')
  expect(textOf(page)).toContain(said.page.configured)
  expect([page.includes('filed/edit'), page.includes('new?from=filed')]).toEqual([false, true])
  const forced = await post(iris, '/admin/roles/filed/edit', [
    ['file', JSON.stringify({ ...desk('rs'), role: 'filed' })],
    ['version', '1'],
    ['do', 'save'],
  ])
  expect([forced.status, (await server.house.roles.find('filed'))?.version]).toEqual([409, 1])
  expect((await iris.ask('/admin/roles/filed/edit')).status).toBe(409)
  const own = await open(iris, '/admin/roles/clinician')
  expect(textOf(own)).toContain(said.builtIn.clinician)
  expect((await iris.ask('/admin/roles/clinician/edit')).status).toBe(404)
})

test('a role with more in it than a form holds is edited as a file', async () => {
  const hide = server.house.definitions.resourceTypes.slice(0, 90).map((type) => `participant.actor(${type})`)
  const rules = Array.from({ length: 20 }, () => ({ types: ['Appointment'], letters: 'r', hide }))
  await server.house.roles.add({ role: 'huge', title: 'Huge', rules }, 'command')
  const html = await open(iris, '/admin/roles/huge/edit')
  expect(textOf(html)).toContain(said.form.tooLarge)
  const review = await press(iris, '/admin/roles/huge/edit', html, 'review')
  expect([review.status, textOf(review.html)]).toEqual([200, expect.stringContaining(said.review.none)])
})

test('an auditor sees roles and tries requests, and is offered no change; what is posted all the same is refused', async () => {
  for (const path of ['/admin/roles', '/admin/roles/frontdesk', '/admin/roles/admin', '/admin/try']) {
    const { status, html } = await otto.open(path)
    expect([path, status]).toEqual([path, 200])
    expect([path, /method="post"|roles\/new|\/edit|\/remove|\/disable/.test(html)]).toEqual([path, false])
  }
  const before = await fileOfRole('frontdesk')
  const file = JSON.stringify({ ...before, rules: [] })
  for (const [path, fields] of [
    [
      '/admin/roles/new',
      [
        ['file', file],
        ['do', 'save'],
      ],
    ],
    [
      '/admin/roles/frontdesk/edit',
      [
        ['file', file],
        ['version', '1'],
        ['do', 'save'],
      ],
    ],
    [
      '/admin/roles/frontdesk/edit',
      [
        ['file', file],
        ['version', '1'],
        ['do', 'try'],
      ],
    ],
    ['/admin/roles/frontdesk/remove', [['version', '1']]],
    ['/admin/roles/frontdesk/disable', [['version', '1']]],
  ] as [string, Pair[]][])
    expect([path, (await post(otto, path, fields)).status]).toEqual([path, 403])
  for (const path of ['/admin/roles/new', '/admin/roles/frontdesk/edit'])
    expect([path, (await otto.ask(path)).status]).toEqual([path, 403])
  expect(await fileOfRole('frontdesk')).toEqual(before)
})
