import type { Interaction } from '../../smart/letters.ts'
import { letterOf } from '../../smart/letters.ts'
import { type Authority, factsOf } from '../../smart/permit.ts'
import { isAbout, type Policy, type Rule, ruleName } from '../../smart/policy.ts'
import { formatScopes } from '../../smart/scope.ts'
import { filledIn, withoutValue } from '../../smart/variables.ts'
import type { ExplainWords } from '../../smart/words/explain-en.ts'
import type { Step } from './step.ts'

/** A role of somebody, with what it allows when the app is left out of account. */
export type ExplainedRole = { name: string; policy: Policy; why: 'unknown' | 'disabled' | undefined }

/** What each rule of each role says of a type: whether it counts, and with which values. */
export function rolesStep(
  roles: readonly ExplainedRole[],
  authority: Authority,
  question: {
    interaction: Interaction
    types: readonly string[]
    clientId: string | undefined
    words: ExplainWords
  },
): Step {
  const lines = roles.flatMap((role) => linesOf(role, authority, question))
  const counts = roles.some(({ policy }) => policy.some((rule) => verdict(rule, authority, question).counts))
  if (roles.length === 0) lines.push(question.words.noneAllowed)
  return { name: 'roles', title: 'Roles', outcome: counts ? 'ok' : 'refused', lines }
}

function linesOf(
  { name, policy, why }: ExplainedRole,
  authority: Authority,
  question: Parameters<typeof rolesStep>[2],
): string[] {
  const { words } = question
  if (policy.length === 0) return [`${name}: ${words.allowsNothing[why ?? 'plain']}.`]
  return policy.map(
    (rule) => `${name}: ${words.rule(ruleName(rule))} ${verdict(rule, authority, question).words}.`,
  )
}

function verdict(
  rule: Rule,
  authority: Authority,
  { interaction, types, clientId, words: said }: Parameters<typeof rolesStep>[2],
): { counts: boolean; words: string } {
  const letter = letterOf[interaction]
  const no = (words: string) => ({ counts: false, words })
  if (clientId !== undefined && !rule.apps.includes('*') && !rule.apps.includes(clientId))
    return no(said.otherApp(rule.apps.join(', ')))
  const about = types.filter((type) => rule.types.includes('*') || rule.types.includes(type))
  if (about.length === 0) return no(said.notAbout(types.slice(0, 3).join(', ')))
  if (!about.some((type) => isAbout(rule, type, letter)))
    return no(said.noLetter(rule.letters, letter, interaction))
  const facts = factsOf(authority)
  const filled = filledIn(rule.where, about[0] ?? '', facts)
  if (filled === undefined) return no(said.noValue(withoutValue(rule.where, facts).join(', ')))
  const parts = [
    ...(filled.length === 0 ? [] : [said.where(filled.map(({ name, value }) => `${name}=${value}`))]),
    ...(rule.hide.length === 0 ? [] : [said.hiding(rule.hide.join(', '))]),
    ...(rule.writable === undefined ? [] : [said.changing(rule.writable.join(', '))]),
    ...(rule.scopes === undefined ? [] : [said.within(formatScopes(rule.scopes))]),
  ]
  return { counts: true, words: parts.length === 0 ? said.counts : `${said.counts}, ${parts.join('; ')}` }
}
