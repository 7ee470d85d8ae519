import type { KeySet, PublicKey } from '../clients/key-set.ts'
import type { Client, ClientRegistry } from '../clients/registry.ts'
import { type Clock, seconds } from '../lib/time.ts'
import {
  assertionVerifier,
  isSupported,
  type KeyDeps,
  type KeyHolder,
  keyIsMissing,
  keysOf,
} from './assertion-keys.ts'
import { type RightValues, rightValues } from './assertion-right.ts'
import {
  type Assertion,
  type AssertionRule,
  everyRule,
  type Failure,
  readAssertion,
} from './assertion-rules.ts'

/** What is looked at once the rules hold: the client, its keys, the signature, and whether it was seen before. */
export type AssertionStep = 'form' | AssertionRule | 'client' | 'key' | 'signature' | 'certificate' | 'unused'

/** One line of the diagnosis; what was not reached, or cannot be told to this person, is skipped. */
export type AssertionCheck = {
  readonly step: AssertionStep
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Of a failure: the code of log and audit, and the sentence that the token endpoint answers. */
  readonly reason?: string
  readonly sentence?: string
}
export type AssertionDiagnosis = {
  /** The parts as they were sent; undefined where the text is no signed JWT. */
  readonly header: Assertion['header'] | undefined
  readonly claims: Assertion['claims'] | undefined
  readonly checks: readonly AssertionCheck[]
  /** What one that is right would say; nothing where the text is no signed JWT. */
  readonly right?: RightValues
}

export type Examined = {
  /** The assertion in compact form. */
  jws: string
  /** `client_id` of the request body, if it was sent. */
  clientId: string | undefined
  /** Whether whoever asks may learn what is registered for this client, or that nothing is. */
  mayKnow: (client: Client | undefined) => boolean
  /** Keys that whoever asks brought along, in place of the registered ones. */
  keys: KeySet | undefined
}

type Deps = KeyDeps & {
  clients: Pick<ClientRegistry, 'find'>
  clock: Clock
  audiences: readonly string[]
  /** Whether a `jti` of a client was used, without using it up. */
  wasUsed: (clientId: string, jti: string) => Promise<boolean>
}

/**
 * Tells everything that is wrong with a client assertion, where the token endpoint stops at the first mistake. It
 * asks the same rules and the same verifier, keeps nothing, and uses no `jti` up.
 */
export function assertionDoctor(deps: Deps): (examined: Examined) => Promise<AssertionDiagnosis> {
  const verify = assertionVerifier(deps)
  return async ({ jws, clientId, mayKnow, keys }) => {
    const assertion = readAssertion(jws)
    if (assertion === undefined) return { header: undefined, claims: undefined, checks: [malformed] }
    const { header, claims } = assertion
    const named = typeof claims.iss === 'string' ? await deps.clients.find(claims.iss) : undefined
    const client = mayKnow(named) ? named : undefined
    const rules = everyRule(assertion, {
      now: seconds(deps.clock()),
      audiences: deps.audiences,
      clientId,
      mayOmitKid: client?.metadata.allow_missing_kid ?? client?.metadata.x509 !== undefined,
      jwksUri: client?.metadata.jwks_uri,
    })
    const checks = [
      { step: 'form', outcome: 'passed' } as const,
      ...rulesChecked(rules, client === undefined),
      clientChecked(named, mayKnow(named)),
      ...(await proofChecked(assertion, client, keys)),
    ]
    const known = keys?.keys ?? (client === undefined ? [] : await registeredKeys(client))
    return {
      header,
      claims,
      checks,
      right: rightValues(assertion, rightClient(claims, named, mayKnow), known),
    }
  }

  /** The signature and what it rests on. */
  async function proofChecked(
    assertion: Assertion,
    client: Client | undefined,
    keys: KeySet | undefined,
  ): Promise<AssertionCheck[]> {
    const holder = keys === undefined ? client : { metadata: { jwks: keys } }
    if (holder === undefined) return skipped(proofSteps)
    // The verifier knows only our algorithms. Whether the key is there can be told without it.
    if (!isSupported(assertion.header.alg))
      return [await keyChecked(holder, assertion), ...skipped(proofSteps.slice(1))]
    const failure = await verify(holder, assertion)
    const at = failure === undefined ? proofSteps.length : proofSteps.indexOf(stepOf(failure))
    const verified = proofSteps.map(
      (step, index): AssertionCheck =>
        index < at
          ? { step, outcome: 'passed' }
          : index === at && failure !== undefined
            ? failed(step, failure)
            : { step, outcome: 'skipped' },
    )
    const unused = failure === undefined ? [await unusedChecked(assertion, client)] : skipped(['unused'])
    return [...verified.slice(0, -1), ...unused]
  }

  async function keyChecked(holder: KeyHolder, assertion: Assertion): Promise<AssertionCheck> {
    const keys = await keysOf(holder, assertion, deps)
    const failure = 'reason' in keys ? keys : keyIsMissing(keys, assertion)
    return failure === undefined ? { step: 'key', outcome: 'passed' } : failed('key', failure)
  }

  /** Those that are at hand: a `kid` that is not there was asked for already. */
  async function registeredKeys(client: Client): Promise<readonly PublicKey[]> {
    const keys = await keysOf(client, { header: {} }, deps)
    return 'reason' in keys ? [] : keys
  }

  async function unusedChecked({ claims }: Assertion, client: Client | undefined): Promise<AssertionCheck> {
    if (client === undefined || typeof claims.jti !== 'string') return { step: 'unused', outcome: 'skipped' }
    return (await deps.wasUsed(client.id, claims.jti))
      ? failed('unused', replayed)
      : { step: 'unused', outcome: 'passed' }
  }
}

