import { createJwksCache } from '../../clients/jwks-cache.ts'
import type { Config } from '../../config/load.ts'
import type { TrustedIssuer } from '../../config/trusted-issuers.ts'
import type { ApiKeys } from '../../keys/api-keys.ts'
import { LanyardError, messageOf } from '../../lib/errors.ts'
import { guardedFetch } from '../../lib/guarded-fetch.ts'
import { type Clock, DAY, instant } from '../../lib/time.ts'
import { issuerKeys } from '../../oidc/ways-in/issuer-keys.ts'
import { type Check, checks } from './check.ts'

/** How long before its end a key is told about. */
const SOON = 30 * DAY

const keys = checks('API keys')
const issuers = checks('outside issuers')
const settings = checks('ways in')

/** Keys that run out, and keys that ran out and are still there. */
export async function apiKeyChecks(register: Pick<ApiKeys, 'list'>, now: number): Promise<Check[]> {
  const standing = (await register.list()).filter(({ revoked }) => revoked === undefined)
  if (standing.length === 0) return [keys.note('There are none.')]
  const ending = standing
    .filter(({ expires }) => expires < now + SOON)
    .map(({ id, name, expires }) =>
      expires <= now
        ? keys.warning(`${id} (${name}) expired on ${day(expires)}. Make another one, or revoke it.`)
        : keys.warning(`${id} (${name}) expires on ${day(expires)}. Make the next one in time.`),
    )
  return ending.length > 0
    ? ending
    : [keys.ok(`${standing.length} stand, none of which expires within 30 days.`)]
}

/** Can the keys of outside issuers be had, and what does trusting them open? */
export async function issuerChecks(
  config: Config,
  clock: Clock,
  unknownRoles: (names: readonly string[]) => Promise<string[]>,
): Promise<Check[]> {
  if (config.trustedIssuers.length === 0) return []
  const policy = { allowLoopback: config.mode === 'demo', privateHosts: config.jwksPrivateHosts }
  const fetch = (url: string) => guardedFetch(url, policy)
  const source = issuerKeys({
    jwks: createJwksCache(fetch, clock),
    fetch,
    clock,
    secrets: config.issuerSecrets,
  })
  const found = await Promise.all(
    config.trustedIssuers.map(async (issuer) => [
      await keysOf(issuer, source),
      ...(await mappingOf(issuer, unknownRoles)),
    ]),
  )
  return found.flat()
}

async function keysOf(
  issuer: TrustedIssuer,
  { keysOf: read }: ReturnType<typeof issuerKeys>,
): Promise<Check> {
  const { issuer: name, secret, algorithms } = issuer
  if (secret !== undefined)
    return issuers.note(`${name} signs with a secret that it shares with us: whoever has it can make tokens.`)
  try {
    const count = (await read(issuer, undefined)).length
    return count > 0
      ? issuers.ok(`${name} has ${count} key${count === 1 ? '' : 's'}; ${algorithms.join(', ')} count.`)
      : issuers.warning(`${name} publishes no key that can be used, so none of its tokens is accepted.`)
  } catch (error) {
    const why = (error instanceof LanyardError ? error.detail : undefined) ?? messageOf(error)
    return issuers.failed(
      `The keys of ${name} cannot be had (${why}). Its tokens are answered with 503 until they can.`,
    )
  }
}

async function mappingOf(
  { issuer, levels, types, roles, groupRoles, allPatientsRoles }: TrustedIssuer,
  unknownRoles: (names: readonly string[]) => Promise<string[]>,
): Promise<Check[]> {
  const missing = await unknownRoles([...roles, ...allPatientsRoles, ...Object.values(groupRoles).flat()])
  return [
    ...[...new Set(missing)].map((role) =>
      issuers.warning(`${issuer} is to give the role "${role}", which there is not, so it allows nothing.`),
    ),
    ...(levels.includes('system') ? [issuers.note(`${issuer} may open system/ scopes: all records.`)] : []),
    ...(types.some((type) => type.toUpperCase() === 'JWT')
      ? [
          issuers.note(
            `${issuer} may send tokens of the type JWT, which are told from ID tokens by their claims only.`,
          ),
        ]
      : []),
  ]
}

/** Settings that open more than is usual. */
export function waysInChecks({ noAuthentication, basicAuthentication, mode }: Config): Check[] {
  return [
    ...(noAuthentication
      ? [
          settings.warning(
            'Authentication is off: whoever reaches this server may do everything. Remove noAuthentication.',
          ),
        ]
      : []),
    ...(basicAuthentication && mode === 'production'
      ? [
          settings.warning(
            'Users may call the FHIR server with their password (basicAuthentication). Tokens and API keys are safer.',
          ),
        ]
      : []),
  ]
}

function day(milliseconds: number): string {
  return instant(milliseconds).slice(0, 10)
}
