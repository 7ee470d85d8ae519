import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backendClient } from '../support/backend-client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { linksOf, startProduction, visit } from './pages.ts'

const pages = ['/', '/help', '/nowhere', '/oauth2/authorize?client_id=x&redirect_uri=https://app.example/cb']

describe('demo mode', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  test.each(pages)('AUTHZ-17 %s has the headers of a page, and nothing from elsewhere', async (path) => {
    const { headers, text } = await visit(server, path)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('set-cookie')).toBeNull()
    const foreign = linksOf(text).filter((link) => !/^[/#?]/.test(link) && !link.startsWith(server.url))
    expect(foreign).toEqual([])
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(text.match(/<h1>/g)).toHaveLength(1)
  })

  test.each(pages)('%s carries the banner of demo mode', async (path) => {
    const { text } = await visit(server, path)
    expect(text).toContain('Demo mode: synthetic data, public passwords')
  })

  test.each(pages)('%s says the same to HEAD, without the body', async (path) => {
    const whole = await visit(server, path, { headers: { 'x-request-id': 'the-same' } })
    const head = await visit(server, path, { method: 'HEAD', headers: { 'x-request-id': 'the-same' } })
    expect(head.status).toBe(whole.status)
    expect(head.text).toBe('')
    for (const name of ['content-type', 'content-length', 'content-security-policy']) {
      expect(head.headers.get(name)).toBe(whole.headers.get(name))
    }
  })

  test('every link of every page leads somewhere', async () => {
    const links = new Set<string>()
    for (const path of pages) for (const link of linksOf((await visit(server, path)).text)) links.add(link)
    for (const link of links) {
      const { pathname, search, hash } = new URL(link, `${server.url}/`)
      const { status, text } = await visit(server, pathname + search)
      // Pages for which one signs in first.
      const isPersonal = ['/account', '/admin'].includes(pathname)
      expect([link, status]).toEqual([link, isPersonal ? 303 : 200])
      if (hash !== '' && !link.startsWith('#')) expect(text).toContain(`id="${hash.slice(1)}"`)
    }
    expect(links.size).toBeGreaterThan(10)
  })

  test('the start page shows the addresses of this server', async () => {
    const { status, text } = await visit(server, '/')
    expect(status).toBe(200)
    for (const address of [
      server.fhir,
      server.url,
      `${server.fhir}/.well-known/smart-configuration`,
      `${server.url}/oauth2/token`,
    ]) {
      expect(text).toContain(`>${address}<`)
    }
  })

  test('the first token is explained only while there is a client for it', async () => {
    const client = await backendClient('demo-backend')
    expect((await visit(server, '/')).text).not.toContain('Your first token')
    await server.house.clients.add(client.metadata, 'demo')
    const { text } = await visit(server, '/')
    expect(text).toContain('Your first token')
    expect(text).toContain('href="#first-token"')
    expect(text).toContain('npx lanyard token')
    await server.house.clients.setStatus('demo-backend', 'disabled')
    expect((await visit(server, '/')).text).not.toContain('npx lanyard token')
  })

  test.each([
    ['/', 'POST', 'GET, HEAD'],
    ['/help', 'PUT', 'GET, HEAD'],
  ])('%s refuses %s and says what it takes', async (path, method, allow) => {
    const page = await visit(server, path, { method })
    expect([page.status, page.headers.get('allow')]).toEqual([405, allow])
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.text).toContain(`This address takes ${allow} only.`)
  })

  test('AUTHZ-03 an app that is not known gets no redirect, and nothing it sent is on the page', async () => {
    const path = `/oauth2/authorize?response_type=code&client_id=${encodeURIComponent('"><script>alert(1)</script>')}&redirect_uri=https%3A%2F%2Fevil.example%2F&state=1`
    const page = await visit(server, path)
    expect([page.status, page.headers.get('location')]).toEqual([400, null])
    expect(page.text).toContain('This app could not be opened')
    expect(page.text).not.toMatch(/evil\.example|alert/)
  })

  test('a language is asked for by a link, kept, and else the one of the browser', async () => {
    const german = { 'accept-language': 'de-DE,de;q=0.9' }
    const spanish = { 'accept-language': 'fr;q=0.9,es-419;q=0.8,en;q=0.1' }
    const langOf = async (path: string, headers: Record<string, string>) =>
      /<html lang="(\w+)">/.exec((await visit(server, path, { headers })).text)?.[1]
    expect(await langOf('/help', german)).toBe('en')
    expect(await langOf('/help', spanish)).toBe('es')
    expect(await langOf('/help?lang=en', spanish)).toBe('en')
    expect(await langOf('/help?lang=xx', spanish)).toBe('es')
    expect(await langOf('/help', { ...spanish, cookie: 'lang=en' })).toBe('en')
    expect(await langOf('/help?lang=es', { ...german, cookie: 'lang=en' })).toBe('es')
    expect(await langOf('/help', { ...german, cookie: 'lang=__proto__' })).toBe('en')
  })
})

describe('production', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startProduction()
  })
  afterAll(() => server.close())

  test.each(pages)('%s has nothing of the demo', async (path) => {
    const { text } = await visit(server, path)
    expect(text).not.toMatch(/demo|synthetic|made up|alder valley/i)
    expect(text).not.toContain('/metrics')
  })

  test('the start page says whose server this is and where it is', async () => {
    // Even when somebody registers a client under the name that the demo uses.
    await server.house.clients.add((await backendClient('demo-backend')).metadata, 'command')
    const { status, text } = await visit(server, '/')
    expect(status).toBe(200)
    expect(text).toContain(`<h1>${new URL(server.url).host}</h1>`)
    for (const address of [server.fhir, server.url, `${server.fhir}/.well-known/smart-configuration`]) {
      expect(text).toContain(`>${address}<`)
    }
    expect(text).not.toMatch(/npx|demo-backend|What works today/)
  })
})
