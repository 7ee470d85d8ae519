import type { TrustedIssuer } from '../../config/trusted-issuers.ts'
import { hasControlCharacters } from '../../lib/form.ts'
import type { Outsider } from '../../smart/outsider.ts'
import { parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'

/** What an outside token says, in our terms. */
export type OutsideClaims = {
  outsider: Outsider
  clientId: string
  scopes: readonly Scope[]
  /** The patient in context: a bare id. */
  patient: string | undefined
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Why a verified token is no access token, though its issuer signed it for us: an ID token, a refresh token, a logout
 * token (RFC 9068 §2.1 gives access tokens a `typ` of their own for this; many servers write `JWT` on everything).
 */
export function otherKindOfToken(claims: Claims): boolean {
  const { token_use: use, typ } = claims
  // OpenID Connect Core §2, Back-Channel Logout §2.4; `typ` and `token_use` are the words of two widespread servers.
  if (['nonce', 'at_hash', 'c_hash', 's_hash', 'events'].some((name) => name in claims)) return true
  if (use !== undefined && use !== 'access') return true
  return typ !== undefined && !['bearer', 'jwt', 'at+jwt'].includes(String(typ).toLowerCase())
}

/**
 * Reads the claims by the issuer's mapping; what it does not map opens nothing.
 * @param server.fhirBase where our resources are
 */
export function readClaims(
  claims: Claims,
  { issuer, claims: names, attributes, levels, fhirUserBase }: TrustedIssuer,
  { vocabulary, fhirBase }: { vocabulary: Vocabulary; fhirBase: string },
): OutsideClaims | undefined {
  const subject = idOf(claims.sub)
  if (subject === undefined) return undefined
  const fhirUser = fhirUserOf(claimAt(claims, names.fhirUser), fhirUserBase ?? fhirBase)
  const client = idOf(claimAt(claims, names.client)) ?? idOf(claims.azp)
  const asked = parseScopes(listOf(claimAt(claims, names.scope)).join(' '), vocabulary).scopes
  const scopes = asked.filter((scope) =>
    scope.kind === 'resource'
      ? levels.includes(scope.level)
      : scope.kind === 'identity' && scope.name === 'fhirUser',
  )
  return {
    outsider: {
      issuer,
      subject,
      ...(fhirUser === undefined ? {} : { fhirUser }),
      groups: valuesOf(claimAt(claims, names.groups)).slice(0, 500),
      attributes: attributesOf(claims, attributes),
      isService:
        scopes.length > 0 && scopes.every((scope) => scope.kind === 'resource' && scope.level === 'system'),
    },
    // Never the id of a client of ours, which has no such character.
    clientId: `${issuer}|${client ?? ''}`,
    scopes,
    patient: patientOf(claimAt(claims, names.patient)),
  }
}

/** A claim by its name, or by the path to it: `realm_access.roles`. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path
    .split('.')
    .reduce<unknown>(
      (found, name) =>
        typeof found === 'object' && found !== null && Object.hasOwn(found, name)
          ? (found as Claims)[name]
          : undefined,
      claims,
    )
}

/** A list of words: one text with spaces between them, or several texts. */
function listOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '')
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}

function attributesOf(claims: Claims, names: TrustedIssuer['attributes']): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(names).map(([attribute, claim]) => [
      attribute,
      valuesOf(claimAt(claims, claim)).slice(0, 100),
    ]),
  )
}

/** A text is one value here, whatever is in it. */
function valuesOf(value: unknown): string[] {
  return [value]
    .flat()
    .filter((item) => typeof item === 'string' && item !== '' && item.length <= 500) as string[]
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 255 && !hasControlCharacters(value)
    ? value
    : undefined
}

function patientOf(value: unknown): string | undefined {
  return typeof value === 'string' ? /^(?:Patient\/)?([A-Za-z0-9.-]{1,64})$/.exec(value)?.[1] : undefined
}

/** Relative, or an address below this base: a person of another server is somebody else, though the id be the same. */
function fhirUserOf(value: unknown, base: string): string | undefined {
  if (typeof value !== 'string') return undefined
  const own = value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value
  return /^(?:Patient|Practitioner|RelatedPerson|Person)\/[A-Za-z0-9.-]{1,64}$/.test(own) ? own : undefined
}
