import { askedScopes, forUser } from '../../smart/asked-scopes.ts'
import type { Authority, UserReach } from '../../smart/permit.ts'
import type { Policy } from '../../smart/policy.ts'
import {
  formatScope,
  formatScopes,
  isResourceScope,
  parseScopes,
  type Scope,
  type Vocabulary,
} from '../../smart/scope.ts'
import { narrow } from '../../smart/scope-algebra.ts'
import { inWords, type Step } from './step.ts'

/** An app or service as far as its scopes go. */
export type ExplainedClient = {
  id: string
  /** The scopes registered for it. */
  scope: string
  mayRefresh: boolean
  /** What its own roles allow, of a backend service; undefined if it names none. */
  policy: Policy | undefined
}

/** What of a text of scopes a token would have, and what not and why: as at authorize, or for a service. */
export function scopesStep(
  text: string,
  client: ExplainedClient | undefined,
  user: UserReach | undefined,
  vocabulary: Vocabulary,
): { granted: readonly Scope[]; step: Step } {
  const { granted, left } =
    client === undefined
      ? asWritten(text, vocabulary)
      : user === undefined
        ? forService(text, client, vocabulary)
        : forApp(text, client, user, vocabulary)
  const lines = [`A token would hold: ${granted.length === 0 ? 'nothing' : formatScopes(granted)}.`, ...left]
  const outcome = granted.length === 0 ? 'refused' : left.length > 0 ? 'narrowed' : 'ok'
  return { granted, step: { name: 'scopes', title: 'Scopes', outcome, lines } }
}

type Granted = { granted: readonly Scope[]; left: string[] }

function asWritten(text: string, vocabulary: Vocabulary): Granted {
  const { scopes, problems } = parseScopes(text, vocabulary)
  return { granted: scopes, left: problems.map(({ sentence }) => sentence) }
}

function forService(text: string, { scope }: ExplainedClient, vocabulary: Vocabulary): Granted {
  const { scopes, problems } = parseScopes(text, vocabulary)
  const forServices = scopes.filter((one) => isResourceScope(one) && one.level === 'system')
  const { granted, refused } = narrow(forServices, parseScopes(scope, vocabulary).scopes)
  return {
    granted,
    left: [
      ...problems.map(({ sentence }) => sentence),
      ...scopes
        .filter((one) => !forServices.includes(one))
        .map(
          (one) =>
            `The scope "${formatScope(one)}" was left out: without a user only system/ scopes open data.`,
        ),
      ...refused.map(
        ({ scope: one }) =>
          `The scope "${formatScope(one)}" was left out, or a part of it: it is not registered.`,
      ),
    ],
  }
}

function forApp(text: string, client: ExplainedClient, user: UserReach, vocabulary: Vocabulary): Granted {
  const ceiling = parseScopes(client.scope, vocabulary).scopes
  const byApp = askedScopes(text, { vocabulary, ceiling, mayRefresh: client.mayRefresh })
  const byUser = forUser(byApp.asked, user)
  return {
    granted: byUser.asked,
    left: [...byApp.notGranted, ...byUser.notGranted].map(({ sentence }) => sentence),
  }
}

/** What each part of an authority says of one type and letter, in the order in which they narrow. */
export function patientStep({ scopes, patient, user }: Authority): Step | undefined {
  const wants = scopes.some((scope) => isResourceScope(scope) && scope.level === 'patient')
  if (!wants && patient === undefined) return undefined
  const base = { name: 'patient', title: 'Patient in context' } as const
  if (patient === undefined) {
    const others = scopes.some((scope) => isResourceScope(scope) && scope.level !== 'patient')
    const lines = ['There is no patient in context, so patient/ scopes open nothing.']
    return { ...base, outcome: others ? 'narrowed' : 'refused', lines }
  }
  const acts = user === undefined || user.patients === 'all' || user.patients.includes(patient)
  return acts
    ? { ...base, outcome: 'ok', lines: [`Patient/${patient}: patient/ scopes open this record.`] }
    : {
        ...base,
        outcome: 'refused',
        lines: [
          `Patient/${patient} is not within the user's reach (${inWords(user.patients)}): there is no such token.`,
        ],
      }
}
