import type { Client } from '../clients/registry.ts'
import { seconds } from '../lib/time.ts'
import {
  type AssertionCheck,
  type AssertionDiagnosis,
  type AssertionStep,
  proofSteps,
  rulesChecked,
} from './assertion-doctor.ts'
import { rightValues } from './assertion-right.ts'
import { everyRule } from './assertion-rules.ts'
import type { FailedAssertion } from './failed-assertions.ts'

/** What is looked at once the rules hold, in this order. */
const afterRules: readonly AssertionStep[] = ['client', ...proofSteps]

/**
 * Explains an assertion that failed as of the time when it did. Of what rested on the signature, which is not kept, it
 * tells what was found then.
 */
export function explainFailed(
  { header, claims, sentClientId, reason, sentence, at }: FailedAssertion,
  client: Client,
  audiences: readonly string[],
): AssertionDiagnosis {
  const { metadata } = client
  const known = header !== undefined && claims !== undefined
  const expected = {
    now: seconds(at),
    audiences,
    clientId: sentClientId,
    mayOmitKid: metadata.allow_missing_kid ?? metadata.x509 !== undefined,
    jwksUri: metadata.jwks_uri,
  }
  const rules = known ? rulesChecked(everyRule({ jws: '', header, claims }, expected), false) : []
  const failedAt = stepOf(reason)
  const reached = failedAt === undefined ? -1 : afterRules.indexOf(failedAt)
  const later = afterRules.map((step, index): AssertionCheck => {
    if (index > reached) return { step, outcome: 'skipped' }
    return index < reached ? { step, outcome: 'passed' } : { step, outcome: 'failed', reason, sentence }
  })
  const keys = metadata.x509 === undefined ? (metadata.jwks?.keys ?? []) : [metadata.x509.jwk]
  return {
    header,
    claims,
    checks: [{ step: 'form', outcome: 'passed' }, ...rules, ...later],
    right: rightValues({ header: header ?? {} }, client.id, keys),
  }
}

/** Where after the rules it ended; nothing if it was a rule that was broken. */
function stepOf(reason: string): AssertionStep | undefined {
  if (reason.startsWith('client-')) return 'client'
  if (reason === 'assertion-kid-unknown' || reason === 'jwks-unavailable') return 'key'
  if (reason === 'assertion-signature') return 'signature'
  if (reason.startsWith('certificate-')) return 'certificate'
  return reason === 'assertion-replayed' ? 'unused' : undefined
}
