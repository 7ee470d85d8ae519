import type { Interaction } from '../../smart/letters.ts'
import { letterOf } from '../../smart/letters.ts'
import { type Authority, factsOf } from '../../smart/permit.ts'
import { isAbout, type Policy, type Rule, ruleName } from '../../smart/policy.ts'
import { formatScopes } from '../../smart/scope.ts'
import { filledIn, withoutValue } from '../../smart/variables.ts'
import type { Step } from './step.ts'

/** A role of somebody, with what it allows when the app is left out of account. */
export type ExplainedRole = { name: string; policy: Policy; why: string | undefined }

/** What each rule of each role says of a type: whether it counts, and with which values. */
export function rolesStep(
  roles: readonly ExplainedRole[],
  authority: Authority,
  question: { interaction: Interaction; types: readonly string[]; clientId: string | undefined },
): Step {
  const lines = roles.flatMap((role) => linesOf(role, authority, question))
  const counts = roles.some(({ policy }) => policy.some((rule) => verdict(rule, authority, question).counts))
  if (roles.length === 0) lines.push('None, so nothing is allowed.')
  return { name: 'roles', title: 'Roles', outcome: counts ? 'ok' : 'refused', lines }
}

function linesOf(
  { name, policy, why }: ExplainedRole,
  authority: Authority,
  question: Parameters<typeof rolesStep>[2],
): string[] {
  if (policy.length === 0) return [`${name}: ${why ?? 'allows nothing of the records'}.`]
  return policy.map((rule) => `${name}: ${ruleName(rule)} ${verdict(rule, authority, question).words}.`)
}

function verdict(
  rule: Rule,
  authority: Authority,
  { interaction, types, clientId }: Parameters<typeof rolesStep>[2],
): { counts: boolean; words: string } {
  const letter = letterOf[interaction]
  const no = (words: string) => ({ counts: false, words })
  if (clientId !== undefined && !rule.apps.includes('*') && !rule.apps.includes(clientId))
    return no(`does not count with this app (it does with ${rule.apps.join(', ')})`)
  const about = types.filter((type) => rule.types.includes('*') || rule.types.includes(type))
  if (about.length === 0) return no(`is not about ${types.slice(0, 3).join(', ')}`)
  if (!about.some((type) => isAbout(rule, type, letter)))
    return no(`has the letters "${rule.letters}", without "${letter}" for ${interaction}`)
  const facts = factsOf(authority)
  const filled = filledIn(rule.where, about[0] ?? '', facts)
  if (filled === undefined)
    return no(
      `opens nothing: ${withoutValue(rule.where, facts).join(', ') || 'a variable'} has no value here`,
    )
  const parts = [
    ...(filled.length === 0
      ? []
      : [`where ${filled.map(({ name, value }) => `${name}=${value}`).join(' and ')}`]),
    ...(rule.hide.length === 0 ? [] : [`hiding ${rule.hide.join(', ')}`]),
    ...(rule.writable === undefined ? [] : [`changing only ${rule.writable.join(', ')}`]),
    ...(rule.scopes === undefined ? [] : [`within the scopes ${formatScopes(rule.scopes) || 'none'}`]),
  ]
  return { counts: true, words: `counts${parts.length === 0 ? '' : `, ${parts.join('; ')}`}` }
}
