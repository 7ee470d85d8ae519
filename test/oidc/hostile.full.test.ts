import { connect } from 'node:net'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attacks, withstand } from '../support/hostile.ts'
import { auditRows, type Backend, post, registerBackend, requestToken } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let server: TestServer
  let backend: Backend
  beforeAll(async () => {
    server = await startServer({ engine })
    backend = await registerBackend(server)
  })
  afterAll(() => server.close())

  test('SEC-07, TOK-07 whatever is sent, the answer is an OAuth answer, and the server stays well', async () => {
    await fc.assert(
      fc.asyncProperty(attacks(server, backend), async (attack) => {
        await withstand(server, attack)
      }),
      { numRuns: 1500 },
    )
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
    expect((await requestToken(server, backend)).status).toBe(200)
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    [
      'a body that ends early',
      'POST /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant',
    ],
    [
      'two lengths',
      'POST /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
    ],
    [
      'length and chunks',
      'POST /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a chunk without end',
      'POST /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nabc',
    ],
    [
      'a path that cannot be decoded',
      'GET /oauth2/%E0%A4%A HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n',
    ],
    ['headers without end', `GET /oauth2/jwks HTTP/1.1\r\nHost: HOST\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a header with a line break', 'GET /oauth2/jwks HTTP/1.1\r\nHost: HOST\r\nX: a\n b\r\n\r\n'],
    [
      'an upgrade',
      'GET /oauth2/token HTTP/1.1\r\nHost: HOST\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    ],
    ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ])('SEC-07 %s does no harm', async (_what, request) => {
    const { host, port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    const heard: Buffer[] = []
    socket.on('data', (chunk) => heard.push(chunk))
    socket.on('error', () => {})
    socket.write(request.replaceAll('HOST', host))
    await new Promise((resolve) => setTimeout(resolve, 150))
    socket.destroy()
    const text = Buffer.concat(heard).toString()
    expect(text).not.toMatch(/^HTTP\/1\.1 5/)
    expect(text).not.toMatch(/\bat .*\.ts:\d+|node_modules/)
    expect((await requestToken(server, backend)).status).toBe(200)
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('TOK-07 a client that goes away in the middle of its body is no error of ours', async () => {
    const { host, port } = new URL(server.url)
    for (let attempt = 0; attempt < 5; attempt++) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(
        `POST /oauth2/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ngrant_type=`,
      )
      await new Promise((resolve) => setTimeout(resolve, 50))
      socket.destroy()
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
    expect((await requestToken(server, backend)).status).toBe(200)
  })

  test('SEC-07 while the audit takes no more rows, refusals are answered and fill no memory', async () => {
    const { audit, db } = server.house
    await audit.flush()
    await sql`alter table audit rename to elsewhere`.execute(db.kysely)
    for (let row = 0; row < 20_000; row++)
      audit.note({ event: 'token.issue', outcome: 'refused', requestId: 'waits' })
    const refused = await post(server, '/oauth2/token', { grant_type: 'x' }, { 'x-request-id': 'beyond' })
    expect(refused.status).toBe(400)
    expect(
      server.logged.some(
        ({ requestId, reason }) => requestId === 'beyond' && reason === 'grant-type-unknown',
      ),
    ).toBe(true)
    // The attempt under way fails before the table is back.
    await audit.flush()
    await sql`alter table elsewhere rename to audit`.execute(db.kysely)
    const rows = await auditRows(server)
    expect(rows.filter(({ request_id }) => request_id === 'waits')).toHaveLength(20_000)
    expect(rows.filter(({ request_id }) => request_id === 'beyond')).toEqual([])
    expect((await requestToken(server, backend)).status).toBe(200)
  })
})
