import { commonLetters } from './letters.ts'
import type { UserReach } from './permit.ts'
import type { Policy, Rule } from './policy.ts'
import {
  formatScope,
  type IdentityName,
  isResourceScope,
  parseScopes,
  type ResourceScope,
  type Scope,
  type ScopeReason,
  type Vocabulary,
} from './scope.ts'
import { narrow } from './scope-algebra.ts'

/** A scope that was asked for and not granted, or less than asked, in words for the developer of the app. */
export type NotGranted = {
  readonly scope: string
  readonly reason: ScopeReason | PolicyReason
  readonly sentence: string
}
/** What was asked and may be granted, and what not and why. */
export type AskedScopes = { readonly asked: readonly Scope[]; readonly notGranted: readonly NotGranted[] }

type PolicyReason = keyof typeof why

const why = {
  'not-registered':
    'not all of it is registered for this app; add it to the scope member of the registration, or ask for less',
  'too-many-parts': 'it overlaps with too many of the registered scopes in part; register the scope itself',
  'not-for-apps': 'it is for backend services, which get it without a user (client_credentials)',
  'not-for-role': 'this user has no records to see; a patient/ scope needs a user with access to a patient',
  'beyond-role': 'the roles of this user do not let this app have it, or not all of it',
  'no-offline-for-client': 'the app is not registered for the grant type refresh_token',
  'offline-instead': 'offline_access was asked for too, and one refresh token is enough',
  'no-openid': 'it says something about the user in the id_token, which only openid brings',
  'no-fhir-user': 'this user has no FHIR resource, such as a Practitioner or a Patient',
  'no-launch': 'the request names no launch; the EHR hands it to the app, which sends it along',
  'no-context': 'there is nothing of this kind in the context of the launch',
  unticked: 'the user did not allow it',
}

/** Says of a scope why it was not granted. */
export function notGranted(scope: Scope, reason: PolicyReason): NotGranted {
  const text = formatScope(scope)
  return { scope: text, reason, sentence: `The scope "${text}" was not granted: ${why[reason]}.` }
}

/**
 * What an app may get of the `scope` it sends, before anybody is asked. Scopes of data are held against its
 * registration; those about the user and the context are open to every app.
 * @param facts.ceiling the scopes registered for the app
 * @param facts.mayRefresh whether the app is registered for refresh tokens
 */
export function askedScopes(
  text: string,
  facts: { vocabulary: Vocabulary; ceiling: readonly Scope[]; mayRefresh: boolean },
): AskedScopes {
  const { scopes, problems } = parseScopes(text, facts.vocabulary)
  const { asked: forApps, notGranted: barred } = sorted(scopes, (scope) =>
    barrier(scope, scopes, facts.mayRefresh),
  )
  const open = forApps.filter((scope) => !isResourceScope(scope))
  const { granted, refused } = narrow(forApps, [...facts.ceiling, ...open])
  return {
    asked: granted,
    notGranted: [
      ...problems.map(({ text, reason, sentence }) => ({ scope: text, reason, sentence })),
      ...barred,
      ...refused.map(({ scope, reason }) =>
        notGranted(scope, reason === 'too-intricate' ? 'too-many-parts' : 'not-registered'),
      ),
    ],
  }
}

/** What of it may be granted for this user at all. */
export function forUser(asked: readonly Scope[], { fhirUser, patients, policy }: UserReach): AskedScopes {
  const seesNothing = fhirUser === undefined && patients !== 'all' && patients.length === 0
  const open = sorted(asked, (scope) => {
    if (isNamed(scope, 'fhirUser') && fhirUser === undefined) return 'no-fhir-user'
    return isResourceScope(scope) && scope.level === 'user' && seesNothing ? 'not-for-role' : undefined
  })
  // Where nobody's record can be opened, the request is refused as a whole (STAND-05).
  const within = patients.length === 0 ? open : withinRoles(open.asked, policy)
  return within === open
    ? open
    : { asked: within.asked, notGranted: [...open.notGranted, ...within.notGranted] }
}

/** What the roles of a user let an app have: what some rule is about, and no more than roles allow at most. */
function withinRoles(asked: readonly Scope[], policy: Policy): AskedScopes {
  const limits = policy.flatMap(({ scopes }) => scopes ?? [])
  const isLimited = policy.every(({ scopes }) => scopes !== undefined)
  const others = asked.filter((scope) => !isResourceScope(scope))
  const { granted, refused } = isLimited
    ? narrow(asked, [...others, ...limits])
    : { granted: asked, refused: [] }
  const opened = sorted(granted, (scope) =>
    !isResourceScope(scope) || policy.some((rule) => meets(rule, scope)) ? undefined : 'beyond-role',
  )
  return {
    asked: opened.asked,
    notGranted: [...refused.map(({ scope }) => notGranted(scope, 'beyond-role')), ...opened.notGranted],
  }
}

/** Whether a rule is about something that a scope opens. */
function meets(rule: Rule, scope: ResourceScope): boolean {
  const isOfType = scope.type === '*' || rule.types.includes('*') || rule.types.includes(scope.type)
  return isOfType && commonLetters(rule.letters, scope.letters) !== ''
}

/** What keeps a scope from an app, whatever is registered for it. */
function barrier(scope: Scope, scopes: readonly Scope[], mayRefresh: boolean): PolicyReason | undefined {
  const asksFor = (name: IdentityName) => scopes.some((other) => isNamed(other, name))
  if (scope.kind === 'extension') return 'not-for-apps'
  // SCOPE-17
  if (isResourceScope(scope)) return scope.level === 'system' ? 'not-for-apps' : undefined
  if (isNamed(scope, 'offline_access')) return mayRefresh ? undefined : 'no-offline-for-client'
  if (isNamed(scope, 'online_access')) {
    if (!mayRefresh) return 'no-offline-for-client'
    // REFR-01
    return asksFor('offline_access') ? 'offline-instead' : undefined
  }
  // OIDC-06: fhirUser alone brings no id_token either, but opens the user's own resource.
  return isNamed(scope, 'profile') && !asksFor('openid') ? 'no-openid' : undefined
}

function sorted(
  scopes: readonly Scope[],
  barrierOf: (scope: Scope) => PolicyReason | undefined,
): AskedScopes {
  const judged = scopes.map((scope) => ({ scope, reason: barrierOf(scope) }))
  return {
    asked: judged.filter(({ reason }) => reason === undefined).map(({ scope }) => scope),
    notGranted: judged.flatMap(({ scope, reason }) =>
      reason === undefined ? [] : [notGranted(scope, reason)],
    ),
  }
}

function isNamed(scope: Scope, name: IdentityName): boolean {
  return scope.kind === 'identity' && scope.name === name
}
