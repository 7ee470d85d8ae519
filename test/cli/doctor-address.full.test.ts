import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Check } from '../../src/cli/doctor/check.ts'
import { publicUrlChecks } from '../../src/cli/doctor/public-url.ts'
import { postureChecks } from '../../src/cli/doctor/tls.ts'
import { examine } from '../../src/cli/doctor.ts'
import { serve } from '../../src/cli/serve.ts'
import { type Config, loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/observe/log.ts'
import { freePort } from '../support/free-port.ts'

let folder: string
let servers: Server[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-doctor-'))
  servers = []
})
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true })
})

const config = (environment: Record<string, string> = {}): Config => loadConfig(environment, folder)
const words = (found: Check[]) => found.map(({ name, state, sentence }) => `${state} ${name}: ${sentence}`)

async function listening(server: Server, scheme = 'http'): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return `${scheme}://localhost:${(server.address() as AddressInfo).port}`
}

/** Something that answers like a Lanyard, with what a test says otherwise. */
function lookalike(
  at: () => string,
  more: { issuer?: string; headers?: Record<string, string>; status?: number },
) {
  const handle: RequestListener = (request, response) => {
    const body = request.url?.includes('jwks') ? { keys: [{ kid: 'ours' }] } : { issuer: more.issuer ?? at() }
    response.writeHead(more.status ?? 200, more.headers)
    response.end(JSON.stringify(body))
  }
  return handle
}

/** What is said about a public address at which this answers. */
async function address(more: Parameters<typeof lookalike>[1], kids = ['ours']): Promise<string[]> {
  let url = ''
  url = await listening(createServer(lookalike(() => url, more)))
  return words(await publicUrlChecks({ ...config(), baseUrl: url }, kids)).map((line) =>
    line.replaceAll(url, 'URL'),
  )
}

test('a running server is recognised as this Lanyard', async () => {
  const running = await serve(config({ LANYARD_PORT: '0', LANYARD_SEED_PATIENTS: '0' }), createLog('silent'))
  // As the process itself makes it.
  chmodSync(join(folder, 'data/lanyard.sqlite'), 0o600)
  const found = words(await examine(running.config))
  await running.stop()
  expect(found).toContain(`ok public address: ${running.config.baseUrl} answers as this Lanyard.`)
  expect(found).toContain('ok clock: It agrees with the clock at the public address.')
  expect(found.filter((line) => !line.startsWith('ok '))).toEqual(['note API keys: There are none.'])
})

test('who else may answer at the public address', async () => {
  const clock = 'ok clock: It agrees with the clock at the public address.'
  expect(await address({})).toEqual(['ok public address: URL answers as this Lanyard.', clock])
  expect(await address({}, ['other'])).toEqual([
    'warning public address: URL answers as a Lanyard, but with other signing keys than this database has. Check LANYARD_DATABASE_URL.',
    clock,
  ])
  expect(await address({ issuer: 'https://elsewhere.example' })).toEqual([
    'failed public address: URL answers as "https://elsewhere.example". Set LANYARD_BASE_URL of the running server to its public address.',
    clock,
  ])
  expect((await address({ status: 503 }))[0]).toBe(
    'warning public address: URL answers, but is not ready yet.',
  )
  const stranger = await listening(
    createServer((_request, response) => response.writeHead(404).end('<h1>nginx</h1>')),
  )
  expect(words(await publicUrlChecks({ ...config(), baseUrl: stranger }, []))[0]).toBe(
    `failed public address: ${stranger} answers, but not as a Lanyard (status 404). Check LANYARD_BASE_URL and where the proxy leads.`,
  )
})

test('a clock at the public address that does not agree', async () => {
  const date = new Date(Date.now() - 60_000).toUTCString()
  expect((await address({ headers: { date } }))[1]).toMatch(
    /^warning clock: This clock is (?:59|6\d) seconds ahead of /,
  )
})

