import type { Config } from '../../config/load.ts'
import { messageOf } from '../../lib/errors.ts'
import { type Check, checks } from './check.ts'
import { apart } from './database.ts'
import { certificateCheck, certificateFailure, hstsCheck } from './tls.ts'

/** Milliseconds that the public address has to answer. */
const PATIENCE = 5000

const address = checks('public address')

/**
 * Does the public address lead here? That it does not answer is no failure, since the server need not run.
 * @param kids the signing keys in the database
 */
export async function publicUrlChecks(config: Config, kids: readonly string[]): Promise<Check[]> {
  const { baseUrl } = config
  let metadata: Response
  let jwks: Response
  let received: number
  try {
    metadata = await get(`${baseUrl}/.well-known/oauth-authorization-server`)
    received = Date.now()
    jwks = await get(`${baseUrl}/oauth2/jwks`)
  } catch (error) {
    return [silence(baseUrl, error)]
  }
  return [
    ...(await identity(baseUrl, metadata, jwks, kids)),
    ...clockOf(metadata, received),
    ...(baseUrl.startsWith('https:')
      ? [hstsCheck(metadata), await certificateCheck(new URL(baseUrl), PATIENCE)]
      : []),
  ]
}

function get(url: string): Promise<Response> {
  return fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
}

function silence(baseUrl: string, error: unknown): Check {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const why = messageOf(cause) || code
  const certificate = certificateFailure(baseUrl, code, why)
  if (certificate !== undefined) return certificate
  if (code === 'ENOTFOUND')
    return address.warning(`The name of ${baseUrl} is not known here (${why}). Check DNS.`)
  return address.note(`The server is not running, or ${baseUrl} cannot be reached from here (${why}).`)
}

async function identity(
  baseUrl: string,
  metadata: Response,
  jwks: Response,
  kids: readonly string[],
): Promise<Check[]> {
  if (metadata.status === 503) return [address.warning(`${baseUrl} answers, but is not ready yet.`)]
  const issuer = (await jsonOf(metadata)).issuer
  if (issuer === undefined) {
    return [
      address.failed(
        `${baseUrl} answers, but not as a Lanyard (status ${metadata.status}). Check LANYARD_BASE_URL and where the proxy leads.`,
      ),
    ]
  }
  if (issuer !== baseUrl) {
    return [
      address.failed(
        `${baseUrl} answers as ${JSON.stringify(issuer)}. Set LANYARD_BASE_URL of the running server to its public address.`,
      ),
    ]
  }
  const keys = (await jsonOf(jwks)).keys
  const published = Array.isArray(keys) ? keys.map((key: { kid?: unknown }) => key.kid) : []
  return kids.some((kid) => published.includes(kid))
    ? [address.ok(`${baseUrl} answers as this Lanyard.`)]
    : [
        address.warning(
          `${baseUrl} answers as a Lanyard, but with other signing keys than this database has. Check LANYARD_DATABASE_URL.`,
        ),
      ]
}

async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {}
  }
}

/** RFC 9110 §6.6.1: whole seconds, cut off. */
function clockOf(response: Response, received: number): Check[] {
  const date = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(date) ? [] : [apart(date + 500 - received, 'the clock at the public address')]
}
