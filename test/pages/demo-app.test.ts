import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import Koa from 'koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoAppMetadata } from '../../src/clients/demo-app.ts'
import { metadataSchema } from '../../src/clients/metadata.ts'
import { smartVocabulary } from '../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import type { RequestState } from '../../src/observe/request-context.ts'
import { demoApp } from '../../src/pages/demo-app.ts'
import { parseScopes } from '../../src/smart/scope.ts'
import { rawRequest } from '../support/oauth.ts'
import { viewProblems } from '../views/check-view.ts'
import { linksOf } from './pages.ts'

const folder = resolve(import.meta.dirname, '../../views')
const own = (name: string) => readFileSync(join(folder, 'demo-app', name), 'utf8')

let server: Server
let base: string
beforeAll(async () => {
  server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  base = `http://localhost:${(server.address() as AddressInfo).port}`
  server.on(
    'request',
    new Koa<RequestState>().use(demoApp({ folder, baseUrl: base, open: false })).callback(),
  )
})
afterAll(() => server.close())

const ask = (path: string, more: { method?: string; headers?: Record<string, string> } = {}) =>
  rawRequest({ url: base }, { path, ...more })

test.each([
  ['', 'text/html; charset=utf-8', 'index.html'],
  ['launch.html', 'text/html; charset=utf-8', 'launch.html'],
  ['app.js', 'text/javascript; charset=utf-8', 'app.js'],
  ['glance.css', 'text/css; charset=utf-8', 'glance.css'],
  ['logo.svg', 'image/svg+xml', 'logo.svg'],
])(
  'AUTHZ-17 /demo/app/%s comes with its type, and may do nothing but what is ours',
  async (path, type, name) => {
    const answer = await ask(`/demo/app/${path}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.text).toBe(own(name))
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';/,
    )

    const head = await ask(`/demo/app/${path}`, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    const etag = answer.headers.get('etag') ?? ''
    expect((await ask(`/demo/app/${path}`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask(`/demo/app/${path}`, { headers: { 'if-none-match': '"old"' } })).status).toBe(200)
  },
)

test('all that the pages and scripts load is there', async () => {
  const names = ['index.html', 'launch.html'].flatMap((page) => {
    const loaded = own(page).matchAll(/<(?:link|script|img)\s[^>]*>/g)
    return linksOf([...loaded].join('\n'))
  })
  expect(new Set(names)).toEqual(
    new Set(['logo.svg', 'site.css', 'glance.css', 'fhir-client.js', 'app.js', 'launch.js']),
  )
  const seen = new Set<string>()
  for (const queue = [...names]; queue.length > 0; ) {
    const name = queue.pop() ?? ''
    if (seen.has(name)) continue
    seen.add(name)
    const answer = await ask(`/demo/app/${name}`)
    expect([name, answer.status]).toEqual([name, 200])
    const imports = answer.text.matchAll(/^import .* from '\.\/([^']+)'$/gm)
    queue.push(...[...imports].map((found) => found[1] ?? ''))
  }
  expect(seen.size).toBeGreaterThan(15)
})

test('the pages have no inline script, no inline style and no foreign asset', () => {
  expect(['index.html', 'launch.html'].flatMap((page) => viewProblems(own(page)))).toEqual([])
})

test.each([
  '/demo',
  '/demo/',
  '/demo/app/index.html',
  '/demo/app/nothing.js',
  '/demo/app//',
  '/demo/app/%61pp.js',
  '/demo/app/../../package.json',
  '/demo/app/..%2f..%2fpackage.json',
  '/demo/app/__proto__',
  '/demo/apple',
])('%s is nothing', async (path) => {
  expect((await ask(path)).status).toBe(404)
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is left to others', async (method) => {
  expect((await ask('/demo/app/', { method })).status).toBe(404)
  expect((await ask('/demo/app', { method })).status).toBe(404)
})

test('AUTHZ-03 the app is at its one registered address, whichever name of loopback was asked', async () => {
  const bare = await ask('/demo/app')
  expect([bare.status, bare.headers.get('location')]).toEqual([302, `${base}/demo/app/`])

  const host = new URL(base).host.replace('localhost', '127.0.0.1')
  const launch = await ask('/demo/app/launch.html?iss=x&launch=y', { headers: { host } })
  expect(launch.status).toBe(302)
  expect(launch.headers.get('location')).toBe(`${base}/demo/app/launch.html?iss=x&launch=y`)
  expect(launch.headers.get('cache-control')).toBe('no-store')
})

test('the app may be registered, and ask for all that it asks for', async () => {
  const { client_id, scope, redirect_uris, launch_uris } = metadataSchema.parse(demoAppMetadata(base))
  expect([redirect_uris, launch_uris]).toEqual([[`${base}/demo/app/`], [`${base}/demo/app/launch.html`]])
  expect(own('launch.js')).toContain(`clientId: '${client_id}'`)
  expect(parseScopes(scope, smartVocabulary(loadDefinitions(), [])).problems).toEqual([])
  const ceiling = scope.split(' ')
  const { asked } = await import(join(folder, 'demo-app/scopes.js'))
  for (const scopes of [asked.ehr, asked.standalone]) {
    expect(scopes.split(' ').filter((one: string) => !ceiling.includes(one))).toEqual([])
  }
})
