import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { linksOf, visit } from './pages.ts'

const folder = resolve(import.meta.dirname, '../../views/assets')

let server: TestServer
let addresses: string[]
beforeAll(async () => {
  server = await startServer()
  addresses = linksOf((await visit(server, '/')).text).filter((link) => link.startsWith('/assets/'))
})
afterAll(() => server.close())

test('a page names its assets by their content', () => {
  const named = addresses.map((address) => address.replace(/\.[0-9a-f]{12}\./, '.'))
  expect(named).toEqual(['/assets/favicon.svg', '/assets/site.css', '/assets/enhance.js'])
  for (const address of addresses) {
    const [, name = '', hash, ending] = /^\/assets\/(\w+)\.(\w+)\.(\w+)$/.exec(address) ?? []
    const content = readFileSync(join(folder, `${name}.${ending}`))
    expect(createHash('sha256').update(content).digest('hex').slice(0, 12)).toBe(hash)
  }
})

test('an asset comes with its type and may be kept for ever', async () => {
  const types = ['image/svg+xml', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8']
  for (const [index, address] of addresses.entries()) {
    const asset = await visit(server, address)
    expect(asset.status).toBe(200)
    expect(asset.headers.get('content-type')).toBe(types[index])
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff')
    expect(asset.headers.get('content-security-policy')).toContain("default-src 'none'")
    const name = address.replace(/\.[0-9a-f]{12}\./, '.').slice('/assets/'.length)
    expect(asset.text).toBe(readFileSync(join(folder, name), 'utf8'))

    const head = await visit(server, address, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(asset.headers.get('content-length'))
    expect((await visit(server, address, { method: 'POST' })).status).toBe(404)
  }
})

test.each([
  '/assets',
  '/assets/',
  '/assets/site.css',
  '/assets/site.000000000000.css',
  '/assets/../package.json',
  '/assets/../../etc/passwd',
  '/assets/..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..\\package.json',
  '/assets/..%5cpackage.json',
  '/assets/....//package.json',
  '/assets//etc/passwd',
  '/assets/%2fetc%2fpasswd',
  '/assets/site.css%00.svg',
  '/assets/../pages/landing.ejs',
  '/views/assets/site.css',
  '/assets/__proto__',
  '/assets/constructor',
  '//assets/site.css',
])('%s is no asset', async (path) => {
  const answer = await visit(server, path)
  expect(answer.status).toBe(404)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.text).not.toMatch(/"dependencies"|root:|--paper|words\./)
})

// The drawings kept within 20 kB; the console's pages that were not drawn need a little more.
test('the stylesheet stays small', () => {
  expect(readFileSync(join(folder, 'site.css')).length).toBeLessThan(23 * 1024)
})
