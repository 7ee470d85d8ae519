import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import { randomId } from '../../src/lib/id.ts'
import { seconds } from '../../src/lib/time.ts'
import type { TestServer } from './server.ts'

/** An authorization server of somebody else, with discovery and keys. */
export type OutsideIssuer = {
  issuer: string
  /** A key of its own, published. */
  key: KeyObject
  /** The addresses that were asked for. */
  asked: string[]
  /** Publishes these keys and no others from now on. */
  publish(keys: readonly object[]): void
  /** Answers with this status from now on. */
  fail(status: number | undefined): void
  /**
   * An access token for a server of ours, but for the changes; `undefined` takes a member away.
   * @param by what it is signed with
   */
  token(
    server: Pick<TestServer, 'fhir' | 'clock'>,
    claims?: Record<string, unknown>,
    header?: Record<string, unknown>,
    by?: KeyObject | Uint8Array,
  ): Promise<string>
  close(): Promise<void>
}

export async function startOutsideIssuer(): Promise<OutsideIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'outside-1', alg: 'ES256', use: 'sig' }
  let keys: readonly object[] = [jwk]
  let failing: number | undefined
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const document = request.url === '/jwks' ? { keys } : { issuer, jwks_uri: `${issuer}/jwks` }
    response.writeHead(failing ?? 200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' })
    response.end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    key: privateKey,
    asked,
    publish(more) {
      keys = more
    },
    fail(status) {
      failing = status
    },
    async token({ fhir, clock }, claims = {}, header = {}, by = privateKey) {
      const now = seconds(clock.now)
      const standard = {
        iss: issuer,
        aud: fhir,
        sub: 'nurse-7',
        client_id: 'ward-app',
        scope: 'user/*.cruds',
        iat: now,
        exp: now + 300,
        jti: randomId(),
      }
      return await new SignJWT({ ...standard, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'outside-1', ...header } as { alg: string })
        .sign(by)
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
