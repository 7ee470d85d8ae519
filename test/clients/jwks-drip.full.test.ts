import { expect, test } from 'vitest'
import { startJwksServer } from '../support/jwks-server.ts'
import { auditOf, registerBackend, requestToken } from '../support/oauth.ts'
import { startServer } from '../support/server.ts'

test('CAUTH-15 a site that drips holds a request no longer than five seconds, and nobody else', async () => {
  const server = await startServer()
  const site = await startJwksServer()
  try {
    site.handle((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    const backend = await registerBackend(server, { jwks_uri: site.url })
    const other = await registerBackend(server)
    const started = performance.now()
    const dripping = requestToken(server, backend)
    expect((await requestToken(server, other)).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(2000)
    const answer = await dripping
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    expect(performance.now() - started).toBeLessThan(7000)
    const row = await auditOf(server, answer)
    expect(row?.reason).toBe('jwks-unavailable')
    expect(row?.detail).toMatch(/no complete answer within 5000 ms/)
  } finally {
    await site.close()
    await server.close()
  }
})