/** What the signature rests on, and what is looked at after it. */
export const proofSteps: readonly AssertionStep[] = ['key', 'signature', 'certificate', 'unused']

const malformed: AssertionCheck = {
  step: 'form',
  outcome: 'failed',
  reason: 'assertion-malformed',
  sentence: 'This is not a signed JWT in compact form: three parts in base64url with dots between them.',
}
const replayed: Failure = {
  reason: 'assertion-replayed',
  sentence: 'Client assertion: this jti was used before; make a new assertion for every request.',
}

/**
 * What the rules say, as lines of the diagnosis.
 * @param unknown whether nothing may be told of the client: then what rests on its registration is left open
 */
export function rulesChecked(rules: ReturnType<typeof everyRule>, unknown: boolean): AssertionCheck[] {
  const noExpiry = rules.some(({ rule, failure }) => rule === 'expiry' && failure !== undefined)
  return rules.map(({ rule, failure }): AssertionCheck => {
    const rests = rule === 'key-url' && unknown && failure !== undefined
    const needsExpiry = rule === 'not-expired' || rule === 'not-too-far'
    if (rests || (needsExpiry && noExpiry)) return { step: rule, outcome: 'skipped' }
    return failure === undefined ? { step: rule, outcome: 'passed' } : failed(rule, failure)
  })
}

function clientChecked(client: Client | undefined, mayKnow: boolean): AssertionCheck {
  if (!mayKnow) return { step: 'client', outcome: 'skipped' }
  if (client === undefined) {
    const sentence = 'No client with the client_id that iss names is registered here.'
    return failed('client', { reason: 'client-unknown', sentence })
  }
  if (client.status !== 'active') {
    const sentence = 'The client is registered, but not enabled: an administrator can enable it.'
    return failed('client', { reason: 'client-disabled', sentence })
  }
  const method = client.metadata.token_endpoint_auth_method
  if (method === 'private_key_jwt') return { step: 'client', outcome: 'passed' }
  return failed('client', {
    reason: 'client-method',
    sentence: `The client is registered for ${method}; assertions need token_endpoint_auth_method private_key_jwt.`,
  })
}

/** The client_id that is right: the one that is registered, or may be; nothing for one that is known not to be. */
function rightClient(
  { iss, sub }: Assertion['claims'],
  named: Client | undefined,
  mayKnow: Examined['mayKnow'],
): string | undefined {
  if (mayKnow(named)) return named?.id
  return typeof iss === 'string' && iss === sub ? iss : undefined
}

function stepOf({ reason }: Failure): AssertionStep {
  if (reason === 'assertion-signature') return 'signature'
  return reason.startsWith('certificate-') ? 'certificate' : 'key'
}

function skipped(steps: readonly AssertionStep[]): AssertionCheck[] {
  return steps.map((step) => ({ step, outcome: 'skipped' }))
}

function failed(step: AssertionStep, { reason, sentence }: Failure): AssertionCheck {
  return { step, outcome: 'failed', reason, sentence }
}
