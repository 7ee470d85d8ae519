import type { Client, ClientRegistry } from '../clients/registry.ts'
import type { LanyardError } from '../lib/errors.ts'
import { type Clock, seconds } from '../lib/time.ts'
import { assertionVerifier, type KeyDeps, noSuchKey } from './assertion-keys.ts'
import {
  type Assertion,
  type Failure,
  firstFailure,
  readAssertion,
  rememberedUntil,
} from './assertion-rules.ts'
import { claimedClient } from './claimed-client.ts'
import type { FailedAssertions } from './failed-assertions.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Remembers that a client used a `jti`.
 * It is **important** that of any number of calls with the same pair, on any number of nodes, exactly one
 * returns true (CAUTH-09).
 */
export type UseAssertion = (clientId: string, jti: string, expires: number) => Promise<boolean>

export type Deps = KeyDeps & {
  clients: Pick<ClientRegistry, 'find'>
  useAssertion: UseAssertion
  clock: Clock
  /** What an assertion may name as `aud`: the token endpoint first. */
  audiences: readonly string[]
  /** Keeps what failed, for the assertion doctor. */
  noteFailure: FailedAssertions['note']
}

/**
 * Authentication by signed assertion (private_key_jwt): SMART "client-confidential-asymmetric", RFC 7523.
 * @throws LanyardError `invalid_client` with the rule that was broken
 */
export function assertionAuthentication(deps: Deps): (parameters: Parameters) => Promise<Client> {
  const verify = assertionVerifier(deps)
  return async (parameters) => {
    const assertion = assertionOf(parameters)
    const { iss, jti } = assertion.claims
    const claimed = parameters.get('client_id') ?? (typeof iss === 'string' ? iss : '')
    const client = await deps.clients.find(claimed)
    const who = claimedClient(claimed, client)
    const failure = firstFailure(assertion, {
      now: seconds(deps.clock()),
      audiences: deps.audiences,
      clientId: parameters.get('client_id'),
      mayOmitKid: client?.metadata.allow_missing_kid ?? client?.metadata.x509 !== undefined,
      jwksUri: client?.metadata.jwks_uri,
    })
    const refused = (why: Failure): LanyardError => {
      if (client !== undefined) deps.noteFailure(client.id, assertion, why, parameters.get('client_id'))
      return invalid(why, who)
    }
    if (failure !== undefined) throw refused(failure)
    if (client === undefined) throw invalid(noSuchKey(assertion, 'client-unknown'), who)
    const untrusted = whyNot(client, assertion) ?? (await verify(client, assertion))
    if (untrusted !== undefined) throw refused(untrusted)
    // Last, so that nobody but the client itself can use up a jti.
    const fresh = await deps.useAssertion(client.id, String(jti), rememberedUntil(assertion))
    if (!fresh) throw refused(replayed)
    return client
  }
}

const replayed: Failure = {
  reason: 'assertion-replayed',
  sentence: 'Client assertion: this jti was used before; make a new assertion for every request.',
}

function assertionOf(parameters: Parameters): Assertion {
  if (parameters.get('client_assertion_type') !== assertionType) {
    throw invalid({ reason: 'assertion-type', sentence: `client_assertion_type must be '${assertionType}'.` })
  }
  const assertion = readAssertion(parameters.get('client_assertion') ?? '')
  if (assertion !== undefined) return assertion
  throw invalid({
    reason: 'assertion-malformed',
    sentence: 'client_assertion is missing or not a signed JWT in compact form.',
  })
}

function whyNot({ status, metadata }: Client, assertion: Assertion): Failure | undefined {
  if (status !== 'active') return noSuchKey(assertion, 'client-disabled')
  if (metadata.token_endpoint_auth_method !== 'private_key_jwt') return noSuchKey(assertion, 'client-method')
  return undefined
}

function invalid({ reason, sentence, detail }: Failure, claimed?: string): LanyardError {
  const facts = [claimed, detail].filter((fact) => fact !== undefined).join(': ')
  return oauthError('invalid_client', reason, sentence, facts === '' ? {} : { detail: facts })
}
