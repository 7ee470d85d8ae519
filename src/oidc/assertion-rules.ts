import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { PublicKey } from '../clients/key-set.ts'
import { hasControlCharacters } from '../lib/form.ts'

/** Algorithms of client assertions (CAUTH-10), each with the only kind of key that fits it. */
export const assertionAlgorithms = { RS384: { kty: 'RSA' }, ES384: { kty: 'EC', crv: 'P-384' } } as const
export type AssertionAlgorithm = keyof typeof assertionAlgorithms

/** Seconds: the furthest `exp`, and the difference between two honest clocks. */
const LONGEST = 300
const SKEW = 30

/** An assertion that was taken apart, not yet verified. */
export type Assertion = {
  readonly jws: string
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}
/** A check that failed: the code and the detail for the log, the sentence for the developer. */
export type Failure = {
  readonly reason: string
  readonly sentence: string
  readonly detail?: string | undefined
}

/** Takes a compact JWS apart without believing it. */
export function readAssertion(jws: string): Assertion | undefined {
  try {
    return { jws, header: decodeProtectedHeader(jws), claims: decodeJwt(jws) }
  } catch {
    return undefined
  }
}

/** What is known when an assertion is judged. */
export type Expectation = {
  /** Seconds since 1970. */
  now: number
  /** The token endpoint and the issuer (CAUTH-07). */
  audiences: readonly string[]
  /** `client_id` of the request body, if sent. */
  clientId: string | undefined
  /** Whether this client may leave out `kid`. */
  mayOmitKid: boolean
  /** The client's registered JWKS URL, if it has one. */
  jwksUri: string | undefined
}

type Rule = (assertion: Assertion, expected: Expectation) => Failure | undefined

/**
 * The rules of SMART "client-confidential-asymmetric" and RFC 7523 §3 that need no key, in the order in which
 * they are told. Each is one line of the table; the signature and the replay come after them.
 */
const rules = {
  algorithm: ({ header }) =>
    header.alg === 'RS384' || header.alg === 'ES384'
      ? undefined
      : fail('assertion-alg', `the header's alg is ${shown(header.alg)}; sign with RS384 or ES384`),
  type: ({ header }) =>
    // RFC 7515 §4.1.9: media type names compare without regard to case.
    typeof header.typ === 'string' && header.typ.toUpperCase() === 'JWT'
      ? undefined
      : fail('assertion-typ', `the header's typ is ${shown(header.typ)}; it must be 'JWT'`),
  critical: ({ header }) =>
    header.crit === undefined
      ? undefined
      : fail('assertion-crit', 'the header has crit, which is not supported'),
  'key-id': ({ header }, { mayOmitKid }) =>
    isText(header.kid) || (mayOmitKid && header.kid === undefined)
      ? undefined
      : fail('assertion-kid-missing', 'the header has no kid; name the key you signed with'),
  'key-url': ({ header }, { jwksUri }) =>
    header.jku === undefined || (header.jku === jwksUri && jwksUri !== undefined)
      ? undefined
      : fail('assertion-jku', "the header's jku is not the JWKS URL registered for this client"),
  issuer: ({ claims }) =>
    isText(claims.iss) && claims.iss === claims.sub
      ? undefined
      : fail('assertion-iss-sub', 'iss and sub must both be the client_id'),
  'client-id': ({ claims }, { clientId }) =>
    clientId === undefined || claims.iss === clientId
      ? undefined
      : fail('assertion-client-id', 'iss differs from the client_id in the request body'),
  audience: ({ claims }, { audiences }) =>
    [claims.aud].flat().some((audience) => typeof audience === 'string' && audiences.includes(audience))
      ? undefined
      : fail(
          'assertion-aud',
          `aud is ${shown(claims.aud, 100)}; it must be or hold the token endpoint's address, ${audiences[0]}`,
        ),
  expiry: ({ claims }) =>
    typeof claims.exp === 'number' && Number.isFinite(claims.exp)
      ? undefined
      : fail('assertion-exp-missing', 'exp is missing or not a number; send seconds since 1970'),
  'not-expired': ({ claims }, { now }) =>
    numberIn(claims.exp) > now
      ? undefined
      : fail(
          'assertion-expired',
          `exp is ${Math.ceil(now - numberIn(claims.exp))} seconds in the past by this server's clock`,
        ),
  'not-too-far': ({ claims }, { now }) =>
    numberIn(claims.exp) <= now + LONGEST + SKEW
      ? undefined
      : fail(
          'assertion-exp-far',
          `exp is ${Math.floor(numberIn(claims.exp) - now)} seconds ahead of this server's clock; at most ${LONGEST} are allowed`,
        ),
  'not-before': ({ claims }, { now }) => notBefore(claims.nbf, now, 'nbf'),
  'issued-at': ({ claims }, { now }) => notBefore(claims.iat, now, 'iat'),
  'unique-id': ({ claims }) =>
    isText(claims.jti) && claims.jti.length <= 255 && !hasControlCharacters(claims.jti)
      ? undefined
      : fail('assertion-jti', 'jti must be a text of 1 to 255 characters, new for every assertion'),
} as const satisfies Record<string, Rule>

