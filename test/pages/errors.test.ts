import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { linksOf, visit } from './pages.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test('REST-19 an unknown address is a page for browsers, with the reference of the request', async () => {
  const page = await visit(server, '/nowhere', { headers: { 'x-request-id': 'trace-404' } })
  expect(page.status).toBe(404)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('vary')).toBe('Accept')
  expect(page.text).toContain('There is nothing at this address')
  expect(page.text).toContain('<code id="reference">trace-404</code>')
  expect(page.text).toContain('<code>not-found</code>')
  // The clock of the server, not of this machine.
  expect(page.text).toContain('1 March 2026, 12:00 UTC')
  expect(page.text).toContain('<time datetime="2026-03-01T12:00:00.000Z">')
})

test.each(['*/*', 'application/json', 'application/json, text/html;q=0.9', 'image/png', 'nonsense', ''])(
  'REST-19 to "%s" an unknown address is JSON',
  async (accept) => {
    const answer = await visit(server, '/nowhere', { headers: { accept, 'x-request-id': 'trace-json' } })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('vary')).toBe('Accept')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.body).toEqual({
      error: 'not-found',
      message: expect.stringContaining(`${server.fhir}/.well-known/smart-configuration`),
      reference: 'trace-json',
    })
  },
)

test.each(['text/html', 'text/html;q=0.9, application/json;q=0.8', 'application/xhtml+xml, text/html'])(
  'to "%s" it is a page',
  async (accept) => {
    const page = await visit(server, '/nowhere', { headers: { accept } })
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  },
)

test('a hostile address, reference or header is nowhere in the page', async () => {
  const attack = '"><script>alert(1)</script>'
  const page = await visit(server, `/${encodeURIComponent(attack)}/%00/alert(1)?q=<script>alert(1)`, {
    headers: { 'x-request-id': attack, referer: `https://evil.example/${attack}`, 'accept-language': attack },
  })
  expect(page.status).toBe(404)
  expect(page.text).not.toMatch(/alert|evil/)
  expect(page.text).toMatch(/<code id="reference">[\w-]{36}<\/code>/)
})

test('an address that cannot be decoded is refused as a page too', async () => {
  for (const path of ['/%zz', '/help/%', '/assets/%ff']) {
    const page = await visit(server, path)
    expect([path, page.status]).toEqual([path, 404])
    expect(page.text).toContain('Reference to quote')
  }
})

test('SEC-05 the page that refuses a foreign host is dressed, and leads to the right one', async () => {
  const headers = { host: 'evil.example' }
  const page = await visit(server, '/help', { headers })
  expect(page.status).toBe(421)
  expect(page.text).toContain('This is not the address of this server')
  expect(page.text).not.toContain('evil')
  const links = linksOf(page.text)
  const assets = links.filter((link) => link.startsWith('/assets/'))
  expect(assets).toHaveLength(3)
  for (const asset of assets) expect((await visit(server, asset, { headers })).status).toBe(200)
  // Everything else would be refused again under that name.
  expect(links.filter((link) => !assets.includes(link) && link !== '#main')).toEqual([
    `${server.url}/`,
    `${server.url}/help`,
    `${server.url}/`,
    `${server.url}/help#privacy`,
    `${server.url}/help#accessibility`,
    `${server.url}/?lang=es`,
  ])
})

test('an error is told in the language of the browser, with no English sentence in it', async () => {
  const headers = { 'accept-language': 'es-MX,es;q=0.9,en;q=0.8' }
  for (const [path, method, heading] of [
    ['/nowhere', 'GET', 'En esta dirección no hay nada'],
    ['/help', 'PUT', 'Esta dirección no funciona así'],
    ['/sign-in/gone', 'GET', 'Esta página se ha cerrado'],
  ] as const) {
    const page = await visit(server, path, { method, headers })
    expect(page.text).toContain(`<h1>${heading}</h1>`)
    expect(page.text).toContain('<html lang="es">')
    expect(page.text).not.toMatch(/\b(?:the|this|takes)\b/)
    expect(page.text).toContain('href="?lang=en"')
  }
})

test('what a request was about is not lost by asking for another language', async () => {
  expect((await visit(server, '/nowhere?page=2')).text).not.toContain('lang=es')
  expect((await visit(server, '/nowhere?lang=es')).text).toContain('href="?lang=en"')
})

test('the other doors keep their own shape of error, whatever a browser prefers', async () => {
  const fhir = await visit(server, '/fhir/Patient')
  expect([fhir.status, fhir.body.resourceType]).toEqual([401, 'OperationOutcome'])
  const token = await visit(server, '/oauth2/token')
  expect([token.status, token.body.error]).toEqual([405, 'invalid_request'])
})

// The last one, as it takes the database away.
test('a mistake of ours is a page without its cause; the cause is in the log, under the reference', async () => {
  await server.house.db.close()
  const page = await visit(server, '/', { headers: { 'x-request-id': 'trace-500' } })
  expect(page.status).toBe(500)
  expect(page.text).toContain('Something went wrong on our side')
  expect(page.text).toContain('<code id="reference">trace-500</code>')
  expect(page.text).not.toMatch(/database|sqlite|\.ts\b|node_modules|at \w+ \(/i)
  const line = server.logged.find(({ requestId, level }) => requestId === 'trace-500' && level === 'error')
  expect(line).toMatchObject({ err: { stack: expect.stringContaining('at ') } })

  const plain = await visit(server, '/', { headers: { accept: '*/*', 'x-request-id': 'trace-500-json' } })
  expect(plain.status).toBe(500)
  expect(plain.body).toEqual({
    error: 'internal',
    message: expect.stringContaining('quote the reference'),
    reference: 'trace-500-json',
  })
  expect(
    server.logged.filter(({ requestId, level }) => requestId === 'trace-500-json' && level === 'error'),
  ).toHaveLength(1)
})
