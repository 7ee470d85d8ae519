import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../lib/errors.ts'

/** RFC 7518 §3.1: what an outside server may sign with, by its public keys or with a shared secret. Never `none`. */
const byKeys = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'] as const
const bySecret = ['HS256', 'HS384', 'HS512'] as const
export type OutsideAlgorithm = (typeof byKeys)[number] | (typeof bySecret)[number]

/** RFC 7518 §3.2: a key of the size of the hash or more. */
const LEAST_BYTES = 32

const text = (what: string, most = 500) =>
  z
    .string(`must be ${what}`)
    .min(1, `must be ${what}`)
    .max(most, `must be ${what}`)
    .regex(/^\P{Cc}+$/u, `must be ${what}`)
const address = text('an https address').refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'must be an https address',
)
const claim = text('the name of a claim', 200)

/** An outside authorization server whose access tokens open our FHIR server (file only: `trustedIssuers`). */
export const trustedIssuer = z
  .strictObject({
    /** The `iss` of its tokens, to the letter. */
    issuer: text('the iss of its tokens'),
    /** Where its metadata stands, if not at `{issuer}/.well-known/openid-configuration`. */
    discovery: address.optional(),
    /** Where its keys stand, for a server without discovery. */
    jwksUri: address.optional(),
    /** For old systems: where the shared secret stands. It is never written into the configuration itself. */
    secret: z
      .union(
        [
          z.strictObject({ file: text('a file') }),
          z.strictObject({
            variable: z
              .string()
              .regex(
                /^(?!LANYARD_)[A-Z][A-Z0-9_]{0,99}$/,
                'must be the name of an environment variable that does not begin with LANYARD_',
              ),
          }),
        ],
        'must be {"file": "…"} or {"variable": "…"}',
      )
      .optional(),
    /** The `aud` that names this server; our FHIR base if absent. */
    audience: text('the aud of its tokens for this server').optional(),
    algorithms: z
      .array(z.enum([...byKeys, ...bySecret], `must be of ${[...byKeys, ...bySecret].join(', ')}`))
      .min(1, 'must name an algorithm')
      .optional(),
    /** The `typ` of its access tokens (RFC 9068 §2.1). With `JWT`, what looks like an ID token is refused. */
    types: z.array(text('a typ', 50)).min(1, 'must name a typ').default(['at+jwt']),
    clockSkewSeconds: z.int('must be a number from 0 to 300').min(0).max(300).default(30),
    /** The levels of scopes that count. */
    levels: z
      .array(z.enum(['patient', 'user', 'system'], 'must be of patient, user, system'))
      .min(1, 'must name a level')
      .default(['patient', 'user']),
    /** Where in its tokens is what we need: names of claims; `a.b` is the member `b` of `a`. */
    claims: z
      .strictObject({
        scope: claim.default('scope'),
        patient: claim.default('patient'),
        fhirUser: claim.default('fhirUser'),
        groups: claim.default('groups'),
        client: claim.default('client_id'),
      })
      .prefault({}),
    /** Below which its `fhirUser` addresses stand for resources of ours; our FHIR base if absent. */
    fhirUserBase: address.transform((base) => base.replace(/\/+$/, '')).optional(),
    /** What rules may ask of its users (`%user.<name>`): names, and the claims in which it stands. */
    attributes: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,49}$/), claim).default({}),
    /** Roles that all of its users have. */
    roles: z.array(text('a role', 100)).default([]),
    /** Roles whose holders may open the records of all patients; others reach their own record only. */
    allPatientsRoles: z.array(text('a role', 100)).default(['clinician']),
    /** The roles of whom its tokens name in a group. What is not here has no role. */
    groupRoles: z
      .record(z.string(), z.array(text('a list of roles', 100), 'must be a list of roles'))
      .default({}),
  })
  .superRefine(({ issuer, discovery, jwksUri, secret, algorithms = [] }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if ([discovery, jwksUri, secret].filter((source) => source !== undefined).length > 1)
      wrong('issuer', 'has several of discovery, jwksUri and secret; give one of them')
    if (discovery === undefined && jwksUri === undefined && secret === undefined && !URL.canParse(issuer))
      wrong('issuer', 'is no address, so its keys cannot be discovered: give jwksUri or secret')
    // A public key is no secret: who has it could sign with HS256.
    const fitting: readonly string[] = secret === undefined ? byKeys : bySecret
    if (algorithms.some((algorithm) => !fitting.includes(algorithm)))
      wrong('algorithms', `must be of ${fitting.join(', ')} for this issuer`)
  })
  .transform(({ algorithms, ...issuer }) => ({
    ...issuer,
    algorithms:
      algorithms ?? (issuer.secret === undefined ? (['RS256', 'ES256'] as const) : (['HS256'] as const)),
  }))

export type TrustedIssuer = z.infer<typeof trustedIssuer>

/** The setting: one entry an issuer. */
export const trustedIssuers = z
  .array(trustedIssuer, 'must be a list of issuers')
  .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, 'names an issuer twice')
  .meta({ type: 'a list of issuers (see [Outside issuers](#outside-issuers))' })

/**
 * Reads the secrets that issuers share with us.
 * @returns them by issuer, and what is wrong
 */
export function secretsOf(
  issuers: readonly TrustedIssuer[],
  environment: NodeJS.ProcessEnv,
  folder: string,
): { secrets: Record<string, string>; mistakes: string[] } {
  const secrets: Record<string, string> = {}
  const mistakes: string[] = []
  for (const { issuer, secret } of issuers) {
    if (secret === undefined) continue
    const read =
      'file' in secret ? inFile(resolve(folder, secret.file)) : inVariable(secret.variable, environment)
    if ('problem' in read) mistakes.push(`The secret of the issuer "${issuer}" ${read.problem}.`)
    else if (Buffer.byteLength(read.value) < LEAST_BYTES)
      mistakes.push(`The secret of the issuer "${issuer}" is shorter than ${LEAST_BYTES} bytes.`)
    else secrets[issuer] = read.value
  }
  return { secrets, mistakes }
}

type Read = { value: string } | { problem: string }

function inFile(file: string): Read {
  try {
    return { value: readFileSync(file, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    return { problem: `cannot be read: ${messageOf(error)}` }
  }
}

function inVariable(name: string, environment: NodeJS.ProcessEnv): Read {
  const value = environment[name]
  return value ? { value } : { problem: `is to come from the variable ${name}, which is not set` }
}