test('SEC-05 https: the certificate, how long it holds, and HSTS', async () => {
  const pem = (name: string) =>
    readFileSync(join(import.meta.dirname, `../support/tls/localhost.${name}.pem`), 'utf8')
  const secure = async (headers: Record<string, string>) => {
    let url = ''
    const handle = lookalike(() => url, { headers })
    url = await listening(createTlsServer({ cert: pem('cert'), key: pem('key') }, handle), 'https')
    return { ...config(), baseUrl: url }
  }
  expect(words(await publicUrlChecks(await secure({}), ['ours']))).toEqual([
    expect.stringMatching(/^failed TLS: The certificate of https:.* does not hold: self-signed certificate/),
  ])
  const usual = getCACertificates('default')
  setDefaultCACertificates([...usual, pem('cert')])
  try {
    const found = words(await publicUrlChecks(await secure({}), ['ours']))
    expect(found.slice(2)).toEqual([
      'warning TLS: The answers lack Strict-Transport-Security, which Lanyard sends: the proxy takes it away.',
      expect.stringMatching(/^ok TLS: The certificate holds for \d+ days more\.$/),
    ])
    const strict = await secure({ 'strict-transport-security': 'max-age=31536000' })
    expect(words(await publicUrlChecks(strict, ['ours']))[2]).toBe(
      'ok TLS: Browsers are told to use https only (HSTS).',
    )
  } finally {
    setDefaultCACertificates(usual)
  }
})

test('SEC-05 HSTS is sent when the public address is https, and only then', async () => {
  const quiet = { LANYARD_PORT: '0', LANYARD_SEED_PATIENTS: '0' }
  const production = { LANYARD_MODE: 'production', LANYARD_BASE_URL: 'https://auth.example.org' }
  for (const [environment, expected] of [
    [quiet, null],
    [{ ...quiet, ...production }, 'max-age=31536000'],
  ] as const) {
    // Health is exempt from the check of the host.
    const given = config(environment)
    const running = await serve({ ...given, port: await freePort() }, createLog('silent'))
    const { headers } = await fetch(`http://127.0.0.1:${running.config.port}/health/live`)
    expect(headers.get('strict-transport-security')).toBe(expected)
    await running.stop()
  }
})

test.each([
  [{}, ['ok: The public address is http on loopback, which nobody can listen to.']],
  [
    { LANYARD_BASE_URL: 'http://demo.example.org', LANYARD_HOST: '0.0.0.0', LANYARD_DEMO_EXPOSED: 'yes' },
    [
      expect.stringMatching(
        /^warning: In demo mode http:\/\/demo\.example\.org sends passwords and tokens in clear/,
      ),
    ],
  ],
  [
    { LANYARD_MODE: 'production', LANYARD_BASE_URL: 'https://auth.example.org' },
    [
      'ok: The public address is https.',
      expect.stringMatching(/^warning: Lanyard speaks http behind a proxy .* set LANYARD_TRUST_PROXY=yes/),
    ],
  ],
  [
    { LANYARD_MODE: 'production', LANYARD_BASE_URL: 'https://auth.example.org', LANYARD_TRUST_PROXY: 'yes' },
    ['ok: The public address is https.'],
  ],
  [
    {
      LANYARD_MODE: 'production',
      LANYARD_BASE_URL: 'https://auth.example.org',
      LANYARD_TRUST_PROXY: 'yes',
      LANYARD_HOST: '0.0.0.0',
    },
    [
      'ok: The public address is https.',
      'note: Lanyard listens on 0.0.0.0 and believes X-Forwarded-*: let only the proxy reach its port.',
    ],
  ],
  [
    { LANYARD_TRUST_PROXY: 'yes' },
    [
      'ok: The public address is http on loopback, which nobody can listen to.',
      expect.stringMatching(/^warning: LANYARD_TRUST_PROXY is set, but the public address is not https\./),
    ],
  ],
])('the posture of %j', (environment, expected) => {
  expect(postureChecks(config(environment)).map(({ state, sentence }) => `${state}: ${sentence}`)).toEqual(
    expected,
  )
})
