import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { openHouse } from '../../src/house.ts'
import { createLog } from '../../src/observe/log.ts'
import { ecKey, signAssertion, withAssertion } from './client-keys.ts'
import { lanyard } from './command.ts'
import { freePort } from './free-port.ts'
import { type Answer, rawRequest } from './oauth.ts'
import { type Place, type ServerProcess, serverProcess } from './process.ts'
import { copyOf, type Engine } from './templates.ts'

/** Real server processes on one database, behind one public address, and a backend service that may do everything. */
export type Nodes = {
  place: Place
  databaseUrl: string
  /** Starts a node, again if it has ended. */
  start(node: number): Promise<void>
  end(node: number, signal: NodeJS.Signals): Promise<void>
  /** A new token, from the first node. */
  token(): Promise<string>
  /** A FHIR request to one node with a token of the service; `path` follows the FHIR base. */
  send(
    node: number,
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** A command, as one more process on the same database. */
  run(...words: string[]): ReturnType<typeof lanyard>
  close(): Promise<void>
}

const id = 'everything'

/**
 * Starts `count` servers.
 * @param options.databaseUrl of a database that is there; otherwise it is a new one
 */
export async function startNodes(
  engine: Engine,
  count: number,
  { databaseUrl, environment = {} }: { databaseUrl?: string; environment?: Record<string, string> } = {},
): Promise<Nodes> {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-nodes-'))
  const url = databaseUrl ?? (await copyOf('furnished', engine, folder))
  const ports = await Promise.all(Array.from({ length: count }, freePort))
  const issuer = `http://localhost:${ports[0]}`
  const place = {
    folder,
    environment: {
      LANYARD_DATABASE_URL: url,
      LANYARD_KEYS_DIR: join(folder, 'keys'),
      LANYARD_BASE_URL: issuer,
      LANYARD_FHIR_UPDATE_CREATE: 'yes',
      ...environment,
    },
  }
  const key = ecKey(id)
  await register(place, key.jwk)
  const running: (ServerProcess | undefined)[] = []
  const start = async (node: number): Promise<void> => {
    const own = { LANYARD_PORT: String(ports[node]) }
    running[node] = await serverProcess({ folder, environment: { ...place.environment, ...own } })
  }
  const end = async (node: number, signal: NodeJS.Signals): Promise<void> => {
    await running[node]?.end(signal)
    running[node] = undefined
  }
  const ask = (node: number, request: Parameters<typeof rawRequest>[1]): Promise<Answer> => {
    const headers = { host: new URL(issuer).host, ...request.headers }
    return rawRequest({ url: `http://127.0.0.1:${ports[node]}` }, { ...request, headers })
  }
  async function token(): Promise<string> {
    const form = {
      grant_type: 'client_credentials',
      scope: 'system/*.cruds',
      ...withAssertion(signAssertion({ url: issuer, clock: { now: Date.now(), advance() {} } }, id, key)),
    }
    const answer = await ask(0, {
      method: 'POST',
      path: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`)
    return String(answer.body.access_token)
  }
  await Promise.all(ports.map((_, node) => start(node)))
  const bearer = `Bearer ${await token()}`
  return {
    place,
    databaseUrl: url,
    start,
    end,
    token,
    send: (node, method, path, body, headers) =>
      ask(node, {
        method,
        path: `/fhir${path === '' ? '' : `/${path}`}`,
        headers: { authorization: bearer, 'content-type': 'application/fhir+json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    run: (...words) => lanyard(words, place),
    async close() {
      await Promise.all(running.map((_, node) => end(node, 'SIGTERM')))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function register({ folder, environment }: Place, jwk: Record<string, unknown>): Promise<void> {
  const house = await openHouse(loadConfig(environment ?? {}, folder), createLog('silent'), Date.now)
  await house.clients.add(
    {
      client_id: id,
      client_name: 'A service that may do everything',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      jwks: { keys: [jwk] },
      scope: 'system/*.cruds',
    },
    'command',
  )
  await house.close()
}