const inOrder = Object.values<Rule>(rules)

/** The names of the rules, in their order. */
export type AssertionRule = keyof typeof rules

/** What every rule says, the broken ones with their failure. */
export function everyRule(
  assertion: Assertion,
  expected: Expectation,
): readonly { rule: AssertionRule; failure: Failure | undefined }[] {
  return (Object.keys(rules) as AssertionRule[]).map((rule) => ({
    rule,
    failure: rules[rule](assertion, expected),
  }))
}

/** The first rule that does not hold, or nothing. */
export function firstFailure(assertion: Assertion, expected: Expectation): Failure | undefined {
  for (const rule of inOrder) {
    const failure = rule(assertion, expected)
    if (failure !== undefined) return failure
  }
  return undefined
}

/**
 * The one key that an assertion may be signed with (CAUTH-13): same `kid`, fitting `alg`; without `kid` the
 * client's only key. None or several: nothing.
 */
export function candidateKey(keys: readonly PublicKey[], header: Assertion['header']): PublicKey | undefined {
  const wanted: { kty: string; crv?: string } = assertionAlgorithms[header.alg as AssertionAlgorithm]
  const named = header.kid === undefined ? keys : keys.filter((key) => key.kid === header.kid)
  const fitting = named.filter(
    (key) =>
      key.kty === wanted.kty &&
      (wanted.crv === undefined || ('crv' in key && key.crv === wanted.crv)) &&
      (key.alg === undefined || key.alg === header.alg),
  )
  const single = header.kid === undefined ? keys.length === 1 : true
  return fitting.length === 1 && single ? fitting[0] : undefined
}

/** Until when a used `jti` is remembered, in milliseconds (CAUTH-09). */
export function rememberedUntil(assertion: Assertion): number {
  // Rounded up, as `exp` may be a fraction (RFC 7519 §2) and the column holds whole numbers.
  return Math.ceil((Number(assertion.claims.exp) + SKEW) * 1000)
}

/** RFC 7519 §4.1.5 and .6: not required (CAUTH-06), but a time in the future means that something is wrong. */
function notBefore(value: unknown, now: number, name: string): Failure | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number')
    return fail(`assertion-${name}`, `${name} is not a number; send seconds since 1970`)
  return value <= now + SKEW
    ? undefined
    : fail(`assertion-${name}`, `${name} is ${Math.ceil(value - now)} seconds ahead of this server's clock`)
}

function fail(reason: string, why: string): Failure {
  return { reason, sentence: `Client assertion: ${why}.` }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** No number where there is none: what JSON says as an object cannot even be asked for one. */
function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

/** What was sent, for the developer who sent it; without what no database stores. */
export function shown(value: unknown, most = 30): string {
  if (typeof value === 'string') return `'${value.slice(0, most).replace(/\p{Cc}/gu, '?')}'`
  if (value === undefined) return 'missing'
  return Array.isArray(value) ? 'a list' : 'not a text'
}
