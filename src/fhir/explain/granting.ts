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
import type { ExplainWords } from '../../smart/words/explain-en.ts'
import type { ExplainDeps } from './deps.ts'
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
  { vocabulary, words }: Pick<ExplainDeps, 'vocabulary' | 'words'>,
): { granted: readonly Scope[]; step: Step } {
  const { granted, left } =
    client === undefined
      ? asWritten(text, vocabulary)
      : user === undefined
        ? forService(text, client, vocabulary, words)
        : forApp(text, client, user, vocabulary)
  const lines = [words.holds(formatScopes(granted)), ...left]
  const outcome = granted.length === 0 ? 'refused' : left.length > 0 ? 'narrowed' : 'ok'
  return { granted, step: { name: 'scopes', title: 'Scopes', outcome, lines } }
}

type Granted = { granted: readonly Scope[]; left: string[] }

function asWritten(text: string, vocabulary: Vocabulary): Granted {
  const { scopes, problems } = parseScopes(text, vocabulary)
  return { granted: scopes, left: problems.map(({ sentence }) => sentence) }
}

function forService(
  text: string,
  { scope }: ExplainedClient,
  vocabulary: Vocabulary,
  words: ExplainWords,
): Granted {
  const { scopes, problems } = parseScopes(text, vocabulary)
  const forServices = scopes.filter((one) => isResourceScope(one) && one.level === 'system')
  const { granted, refused } = narrow(forServices, parseScopes(scope, vocabulary).scopes)
  return {
    granted,
    left: [
      ...problems.map(({ sentence }) => sentence),
      ...scopes
        .filter((one) => !forServices.includes(one))
        .map((one) => words.notForServices(formatScope(one))),
      ...refused.map(({ scope: one }) => words.notRegistered(formatScope(one))),
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
export function patientStep({ scopes, patient, user }: Authority, words: ExplainWords): Step | undefined {
  const wants = scopes.some((scope) => isResourceScope(scope) && scope.level === 'patient')
  if (!wants && patient === undefined) return undefined
  const base = { name: 'patient', title: 'Patient in context' } as const
  if (patient === undefined) {
    const others = scopes.some((scope) => isResourceScope(scope) && scope.level !== 'patient')
    const lines = [words.noPatient]
    return { ...base, outcome: others ? 'narrowed' : 'refused', lines }
  }
  const acts = user === undefined || user.patients === 'all' || user.patients.includes(patient)
  return acts
    ? { ...base, outcome: 'ok', lines: [words.patient(patient)] }
    : {
        ...base,
        outcome: 'refused',
        lines: [words.patientBeyond(patient, inWords(user.patients, words))],
      }
}
